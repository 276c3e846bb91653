import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { AppError } from '#core/base/index.ts';

const CONNECT_MS = 10_000;
/** Leaf and site CA; a longer chain is not ours. */
const MAX_CHAIN = 4;

/**
 * Shakes hands, sends nothing, and returns the site CA whose SHA-256 begins as the code says and which signed the server certificate.
 * STATION_IDENTITY_WRONG for any other machine. The next connection trusts this CA only, so names and dates are checked there.
 */
export async function pinSiteCa(stationUrl: string, fingerprintStart: string): Promise<string> {
  const { hostname, port } = new URL(stationUrl);
  const chain = await presentedChain(hostname, Number(port === '' ? '443' : port));
  const ca = chain.find((certificate) =>
    createHash('sha256').update(certificate.raw).digest('hex').startsWith(fingerprintStart),
  );
  const leaf = chain[0];
  if (ca === undefined || leaf === undefined || !ca.ca || !leaf.verify(ca.publicKey)) {
    throw new AppError(
      'STATION_IDENTITY_WRONG',
      `${hostname} does not present the site certificate that the code names`,
      { host: hostname },
    );
  }
  return ca.toString();
}

function presentedChain(host: string, port: number): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error): void => {
      reject(
        new AppError(
          'STATION_UNREACHABLE',
          `no TLS answer from ${host}:${String(port)}: ${cause.message}`,
          { host, port },
          { cause },
        ),
      );
    };
    // Unverified on purpose: the certificate itself is what is examined, and nothing is written to this socket.
    const socket = connect(
      { host, port, rejectUnauthorized: false, ...(isName(host) ? { servername: host } : {}) },
      () => {
        const chain = chainOf(socket);
        socket.destroy();
        resolve(chain);
      },
    );
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('timed out')));
    socket.once('error', unreachable);
  });
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  // Typed as always there; a peer that presents nothing, or stops before its root, leaves it out.
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  // A root names itself as its issuer: the walk ends there.
  while (next?.raw !== undefined && chain.length < MAX_CHAIN && chain.at(-1)?.fingerprint256 !== next.fingerprint256) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}

function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !host.includes(':');
}
