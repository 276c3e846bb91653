import { ERROR_CATALOGUE, isErrorCode, type ErrorEntry } from '#contracts/errors/index.ts';
import type { WireError } from '#contracts/primitives.ts';

/** The catalogue's words for a code; a code of a newer station reads like an unforeseen failure. */
export function errorWords(code: string): ErrorEntry {
  return ERROR_CATALOGUE[isErrorCode(code) ? code : 'INTERNAL'];
}

/** Everything a person needs to send to whoever can help, as plain text. */
export function copyableError(error: WireError, at: string): string {
  const lines = [`code: ${error.code}`, `message: ${error.message}`, `at: ${at}`];
  if (error.correlationId !== undefined) lines.push(`correlation id: ${error.correlationId}`);
  for (const [key, value] of Object.entries(error.details))
    lines.push(`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return lines.join('\n');
}
