import { DsseEnvelope } from '#contracts/device.ts';
import { KNOWN_BAD_PAYLOAD_TYPE, KnownBadInForce, KnownBadList } from '#contracts/known-bad.ts';
import type { TrustStore } from '#contracts/verdict.ts';
import { AppError, isAppError, MIB, type Clock } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import { openDocument } from '#core/signing/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { KnownBad } from './service.ts';

export interface KnownBadDeps {
  readonly store: StationStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly verifier: SignatureVerifier;
  readonly trust: () => TrustStore;
}

export const KNOWN_BAD_LIMIT_BYTES = 4 * MIB;
const KEY = 'in-force';

export function createKnownBad({ store, clock, verifier, trust }: KnownBadDeps): KnownBad {
  const documents = store.documents('known-bad', KnownBadInForce);

  function open(document: Uint8Array): { list: KnownBadList; keyId: string } {
    const envelope = parseEnvelope(document);
    const key = trust().keys.find(
      ({ keyId, channels }) =>
        channels.includes('production') && envelope.signatures.some(({ keyid }) => keyid === keyId),
    );
    if (key === undefined)
      throw new AppError('KNOWN_BAD_SIGNER_UNTRUSTED', 'no key that signed the list is trusted for production', {
        keyIds: envelope.signatures.map(({ keyid }) => keyid),
      });
    const { publicKeyPem, keyId } = key;
    try {
      const payloadType = KNOWN_BAD_PAYLOAD_TYPE;
      return { list: openDocument(envelope, { publicKeyPem, verifier, payloadType, schema: KnownBadList }), keyId };
    } catch (cause) {
      if (!isAppError(cause)) throw cause;
      throw new AppError('KNOWN_BAD_LIST_INVALID', cause.message, { keyId }, { cause });
    }
  }

  return {
    current: () => documents.get(KEY) ?? null,
    bring: (document, person) => {
      const { list, keyId } = open(document);
      return store.transaction(() => {
        const before = documents.get(KEY);
        if (before !== undefined && list.version <= before.list.version)
          throw new AppError(
            'KNOWN_BAD_LIST_OLDER',
            `version ${String(before.list.version)} is in force, this is version ${String(list.version)}`,
            { inForce: before.list.version, found: list.version },
          );
        const next = { list, keyId, importedAt: clock.now(), importedBy: person.name };
        documents.put(KEY, next);
        store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'trust',
          type: 'trust.known-bad-changed',
          subject: 'known-bad',
          payload: { version: list.version, before: before?.list.version ?? 0, entries: list.entries.length, keyId },
        });
        return next;
      });
    },
  };
}

function parseEnvelope(document: Uint8Array): DsseEnvelope {
  try {
    return DsseEnvelope.parse(parseStrictJson(document, { bytes: KNOWN_BAD_LIMIT_BYTES }));
  } catch (cause) {
    throw new AppError('KNOWN_BAD_LIST_INVALID', 'the file is not a DSSE envelope', {}, { cause });
  }
}
