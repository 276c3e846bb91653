import type { ChannelPolicy, Fact } from '#contracts/verdict.ts';
import { shortDigest, toIsoUtc, type Digest, type Instant } from '#core/base/index.ts';
import { fact } from './facts.ts';
import type { TrustedRootEntry, TrustedRootSummary, VerifiedAttestation } from './ports.ts';

/** The trusted root of the site: whom it names; null when it cannot be read. */
export interface SiteRoot {
  readonly summary: TrustedRootSummary | null;
}

interface EvidenceQuestion {
  readonly digest: Digest;
  readonly policy: ChannelPolicy;
  readonly root: SiteRoot | null;
  readonly now: Instant;
}

/** Log, time, certificate and trusted root: what the policy demands of each, and what holds. */
export function evidenceFacts(signature: VerifiedAttestation | null, question: EvidenceQuestion): Fact[] {
  const { policy, digest, now } = question;
  const subject = shortDigest(digest);
  const logEntries = signature?.logEntries ?? 0;
  const timestamps = signature?.timestamps ?? 0;
  const signedAt = signature?.evidence.signedAt ?? null;
  return [
    fact('SIGNATURE_LOGGED', {
      established: logEntries >= Math.max(1, policy.logThreshold),
      demanded: policy.logThreshold > 0,
      subject,
      detail: `The policy demands ${String(policy.logThreshold)} log entries; ${String(logEntries)} hold${said(logEntries, signature?.evidence.log)}.`,
    }),
    fact('SIGNATURE_TIMESTAMPED', {
      established: timestamps >= Math.max(1, policy.timestampThreshold),
      demanded: policy.timestampThreshold > 0,
      subject,
      detail: `The policy demands ${String(policy.timestampThreshold)} timestamps; ${String(timestamps)} hold${said(timestamps, signature?.evidence.time)}.`,
      ageSeconds: signedAt === null ? null : age(signedAt, now),
    }),
    ...certificateFact(signature),
    rootFact(question),
  ];
}

function said(count: number, words: string | undefined): string {
  return count === 0 || words === undefined ? '' : `: ${words}`;
}

/** What the authority states about the build is told in full: people compare it with the publisher. */
function certificateFact(signature: VerifiedAttestation | null): Fact[] {
  if (signature?.certificate == null) return [];
  return [
    fact('CERTIFICATE_ISSUED', {
      established: true,
      subject: signature.signer.id,
      detail: Object.entries(signature.certificate)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    }),
  ];
}

function rootFact({ policy, root, now }: EvidenceQuestion): Fact {
  const demanded = policy.material === 'identity' || policy.logThreshold > 0 || policy.timestampThreshold > 0;
  if (root?.summary == null) {
    const detail = root === null ? 'This site has no Sigstore trusted root.' : 'The trusted root cannot be read.';
    return fact('TRUSTED_ROOT_KNOWN', { established: false, demanded, subject: 'none', detail });
  }
  const { logs, authorities, timestampAuthorities, ctLogs, digest } = root.summary;
  const starts = [logs, authorities, timestampAuthorities, ctLogs].flat().flatMap(({ validFrom }) => validFrom ?? []);
  return fact('TRUSTED_ROOT_KNOWN', {
    established: true,
    demanded,
    subject: digest,
    detail: `Logs: ${names(logs)}. Certificate authorities: ${names(authorities)}. Timestamp authorities: ${names(timestampAuthorities)}. Certificate logs: ${names(ctLogs)}.`,
    // The document has no date of its own: it is at most as old as the newest authority in it.
    ageSeconds: starts.length === 0 ? null : age(Math.max(...starts), now),
  });
}

function names(entries: readonly TrustedRootEntry[]): string {
  return entries.length === 0 ? 'none' : entries.map(nameOf).join(', ');
}

function nameOf({ name, validFrom, validTo }: TrustedRootEntry): string {
  const from = validFrom === null ? 'no start' : toIsoUtc(validFrom).slice(0, 10);
  return `${name} (${from} to ${validTo === null ? 'now' : toIsoUtc(validTo).slice(0, 10)})`;
}

function age(at: Instant, now: Instant): number {
  return Math.max(0, Math.round((now - at) / 1000));
}
