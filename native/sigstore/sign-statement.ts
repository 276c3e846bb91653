import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { MEDIA_TYPES } from '#contracts/bundle.ts';
import { canonicalJson, type Json } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';

/** Signs an in-toto statement: a Sigstore bundle v0.3 with a DSSE envelope and the key's id as hint. */
export async function signStatement(statement: Uint8Array, key: SigningKey): Promise<Uint8Array> {
  const artifact = Buffer.from(statement);
  const signature = await key.sign(dsse.preAuthEncoding(MEDIA_TYPES.inToto, artifact));
  const bundle = toDSSEBundle({
    artifact,
    artifactType: MEDIA_TYPES.inToto,
    signature: Buffer.from(signature),
    keyHint: key.keyId,
  });
  return new TextEncoder().encode(canonicalJson(JSON.parse(JSON.stringify(bundleToJSON(bundle))) as Json));
}
