import { DsseEnvelope } from '#contracts/device.ts';
import { KNOWN_BAD_PAYLOAD_TYPE, KnownBadInForce, KnownBadList } from '#contracts/known-bad.ts';
import type { Person } from '#contracts/site.ts';
import type { TrustStore } from '#contracts/verdict.ts';
import { AppError, digestHex, isAppError, MIB, type Clock } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import { openDocument } from '#core/signing/index.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import type { KnownBad } from './service.ts';

export interface KnownBadDeps {
  readonly store: StationStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly verifier: SignatureVerifier;
  readonly hasher: Hasher;
  readonly trust: () => TrustStore;
}

export const KNOWN_BAD_LIMIT_BYTES = 4 * MIB;
/** Its name in a trust repository. */
export const KNOWN_BAD_TARGET = 'known-bad.json';
const KEY = 'in-force';

interface OpenedList {
  readonly list: KnownBadList;
  readonly keyId: string;
  readonly signer: string;
}

/**
 * Untrusted: a list that a key signed which may release for production. KNOWN_BAD_LIST_INVALID, KNOWN_BAD_SIGNER_UNTRUSTED.
 */
export function openKnownBadList(
  document: Uint8Array,
  { trust, verifier }: { readonly trust: TrustStore; readonly verifier: SignatureVerifier },
): OpenedList {
  const envelope = parseEnvelope(document);
  const key = trust.keys.find(
    ({ keyId, channels }) =>
      channels.includes('production') && envelope.signatures.some(({ keyid }) => keyid === keyId),
  );
  if (key === undefined)
    throw new AppError('KNOWN_BAD_SIGNER_UNTRUSTED', 'no key that signed the list is trusted for production', {
      keyIds: envelope.signatures.map(({ keyid }) => keyid),
    });
  const { publicKeyPem, keyId, name: signer } = key;
  try {
    const payloadType = KNOWN_BAD_PAYLOAD_TYPE;
    const list = openDocument(envelope, { publicKeyPem, verifier, payloadType, schema: KnownBadList });
    return { list, keyId, signer };
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw new AppError('KNOWN_BAD_LIST_INVALID', cause.message, { keyId }, { cause });
  }
}

export function createKnownBad({ store, clock, verifier, hasher, trust }: KnownBadDeps): KnownBad {
  const documents = store.documents('known-bad', KnownBadInForce);

  const open = (document: Uint8Array): OpenedList => openKnownBadList(document, { trust: trust(), verifier });

  /** Precondition: inside a transaction. */
  function put(list: KnownBadList, source: { keyId: string; person: Person }): KnownBadInForce {
    const { keyId, person } = source;
    const next = { list, keyId, importedAt: clock.now(), importedBy: person.name };
    const before = documents.get(KEY)?.list.version ?? 0;
    documents.put(KEY, next);
    store.events.append({
      actor: { kind: 'person', id: person.id, name: person.name },
      stream: 'trust',
      type: 'trust.known-bad-changed',
      subject: 'known-bad',
      payload: { version: list.version, before, entries: list.entries.length, keyId },
    });
    return next;
  }

  return {
    current: () => documents.get(KEY) ?? null,
    preview: (document) => {
      const { list, keyId, signer } = open(document);
      const { version, issuedAt, entries } = list;
      const inForce = documents.get(KEY)?.list.version ?? null;
      const sha256 = digestHex(hasher.sha256(document));
      return { list, preview: { sha256, version, issuedAt, entries: entries.length, signer, keyId, inForce } };
    },
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
        return put(list, { keyId, person });
      });
    },
    prepare: (content) => {
      const list = parseList(content);
      const from = documents.get(KEY)?.list.version ?? 0;
      return {
        from,
        to: Math.max(from, list.version),
        apply: (person) => {
          if (list.version > (documents.get(KEY)?.list.version ?? 0)) put(list, { keyId: BY_REPOSITORY, person });
        },
      };
    },
  };
}

/** Named instead of a key where a trust repository vouches for the list. */
const BY_REPOSITORY = 'trust repository';

function parseList(content: Uint8Array): KnownBadList {
  try {
    return KnownBadList.parse(parseStrictJson(content, { bytes: KNOWN_BAD_LIMIT_BYTES }));
  } catch (cause) {
    throw new AppError('KNOWN_BAD_LIST_INVALID', 'the list of the trust repository cannot be read', {}, { cause });
  }
}

function parseEnvelope(document: Uint8Array): DsseEnvelope {
  try {
    return DsseEnvelope.parse(parseStrictJson(document, { bytes: KNOWN_BAD_LIMIT_BYTES }));
  } catch (cause) {
    throw new AppError('KNOWN_BAD_LIST_INVALID', 'the file is not a DSSE envelope', {}, { cause });
  }
}
