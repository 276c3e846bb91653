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

/** Reads the content once; no size is too large, because only digests are kept (except for Ed25519). */
export async function contentOfStream(
  stream: AsyncIterable<Uint8Array>,
  hash: HashName,
  options: { keepBytes: boolean },
): Promise<SignedContent> {
  const sha256 = createHash('sha256');
  const stated = createHash(hash);
  const verifier = createVerify(hash);
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  for await (const piece of stream) {
    sha256.update(piece);
    stated.update(piece);
    verifier.update(piece);
    if (!options.keepBytes) continue;
    keptBytes += piece.length;
    if (keptBytes > KEPT_BYTES)
      throw refusal(
        'SIGNATURE_NEEDS_CONTENT',
        `an Ed25519 signature is verified over at most ${String(KEPT_BYTES)} bytes`,
      );
    kept.push(piece);
  }
  const digest = stated.digest();
  return {
    sha256: sha256.digest(),
    digest: (asked) => onlyHash(asked, hash, digest),
    isSignedBy: (key, signature, asked) => {
      onlyHash(asked, hash, digest);
      return options.keepBytes ? verify(null, Buffer.concat(kept), key, signature) : verifier.verify(key, signature);
    },
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
