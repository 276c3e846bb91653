import { parse } from 'yaml';
import { AppError, type Json } from '#core/base/index.ts';

/**
 * Untrusted: YAML as plain values. The core schema has no tags that build objects, and the alias limit stops expansion bombs.
 * INPUT_MALFORMED when it is none; whoever reads the text limits its size.
 */
export function parseYaml(text: string): Json {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 20, uniqueKeys: true }) as Json;
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', cause instanceof Error ? cause.message : 'it is not YAML', {}, { cause });
  }
}
