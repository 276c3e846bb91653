import { MODEL_SIGNATURE_PREDICATE } from '#contracts/bundle.ts';
import { isAppError } from '#core/base/index.ts';
import { BUNDLE_LIMITS } from '#core/bundle/index.ts';
import { readSignedFolder } from '#core/model-signing/index.ts';
import { InTotoStatement } from '#core/provenance/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { z } from 'zod';

const limit = { bytes: BUNDLE_LIMITS.attestationBytes };
const Envelope = z.object({ dsseEnvelope: z.object({ payload: z.base64() }) });

/**
 * Untrusted: what a signature says about the folder, before anybody checked it: its name, and which paths it leaves out. Null when
 * it says nothing readable; the verification then tells why.
 */
export function claimsOf(signature: Uint8Array, hasher: Hasher): { name: string; ignored: readonly string[] } | null {
  try {
    const { payload } = Envelope.parse(parseStrictJson(signature, limit)).dsseEnvelope;
    const statement = InTotoStatement.parse(parseStrictJson(Buffer.from(payload, 'base64'), limit));
    if (statement.predicateType !== MODEL_SIGNATURE_PREDICATE) return null;
    const read = readSignedFolder(statement, hasher);
    return 'findings' in read ? null : read.folder;
  } catch (error) {
    if (error instanceof z.ZodError || isAppError(error)) return null;
    throw error;
  }
}
