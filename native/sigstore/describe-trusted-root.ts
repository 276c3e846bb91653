import { createHash, X509Certificate } from 'node:crypto';
import type { TrustedRootEntry, TrustedRootSummary } from '#core/verification/ports.ts';
import { refusal } from './keyless/refusal.ts';
import { readTrustedRootDocument, type AuthorityEntry, type LogEntry } from './keyless/trusted-root.ts';

/** Untrusted: whom a Sigstore trusted root names, for people to compare. TRUSTED_ROOT_INVALID when it cannot be read. */
export function describeTrustedRoot(json: string): TrustedRootSummary {
  const bytes = new TextEncoder().encode(json);
  const root = readTrustedRootDocument(bytes);
  return {
    logs: root.tlogs.map(describeLog),
    authorities: root.certificateAuthorities.map(describeAuthority),
    timestampAuthorities: root.timestampAuthorities.map(describeAuthority),
    ctLogs: root.ctlogs.map(describeLog),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
}

function describeLog({ baseUrl, logId, publicKey }: LogEntry): TrustedRootEntry {
  const keyId = Buffer.from(logId.keyId, 'base64').toString('hex');
  return { name: baseUrl ?? keyId.slice(0, 16), keyId, ...windowOf(publicKey.validFor) };
}

/** An authority is known by its outermost certificate, which says its name and key. */
function describeAuthority({ subject, certChain, validFor }: AuthorityEntry): TrustedRootEntry {
  const last = certChain.certificates.at(-1);
  const der = Buffer.from(last?.rawBytes ?? '', 'base64');
  try {
    const spki = new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' });
    const named = [subject?.organization, subject?.commonName].filter((part) => part !== undefined && part !== '');
    return {
      name: named.join(' ') || new X509Certificate(der).subject.replaceAll('\n', ', '),
      keyId: createHash('sha256').update(spki).digest('hex'),
      ...windowOf(validFor),
    };
  } catch (error) {
    throw refusal('TRUSTED_ROOT_INVALID', 'a certificate of the trusted root cannot be read', error);
  }
}

function windowOf(window: LogEntry['publicKey']['validFor']): Pick<TrustedRootEntry, 'validFrom' | 'validTo'> {
  return { validFrom: instantOf(window?.start), validTo: instantOf(window?.end) };
}

function instantOf(text: string | null | undefined): number | null {
  return typeof text === 'string' ? Date.parse(text) : null;
}
