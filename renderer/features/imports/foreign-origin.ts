import type { Verdict } from '#contracts/verdict.ts';

/** What a refused bundle states about its origin and the policy does not allow. Null: nothing of that kind blocks. */
export interface ForeignOrigin {
  readonly isSignerForeign: boolean;
  /** Absent: the builder is allowed. Null: it is not, and none is stated. */
  readonly builder?: string | null;
  readonly source?: string | null;
}

/** An unknown key, an unknown identity, and one that may sign for another channel. */
const FOREIGN_SIGNER = ['BUNDLE_SIGNER_UNTRUSTED', 'SIGNATURE_IDENTITY_WRONG', 'SIGNER_CHANNEL_WRONG'] as const;

/** How a statement names a builder or source that nobody stated. */
const NOT_STATED = 'unknown';

/** The origin that the Trust screen could allow, read from the findings that block and the statements beside them. */
export function foreignOriginOf({ findings, facts }: Pick<Verdict, 'findings' | 'facts'>): ForeignOrigin | null {
  const blocks = (code: string): boolean =>
    findings.some((finding) => finding.code === code && finding.severity === 'block');
  // The finding is a sentence and cut to a length; the statement beside it holds the exact text.
  const stated = (code: string): string | null => {
    const subject = facts.find((fact) => fact.code === code && !fact.established)?.subject ?? NOT_STATED;
    return subject === NOT_STATED ? null : subject;
  };
  const origin: ForeignOrigin = {
    isSignerForeign: FOREIGN_SIGNER.some(blocks),
    ...(blocks('PROVENANCE_BUILDER_UNTRUSTED') ? { builder: stated('BUILDER_KNOWN') } : {}),
    ...(blocks('PROVENANCE_SOURCE_UNTRUSTED') ? { source: stated('SOURCE_KNOWN') } : {}),
  };
  return origin.isSignerForeign || origin.builder !== undefined || origin.source !== undefined ? origin : null;
}
