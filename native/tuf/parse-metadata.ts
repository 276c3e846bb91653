import { createHash } from 'node:crypto';
import { Metadata, MetadataKind, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { AppError, canonicalJson, type Json } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';

type JsonObject = Parameters<typeof Metadata.fromJSON>[1];

/** What tuf-js, and so the public repositories, allow (5.1 of the specification leaves it to the client). */
export const METADATA_LIMITS = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 } as const;

/** Untrusted: metadata as it lies on a medium. TUF_METADATA_INVALID when it is not what it should be. */
export const parseRoot = (bytes: Uint8Array): Metadata<Root> =>
  parsed('root', bytes, (json) => Metadata.fromJSON(MetadataKind.Root, json));
export const parseTimestamp = (bytes: Uint8Array): Metadata<Timestamp> =>
  parsed('timestamp', bytes, (json) => Metadata.fromJSON(MetadataKind.Timestamp, json));
export const parseSnapshot = (bytes: Uint8Array): Metadata<Snapshot> =>
  parsed('snapshot', bytes, (json) => Metadata.fromJSON(MetadataKind.Snapshot, json));
export const parseTargets = (bytes: Uint8Array): Metadata<Targets> =>
  parsed('targets', bytes, (json) => Metadata.fromJSON(MetadataKind.Targets, json));

function parsed<T extends { readonly signed: { readonly version: number } }>(
  role: keyof typeof METADATA_LIMITS,
  bytes: Uint8Array,
  read: (json: JsonObject) => T,
): T {
  try {
    const json = parseStrictJson(bytes, { bytes: METADATA_LIMITS[role] });
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('it is not an object');
    const metadata = read(json as JsonObject);
    const { version } = metadata.signed;
    if (!Number.isSafeInteger(version) || version < 1) throw new TypeError('its version is no whole number above zero');
    assertReadWhole(json, metadata.signed);
    return metadata;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new AppError('TUF_METADATA_INVALID', `the ${role} metadata cannot be read: ${why}`, { role }, { cause });
  }
}

/** The library checks signatures over what it understood; what it dropped on reading was never signed and must not be there. */
function assertReadWhole(json: { readonly signed?: Json }, signed: object): void {
  const understood = JSON.parse(JSON.stringify(signed)) as Json;
  if (canonicalJson(json.signed ?? null) !== canonicalJson(understood))
    throw new TypeError('it holds something that no signature covers');
}

/** SHA-256, hex, of the signed part: two copies with other signatures around the same content have the same fingerprint. */
export function fingerprintOf(metadata: Metadata<Root>): string {
  return sha256Hex(Buffer.from(canonicalJson(metadata.signed.toJSON() as Json)));
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
