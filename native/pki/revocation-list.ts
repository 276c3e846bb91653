import { AppError, KIB } from '#core/base/index.ts';
import type { Revocation } from '#core/fleet/ports.ts';
import { x509 } from './webcrypto-engine.ts';

/** A withdrawn certificate takes some 50 bytes. */
const LIST_LIMIT_BYTES = 1024 * KIB;

/**
 * The withdrawn certificates of a published list, after the signature of its CA was checked.
 * Untrusted: the list. REVOCATION_LIST_INVALID when it is damaged, or of another CA.
 */
export async function readRevocationList(
  pem: string,
  caPem: string,
): Promise<{ issuedAt: number; entries: Revocation[] }> {
  if (pem.length > LIST_LIMIT_BYTES) throw invalid('is too large');
  let list: x509.X509Crl;
  let holds: boolean;
  try {
    list = new x509.X509Crl(pem.replaceAll('X509 CRL-----', 'CRL-----'));
    holds = await list.verify({ publicKey: new x509.X509Certificate(caPem).publicKey });
  } catch (cause) {
    throw invalid('cannot be read', cause);
  }
  if (!holds) throw invalid('is not signed by the CA of this site');
  return {
    issuedAt: list.thisUpdate.getTime(),
    entries: list.entries.map(({ serialNumber, revocationDate }) => ({
      serial: serialNumber.toLowerCase(),
      revokedAt: revocationDate.getTime(),
    })),
  };
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('REVOCATION_LIST_INVALID', `the revocation list ${why}`, { why }, { cause });
}
