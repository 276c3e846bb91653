import { AppError } from '#core/base/index.ts';

/** `<secret>.<first 32 hex digits of SHA-256 of the site CA certificate>`; the whole text is what the station is shown. */
export interface EnrolmentCode {
  readonly text: string;
  readonly caFingerprintStart: string;
}

const FORM = /^[0-9a-z\s-]{8,}\.([0-9a-f]{32})$/;

/** ENROLMENT_CODE_INVALID for a code without the fingerprint: without it any machine could play the station. */
export function parseEnrolmentCode(typed: string): EnrolmentCode {
  const text = typed.trim().toLowerCase();
  const fingerprint = FORM.exec(text)?.[1];
  if (fingerprint === undefined)
    throw new AppError('ENROLMENT_CODE_INVALID', 'a code has the form xxxx-xxxx-xxxx-xxxx.<32 hex digits>');
  return { text, caFingerprintStart: fingerprint };
}
