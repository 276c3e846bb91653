/** An OCI digest, `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

const SHA256 = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return SHA256.test(text);
}

/** The 64 hex digits of a digest. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** First 12 hex digits, for people. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12);
}
