import type { ErrorEntry, RetryAdvice } from '#contracts/errors/index.ts';

/** One code of the catalogue with its row. */
export type ErrorRow = ErrorEntry & { readonly code: string };

const RETRY_WORDS: Record<RetryAdvice, string> = {
  never: 'The same action will fail again.',
  later: 'The same action may succeed later.',
  'after-operator': 'The same action may succeed after a person has done something.',
};

/** The catalogue as a page: one section a code, sorted, so that a search for a code from a screen finds it. */
export function renderErrorDocs(rows: readonly ErrorRow[]): string {
  const sections = rows.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map(renderRow);
  return [
    '# Error codes',
    '',
    'Generated from `contracts/errors` by `npm run gen`. Codes are never reused; a retired one stays listed.',
    '',
    ...sections,
  ].join('\n');
}

function renderRow({ code, what, unchanged, next, retry, retired }: ErrorRow): string {
  return [
    `## ${code}${retired === true ? ' (retired)' : ''}`,
    '',
    what,
    '',
    `- Unchanged: ${unchanged}`,
    `- Next: ${next}`,
    `- Retry: ${RETRY_WORDS[retry]}`,
    '',
  ].join('\n');
}
