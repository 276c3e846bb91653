import { z } from 'zod';
import { DeviceId, Digest, Id, Instant } from '#contracts/primitives.ts';

/** Crockford base32: no letter is mistaken for a digit when read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 80 random bits: at ten tries a second, longer than the plant will stand. */
export const CODE_SECRET_BYTES = 10;
const FINGERPRINT_DIGITS = 32;

/** A code as it is kept: never its text, only the hash of its secret. */
export const EnrolmentCodeRecord = z.object({
  id: Id,
  secretHash: Digest,
  name: z.string(),
  line: z.string(),
  cell: z.string(),
  redundancyGroup: z.string().nullable(),
  safety: z.boolean(),
  createdAt: Instant,
  expiresAt: Instant,
  used: z.object({ at: Instant, device: DeviceId }).nullable(),
});
export type EnrolmentCodeRecord = z.infer<typeof EnrolmentCodeRecord>;

/** `xxxx-xxxx-xxxx-xxxx.<32 hex of the CA fingerprint>`: the secret, and what the device checks before it sends it. */
export function enrolmentCodeText(secret: Uint8Array, caFingerprint: string): string {
  const groups = base32(secret).match(/.{1,4}/g) ?? [];
  return `${groups.join('-')}.${caFingerprint.slice(0, FINGERPRINT_DIGITS)}`;
}

export interface PresentedCode {
  /** Canonical secret; its UTF-8 bytes are what the stored hash covers. */
  readonly secret: string;
  readonly caFingerprint: string | null;
}

/** Reads a code as people type it: any case, with or without hyphens and blanks, with or without the fingerprint. */
export function readEnrolmentCode(text: string): PresentedCode {
  const [secret = '', fingerprint] = text.trim().toLowerCase().split('.', 2);
  return {
    secret: secret.replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1'),
    caFingerprint: fingerprint ?? null,
  };
}

export type CodeDecision =
  | { readonly accept: true; readonly code: EnrolmentCodeRecord }
  | { readonly accept: false; readonly why: 'unknown' | 'used' | 'expired' | 'other-site' };

/** May this code enrol a device now? */
export function decideCode(
  code: EnrolmentCodeRecord | undefined,
  at: { now: Instant; presentedFingerprint: string | null; caFingerprint: string },
): CodeDecision {
  if (at.presentedFingerprint !== null && at.presentedFingerprint !== at.caFingerprint.slice(0, FINGERPRINT_DIGITS))
    return { accept: false, why: 'other-site' };
  if (code === undefined) return { accept: false, why: 'unknown' };
  if (code.used !== null) return { accept: false, why: 'used' };
  if (at.now >= code.expiresAt) return { accept: false, why: 'expired' };
  return { accept: true, code };
}

/** A readable id from the name a person gave, unique within the site and never an earlier device's. */
export function deviceIdFor(name: string, isTaken: (id: string) => boolean): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const base = slug === '' ? 'device' : slug;
  if (!isTaken(base)) return base;
  let suffix = 2;
  while (isTaken(`${base}-${String(suffix)}`)) suffix += 1;
  return `${base}-${String(suffix)}`;
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += ALPHABET.charAt((held >> (bits - 5)) & 31);
      bits -= 5;
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}
