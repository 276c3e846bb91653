/** A time with its zone, as a person types it; null while it is none. */
export function parseTime(text: string): number | null {
  const typed = text.trim();
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(typed)) return null;
  const at = Date.parse(typed.replace(' ', 'T'));
  return Number.isSafeInteger(at) && at > 0 ? at : null;
}
