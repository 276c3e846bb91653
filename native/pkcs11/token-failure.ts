import { AppError } from '#core/base/index.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';

/** Return values of PKCS#11 v2.40 that tell the operator something to do. */
const MEANINGS: Readonly<Record<string, ErrorCode>> = {
  CKR_PIN_INCORRECT: 'PKCS11_PIN_WRONG',
  CKR_PIN_INVALID: 'PKCS11_PIN_WRONG',
  CKR_PIN_LEN_RANGE: 'PKCS11_PIN_WRONG',
  CKR_PIN_LOCKED: 'PKCS11_PIN_LOCKED',
  CKR_PIN_EXPIRED: 'PKCS11_PIN_LOCKED',
  CKR_USER_PIN_NOT_INITIALIZED: 'PKCS11_PIN_LOCKED',
  CKR_TOKEN_NOT_PRESENT: 'PKCS11_TOKEN_GONE',
  CKR_TOKEN_NOT_RECOGNIZED: 'PKCS11_TOKEN_GONE',
  CKR_DEVICE_REMOVED: 'PKCS11_TOKEN_GONE',
  CKR_DEVICE_ERROR: 'PKCS11_TOKEN_GONE',
  CKR_SESSION_CLOSED: 'PKCS11_TOKEN_GONE',
  CKR_SESSION_HANDLE_INVALID: 'PKCS11_TOKEN_GONE',
  CKR_USER_NOT_LOGGED_IN: 'PKCS11_TOKEN_GONE',
  CKR_SLOT_ID_INVALID: 'PKCS11_TOKEN_GONE',
  CKR_OBJECT_HANDLE_INVALID: 'PKCS11_TOKEN_GONE',
  CKR_KEY_HANDLE_INVALID: 'PKCS11_TOKEN_GONE',
  CKR_MECHANISM_INVALID: 'PKCS11_UNSUPPORTED',
  CKR_MECHANISM_PARAM_INVALID: 'PKCS11_UNSUPPORTED',
  CKR_CURVE_NOT_SUPPORTED: 'PKCS11_UNSUPPORTED',
  CKR_DOMAIN_PARAMS_INVALID: 'PKCS11_UNSUPPORTED',
  CKR_TEMPLATE_INCONSISTENT: 'PKCS11_UNSUPPORTED',
};

/** What a failed call to a token means, with the token's own code in the details. */
export function tokenFailure(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  const ckr = ckrOf(error) ?? 'unknown';
  return new AppError(
    MEANINGS[ckr] ?? 'PKCS11_FAILED',
    `${doing}: the token answers ${ckr}`,
    { ckr },
    { cause: error },
  );
}

/** The name of the return value in an error of the binding. */
export function ckrOf(error: unknown): string | undefined {
  return error instanceof Error ? /CKR_[A-Z0-9_]+/.exec(`${error.message} ${error.stack ?? ''}`)?.[0] : undefined;
}
