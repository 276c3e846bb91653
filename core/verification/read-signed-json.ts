import type { z } from 'zod';
import { isAppError } from '#core/base/index.ts';
import { BUNDLE_LIMITS, findingOf, type Read } from '#core/bundle/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { SignatureFault } from './ports.ts';

/** Untrusted: a document that is signed, or that brings a signature. What has two readings is another fault than what has the wrong form. */
export function readSignedJson<S extends z.ZodType>(
  bytes: Uint8Array,
  schema: S,
  { at, invalid }: { at: string; invalid: SignatureFault },
): Read<z.output<S>> {
  let json: unknown;
  try {
    json = parseStrictJson(bytes, { bytes: BUNDLE_LIMITS.attestationBytes });
  } catch (error) {
    if (isAppError(error, 'INPUT_TOO_LARGE')) return refused('BUNDLE_TOO_LARGE', at, error.message);
    if (isAppError(error, 'INPUT_MALFORMED')) return refused('SIGNATURE_JSON_AMBIGUOUS', at, error.message);
    throw error;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const { issues } = parsed.error;
  const words = issues.slice(0, 8).map(({ path, message }) => `${path.join('.')}: ${message}`);
  const isVersion = issues.some(({ path }) => path[0] === 'mediaType');
  return refused(isVersion ? 'SIGNATURE_VERSION_UNKNOWN' : invalid, at, words.join('; '));
}

function refused(
  code: SignatureFault | 'BUNDLE_TOO_LARGE',
  at: string,
  detail: string,
): { ok: false; findings: ReturnType<typeof findingOf>[] } {
  return { ok: false, findings: [findingOf(code, at, detail)] };
}
