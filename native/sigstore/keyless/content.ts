import { createHash, createVerify, verify, type KeyObject } from 'node:crypto';
import { MIB } from '#core/base/index.ts';
import { verifyDigestSignature, type HashName } from './digest-signature.ts';
import { refusal } from './refusal.ts';

/** What is said to be signed: the bytes themselves, or only their digest. */
export interface SignedContent {
  /** SHA-256, by which statements name their subjects. */
  readonly sha256: Buffer;
  /** The digest that a message signature is over. */
  digest(hash: HashName): Buffer;
  /** Whether `signature` is by `key` over exactly this content. */
  isSignedBy(key: KeyObject, signature: Buffer, hash: HashName): boolean;
}

/** Ed25519 signs the content, not its digest: only content up to this size can be kept for it. */
const KEPT_BYTES = 64 * MIB;

/** What has to be kept ready while the content passes by: each digest costs as much as the reading. */
export interface ReadPlan {
  /** The digest that a message signature is over; null for a statement, whose own bytes are signed. */
  readonly message: HashName | null;
  /** Ed25519 signs the content, not a digest of it. */
  readonly keepBytes: boolean;
}

/** Reads the content once; no size is too large, because only digests are kept (except for Ed25519). */
export async function contentOfStream(stream: AsyncIterable<Uint8Array>, plan: ReadPlan): Promise<SignedContent> {
  const hashing = createHash('sha256');
  const stated = plan.message === null || plan.message === 'sha256' ? null : createHash(plan.message);
  const verifier = plan.message === null || plan.keepBytes ? null : createVerify(plan.message);
  const kept = plan.keepBytes ? keptBytes() : null;
  for await (const piece of stream) {
    hashing.update(piece);
    stated?.update(piece);
    verifier?.update(piece);
    kept?.add(piece);
  }
  const sha256 = hashing.digest();
  const known = plan.message ?? 'sha256';
  const digest = stated?.digest() ?? sha256;
  return {
    sha256,
    digest: (asked) => onlyHash(asked, known, digest),
    isSignedBy: (key, signature, asked) => {
      onlyHash(asked, known, digest);
      return kept === null ? verifier?.verify(key, signature) === true : verify(null, kept.whole(), key, signature);
    },
  };
}

function keptBytes(): { add(piece: Uint8Array): void; whole(): Buffer } {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(piece) {
      size += piece.length;
      if (size > KEPT_BYTES) {
        throw refusal(
          'SIGNATURE_NEEDS_CONTENT',
          `an Ed25519 signature is verified over at most ${String(KEPT_BYTES)} bytes`,
        );
      }
      pieces.push(piece);
    },
    whole: () => Buffer.concat(pieces),
  };
}

/** Content that is elsewhere: its SHA-256 is all there is. The stock library cannot verify from it. */
export function contentOfDigest(sha256: Buffer): SignedContent {
  return {
    sha256,
    digest: (asked) => onlyHash(asked, 'sha256', sha256),
    isSignedBy: (key, signature, asked) =>
      verifyDigestSignature(key, onlyHash(asked, 'sha256', sha256), { signature, hash: 'sha256' }),
  };
}

function onlyHash(asked: HashName, known: HashName, digest: Buffer): Buffer {
  if (asked !== known)
    throw refusal('SIGNATURE_NEEDS_CONTENT', `the signature is over a ${asked} digest, only ${known} is known`);
  return digest;
}

/** Content that is small and at hand. */
export function contentOfBytes(bytes: Uint8Array): SignedContent {
  const digestOf = (hash: HashName): Buffer => createHash(hash).update(bytes).digest();
  return {
    sha256: digestOf('sha256'),
    digest: digestOf,
    isSignedBy: (key, signature, hash) =>
      verify(key.asymmetricKeyType === 'ed25519' ? null : hash, bytes, key, signature),
  };
}
