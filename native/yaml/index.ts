import { parseDocument } from 'yaml';
import { AppError, type Json } from '#core/base/index.ts';

/** Stops expansion bombs; no document of a model repeats itself more often. */
const MAX_ALIASES = 20;

/**
 * Untrusted: YAML as plain values. The core schema has no tags that build objects, and an unknown tag or a second document is refused.
 * INPUT_MALFORMED when it is none; whoever reads the text limits its size.
 */
export function parseYaml(text: string): Json {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, logLevel: 'error' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw malformed(problem);
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause: unknown): AppError {
  const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'it is not YAML';
  return new AppError('INPUT_MALFORMED', why, {}, { cause });
}
