import { AppError } from '#core/base/index.ts';
import type { SignatureFault } from '#core/verification/ports.ts';

/** Codes with which a Sigstore bundle is refused. */
export type RefusalCode = SignatureFault;

/** A clause that does not hold. Caught in one place, `verifySigstoreBundle`, which turns it into the verdict. */
export function refusal(code: RefusalCode, detail: string, cause?: unknown): AppError {
  return new AppError(code, detail, {}, cause === undefined ? undefined : { cause });
}

/** Untrusted: runs a decoder over hostile bytes; whatever it throws becomes the refusal that the caller names. */
export function decoded<T>(decode: () => T, code: RefusalCode, subject: string): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refusal(code, `${subject} cannot be read`, error);
  }
}
