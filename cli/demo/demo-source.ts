import { AppError } from '#core/base/index.ts';
import type { Frame } from './line-feeder.ts';

/** What a demonstration is told with: specifications of three bundle versions and frames of the line. */
export interface DemoSource {
  readonly kind: 'shared-data' | 'generated';
  readonly specs: { readonly first: string; readonly better: string; readonly bad: string };
  readonly frames: readonly Frame[];
}

/** `auto`: real boards where the data lies beside the checkout, otherwise images and a detector made by code. */
export type DemoSourceChoice = 'auto' | 'generated';

/** The choice that an option names. USAGE_INVALID for any other word. */
export function demoSourceChoice(option: string, text: string): DemoSourceChoice {
  if (text === 'auto' || text === 'generated') return text;
  throw new AppError('USAGE_INVALID', `${option} is auto or generated, not ${text}`, { option, text });
}
