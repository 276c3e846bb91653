import { digestHex, type Digest } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import { fromBase64, toBase64 } from '#core/signing/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** Body of a C2SP tlog-checkpoint: origin, tree size, root hash. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Ed25519 in the signed note format (C2SP signed-note, signature type 0x01). */
const ED25519_TYPE = 1;

/** Checkpoint text as a signed note: body, blank line, one `— name base64(keyHash || signature)` line. */
export async function signCheckpoint(checkpoint: Checkpoint, key: SigningKey, hasher: Hasher): Promise<string> {
  const body = checkpointBody(checkpoint);
  const signature = await key.sign(new TextEncoder().encode(body));
  const line = new Uint8Array([...noteKeyHash(checkpoint.origin, rawEd25519(key.publicKeyPem), hasher), ...signature]);
  return `${body}\n\u2014 ${checkpoint.origin} ${toBase64(line)}\n`;
}

/** Untrusted: `note` comes from a file. The checkpoint when one signature of `publicKeyPem` holds, else undefined. */
export function openCheckpoint(note: string, publicKeyPem: string, verifier: SignatureVerifier): Checkpoint | undefined {
  const split = note.indexOf('\n\n');
  if (split < 0) return undefined;
  const body = note.slice(0, split + 1);
  const holds = note
    .slice(split + 2)
    .split('\n')
    .some((line) => signatureHolds(line, body, publicKeyPem, verifier));
  return holds ? parseBody(body) : undefined;
}

function signatureHolds(line: string, body: string, publicKeyPem: string, verifier: SignatureVerifier): boolean {
  const encoded = /^\u2014 \S+ (\S+)$/.exec(line)?.[1];
  if (encoded === undefined) return false;
  try {
    return verifier.verify(publicKeyPem, new TextEncoder().encode(body), fromBase64(encoded).subarray(4));
  } catch {
    // Not base64: a line of another kind, which the signed note format tells readers to pass over.
    return false;
  }
}

function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${String(size)}\n${toBase64(root)}\n`;
}

function parseBody(body: string): Checkpoint | undefined {
  const [origin, size, root, ...rest] = body.split('\n');
  if (origin === undefined || size === undefined || root === undefined || rest.length !== 1 || !/^(0|[1-9][0-9]*)$/.test(size)) return undefined;
  return { origin, size: Number(size), root: fromBase64(root) };
}

/** First four bytes of SHA-256(name LF type key). */
function noteKeyHash(name: string, publicKey: Uint8Array, hasher: Hasher): Uint8Array {
  const digest: Digest = hasher.sha256(new Uint8Array([...new TextEncoder().encode(`${name}\n`), ED25519_TYPE, ...publicKey]));
  return Uint8Array.from(digestHex(digest).slice(0, 8).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The 32 key bytes are the end of an Ed25519 SubjectPublicKeyInfo (RFC 8410). */
function rawEd25519(publicKeyPem: string): Uint8Array {
  return fromBase64(publicKeyPem.replace(/-----[^-]+-----|\s/g, '')).subarray(-32);
}
