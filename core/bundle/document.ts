import type { Descriptor } from '#contracts/bundle.ts';
import { isAppError, shortDigest, type Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { z } from 'zod';
import { findingOf, findingOfReadError } from './finding.ts';

/** A document, or the finding that says why there is none. */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: readonly Finding[] };

/** The bytes of a small blob: present, of the stated size and digest, within the limit. */
export async function readBytes(
  reader: BlobReader,
  descriptor: Descriptor,
  limitBytes: number,
): Promise<Read<Uint8Array>> {
  const at = shortDigest(descriptor.digest);
  if (descriptor.size > limitBytes)
    return refused(
      findingOf('BUNDLE_TOO_LARGE', at, `${String(limitBytes)} bytes allowed, ${String(descriptor.size)} stated.`),
    );
  try {
    const size = await reader.size(descriptor.digest);
    if (size === undefined) return refused(findingOf('BUNDLE_BLOB_MISSING', at, descriptor.mediaType));
    if (size !== descriptor.size)
      return refused(
        findingOf('BUNDLE_SIZE_MISMATCH', at, `${String(descriptor.size)} bytes stated, ${String(size)} found.`),
      );
    return { ok: true, value: await reader.read(descriptor.digest, limitBytes) };
  } catch (error) {
    const finding = findingOfReadError(error, at);
    if (finding === null) throw error;
    return refused(finding);
  }
}

/** Untrusted: a JSON document of the bundle, read strictly and parsed by its schema. */
export async function readDocument<S extends z.ZodType>(
  reader: BlobReader,
  descriptor: Descriptor,
  options: { schema: S; limitBytes: number },
): Promise<Read<z.output<S>>> {
  const bytes = await readBytes(reader, descriptor, options.limitBytes);
  return bytes.ok
    ? parseDocument(bytes.value, options.schema, { limitBytes: options.limitBytes, at: shortDigest(descriptor.digest) })
    : bytes;
}

/** Untrusted: JSON text as a document of the bundle. */
export function parseDocument<S extends z.ZodType>(
  bytes: Uint8Array,
  schema: S,
  options: { limitBytes: number; at: string },
): Read<z.output<S>> {
  let json: unknown;
  try {
    json = parseStrictJson(bytes, { bytes: options.limitBytes });
  } catch (error) {
    if (isAppError(error, 'INPUT_TOO_LARGE')) return refused(findingOf('BUNDLE_TOO_LARGE', options.at, error.message));
    if (isAppError(error, 'INPUT_MALFORMED'))
      return refused(findingOf('BUNDLE_MANIFEST_INVALID', options.at, error.message));
    throw error;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    findings: parsed.error.issues
      .slice(0, 20)
      .map((issue) => findingOf('BUNDLE_MANIFEST_INVALID', `${options.at}: ${issue.path.join('.')}`, issue.message)),
  };
}

function refused(finding: Finding): { ok: false; findings: Finding[] } {
  return { ok: false, findings: [finding] };
}
