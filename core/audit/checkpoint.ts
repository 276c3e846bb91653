import { digestHex } from '#core/base/index.ts';
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
const KEY_HASH_BYTES = 4;
const ED25519_BYTES = 64;

/** Checkpoint text as a signed note: body, blank line, one `— name base64(keyHash || signature)` line. */
export async function signCheckpoint(checkpoint: Checkpoint, key: SigningKey, hasher: Hasher): Promise<string> {
  const body = `${checkpoint.origin}\n${String(checkpoint.size)}\n${toBase64(checkpoint.root)}\n`;
  const signature = await key.sign(new TextEncoder().encode(body));
  const line = new Uint8Array([...noteKeyHash(checkpoint.origin, key.publicKeyPem, hasher), ...signature]);
  return `${body}\n\u2014 ${checkpoint.origin} ${toBase64(line)}\n`;
}

export interface CheckpointPorts {
  readonly verifier: SignatureVerifier;
  readonly hasher: Hasher;
}

/** Untrusted: `note` comes from a file. The checkpoint when one signature of `publicKeyPem` in its origin's name holds, else undefined. */
export function openCheckpoint(note: string, publicKeyPem: string, ports: CheckpointPorts): Checkpoint | undefined {
  // An unusable key is the caller's mistake, not a bad signature: KEY_FILE_INVALID.
  ports.verifier.keyIdOf(publicKeyPem);
  // The body of a checkpoint has no blank line, so the first one ends it.
  const split = note.indexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return undefined;
  const body = note.slice(0, split + 1);
  const checkpoint = parseBody(body);
  if (checkpoint === undefined) return undefined;
  const keyHash = noteKeyHash(checkpoint.origin, publicKeyPem, ports.hasher);
  const holds = note
    .slice(split + 2, -1)
    .split('\n')
    .map((line) => signatureOf(line, checkpoint.origin, keyHash))
    .some(
      (signature) =>
        signature !== undefined && ports.verifier.verify(publicKeyPem, new TextEncoder().encode(body), signature),
    );
  return holds ? checkpoint : undefined;
}

/** The signature of a line that names this key; other lines belong to other keys and are passed over (C2SP signed-note). */
function signatureOf(line: string, name: string, keyHash: Uint8Array): Uint8Array | undefined {
  const prefix = `\u2014 ${name} `;
  if (!line.startsWith(prefix)) return undefined;
  const bytes = decodeBase64(line.slice(prefix.length));
  if (bytes?.length !== KEY_HASH_BYTES + ED25519_BYTES) return undefined;
  return keyHash.every((byte, at) => bytes[at] === byte) ? bytes.subarray(KEY_HASH_BYTES) : undefined;
}

function parseBody(body: string): Checkpoint | undefined {
  const [origin = '', size = '', root = '', ...rest] = body.split('\n');
  const rootBytes = decodeBase64(root);
  if (origin === '' || rest.length !== 1 || !/^(0|[1-9][0-9]{0,15})$/.test(size) || rootBytes?.length !== 32)
    return undefined;
  return { origin, size: Number(size), root: rootBytes };
}

/** Undefined for anything that is not exactly what `toBase64` writes. */
function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = fromBase64(text);
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    // Not base64: a line of another kind.
    return undefined;
  }
}

/** First four bytes of SHA-256(name LF type key). */
function noteKeyHash(name: string, publicKeyPem: string, hasher: Hasher): Uint8Array {
  const digest = hasher.sha256(
    new Uint8Array([...new TextEncoder().encode(`${name}\n`), ED25519_TYPE, ...rawEd25519(publicKeyPem)]),
  );
  return Uint8Array.from(
    digestHex(digest)
      .slice(0, 2 * KEY_HASH_BYTES)
      .match(/../g) ?? [],
    (pair) => Number.parseInt(pair, 16),
  );
}

/** The 32 key bytes are the end of an Ed25519 SubjectPublicKeyInfo (RFC 8410). */
function rawEd25519(publicKeyPem: string): Uint8Array {
  return fromBase64(publicKeyPem.replace(/-----[^-]+-----|\s/g, '')).subarray(-32);
}
