import { fromBase64 } from '#core/signing/index.ts';

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** DER bytes of a PEM public key; null when the text is none. */
export function derOfPem(pem: string): Uint8Array<ArrayBuffer> | null {
  const body = PEM.exec(pem)?.[1]?.replaceAll(/\s/g, '') ?? '';
  if (body === '') return null;
  try {
    return fromBase64(body);
  } catch {
    // `fromBase64` throws on text that is not base64: that is the answer "no key", not a failure.
    return null;
  }
}

/** SHA-256 over the SubjectPublicKeyInfo, the key id that verdicts show. */
export async function fingerprintOfPem(pem: string): Promise<string | null> {
  const der = derOfPem(pem);
  if (der === null) return null;
  const hash = await crypto.subtle.digest('SHA-256', der);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
