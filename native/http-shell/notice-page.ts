import { errorEntry, type ErrorCode } from '#contracts/errors/index.ts';

/** A page without script or style for those who may not see ours: what happened, what is unchanged, what to do next. */
export function noticePage(code: ErrorCode): string {
  const { what, unchanged, next } = errorEntry(code);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gantry</title></head><body>',
    `<h1>Gantry</h1><p>${escaped(what)}</p><p>${escaped(unchanged)}</p><p>${escaped(next)}</p><p><code>${code}</code></p>`,
    '</body></html>',
  ].join('');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
