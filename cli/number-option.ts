import { AppError } from '#core/base/index.ts';

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: true;
}

/** The number that an option carries. USAGE_INVALID when it is none, or outside what the option allows. */
export function numberOption(option: string, text: string, { least, most, isWhole }: Range): number {
  const value = Number(text);
  const isNumber = text.trim() !== '' && Number.isFinite(value) && (isWhole !== true || Number.isInteger(value));
  if (isNumber && value >= least && value <= most) return value;
  const kind = isWhole === true ? 'a whole number' : 'a number';
  throw new AppError(
    'USAGE_INVALID',
    `${option} must be ${kind} from ${String(least)} to ${String(most)}, it is ${text}`,
    { option, value: text },
  );
}
