/** What a Range header asks of a representation of a known size. `end` is exclusive. */
export type RangeDecision =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeDecision = { kind: 'whole' };
const UNSATISFIABLE: RangeDecision = { kind: 'unsatisfiable' };

/**
 * One byte range (RFC 9110 section 14). Several ranges, other units and malformed text are ignored, as the RFC allows;
 * a range that runs backwards is answered with 416, which the distribution tests ask for.
 */
export function decideRange(header: string | undefined, size: number): RangeDecision {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null) return WHOLE;
  const [first = '', last = ''] = match.slice(1);
  if (first === '' && last === '') return WHOLE;
  if (first === '') return suffix(Number(last), size);
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return start >= size || end <= start ? UNSATISFIABLE : { kind: 'part', start, end };
}

function suffix(length: number, size: number): RangeDecision {
  if (length === 0 || size === 0) return UNSATISFIABLE;
  return { kind: 'part', start: Math.max(0, size - length), end: size };
}
