import { EC_KEY, EC_SIGNATURE, webcrypto, x509 } from '#native/pki/webcrypto-engine.ts';

/** What a device makes for itself: the private key never leaves it. */
export interface DeviceRequest {
  /** PKCS#8, unencrypted: the caller decides how it is kept. */
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  /** PKCS#10, signed with the private key; the site CA chooses the subject of the certificate. */
  readonly csrPem: string;
}

/** A fresh P-256 key and the request to certify it. */
export async function createDeviceRequest(hostname: string): Promise<DeviceRequest> {
  const keys = await webcrypto.subtle.generateKey(EC_KEY, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [hostname] }],
    keys,
    signingAlgorithm: EC_SIGNATURE,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    privateKeyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    publicKeyPem: csr.publicKey.toString('pem'),
    csrPem: csr.toString('pem'),
  };
}
