import { AppError } from '#core/base/index.ts';

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** ECDSA of P-256 as tokens give it (r and s, 32 bytes each) in the DER form of RFC 3279 section 2.2.3. KEY_FILE_INVALID for another length. */
export function derFromRawEcdsa(raw: Uint8Array): Uint8Array {
  if (raw.length !== 64)
    throw new AppError('KEY_FILE_INVALID', `a P-256 signature has 64 bytes, this one has ${String(raw.length)}`, {});
  const body = [...derInteger(raw.subarray(0, 32)), ...derInteger(raw.subarray(32))];
  return Uint8Array.of(SEQUENCE, body.length, ...body);
}

/** Shortest form (X.690 8.3.2), with a zero in front where the first bit would read as a sign. */
function derInteger(value: Uint8Array): number[] {
  const firstUsed = value.findIndex((byte) => byte !== 0);
  const bytes = firstUsed === -1 ? [0] : [...value.subarray(firstUsed)];
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return [INTEGER, bytes.length, ...bytes];
}
