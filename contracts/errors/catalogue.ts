/** When the same action may be tried again. */
export type RetryAdvice = 'never' | 'later' | 'after-operator';

/** One row of the error catalogue. Codes are never reused; a retired one stays listed. */
export interface ErrorEntry {
  readonly retry: RetryAdvice;
  /** What happened, in the operator's words. */
  readonly what: string;
  /** What is unchanged, so that nobody repairs what is whole. */
  readonly unchanged: string;
  /** What to do next. */
  readonly next: string;
  readonly retired?: true;
}

/** Types an area's table without widening its codes. */
export function defineErrors<T extends Record<string, ErrorEntry>>(entries: T): T {
  return entries;
}
