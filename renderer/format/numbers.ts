/** Shown for a value that is not known. Never a zero. */
export const UNKNOWN_VALUE = '–';

const NARROW_NO_BREAK_SPACE = '\u202f';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units (1 MB = 10⁶ B), as media makers print them on the stick. */
export function formatBytes(bytes: number | null | undefined, language: string): string {
  if (bytes === null || bytes === undefined) return UNKNOWN_VALUE;
  const power = bytes <= 0 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${formatNumber(value, language, digits)}${NARROW_NO_BREAK_SPACE}${BYTE_UNITS[power] ?? 'B'}`;
}

export function formatNumber(value: number | null | undefined, language: string, digits = 0): string {
  if (value === null || value === undefined) return UNKNOWN_VALUE;
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
}

/** Three significant digits, so that 0.42 ms and 1,240 ms both read well. */
export function formatMs(ms: number | null | undefined, language: string): string {
  if (ms === null || ms === undefined) return UNKNOWN_VALUE;
  const text = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(ms);
  return `${text}${NARROW_NO_BREAK_SPACE}ms`;
}

export function formatShare(share: number | null | undefined, language: string, digits = 1): string {
  if (share === null || share === undefined) return UNKNOWN_VALUE;
  return new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** `18.4 MB/s`. */
export function formatRate(bytesPerSecond: number | null, language: string): string {
  return bytesPerSecond === null ? UNKNOWN_VALUE : `${formatBytes(bytesPerSecond, language)}/s`;
}

/** A part of a whole as 0..1; undefined while the whole is unknown, because a percentage would be invented. */
export function shareOf(done: number, total: number | undefined): number | undefined {
  if (total === undefined || total <= 0) return undefined;
  return Math.min(1, Math.max(0, done / total));
}
