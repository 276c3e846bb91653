import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, Fact, Signer } from '#contracts/verdict.ts';
import { shortDigest, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import { findingOf } from '#core/bundle/index.ts';
import type { Provenance } from '#core/provenance/index.ts';
import { statementsOf, type AttestationsRead } from './attestations.ts';
import { fact } from './facts.ts';
import { evidenceFacts, type SiteRoot } from './evidence-facts.ts';
import { judgeProvenance } from './judge-provenance.ts';

export interface IdentityJudgement {
  readonly signer: Signer | null;
  /** For which channels the site lets that signer sign. */
  readonly signerChannels: readonly Channel[];
  readonly provenance: Provenance | null;
  readonly buildLevel: number;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

export interface IdentityQuestion {
  readonly digest: Digest;
  readonly read: AttestationsRead;
  readonly root: SiteRoot | null;
  readonly policy: ChannelPolicy;
  readonly now: Instant;
}

/** Who signed the bundle, and who built it from what. */
export function judgeIdentity(question: IdentityQuestion): IdentityJudgement {
  const { read, policy, digest } = question;
  const subject = shortDigest(digest);
  const [signature] = statementsOf(read, 'signature');
  const signer = signature?.signature.signer ?? null;
  const findings: Finding[] = [];
  // A bundle whose signature is there and broken is not unsigned: its own finding says what is wrong.
  if (signer === null && !read.isSignatureClaimed) {
    findings.push(
      findingOf(
        'BUNDLE_UNSIGNED',
        subject,
        read.unsigned > 0 ? `It has ${String(read.unsigned)} statements that nobody signed.` : nothingAttached(read),
      ),
    );
  }
  const builder = judgeProvenance(question);
  return {
    signer,
    signerChannels: signature?.signature.channels ?? [],
    provenance: builder.provenance,
    buildLevel: builder.level,
    findings: [...findings, ...builder.findings],
    facts: [
      fact('SIGNATURE_HOLDS', {
        established: signer !== null,
        subject,
        detail:
          signer === null ? 'No signature holds for this content.' : 'The signature holds for exactly this content.',
      }),
      fact('SIGNER_TRUSTED', {
        established: signer !== null,
        subject: signer?.name ?? 'nobody',
        detail: signerDetail(signer, policy),
      }),
      ...evidenceFacts(signature?.signature ?? null, question),
      ...builder.facts,
    ],
  };
}

/** What people most often did when a signed bundle arrives bare. */
function nothingAttached({ statements, findings }: AttestationsRead): string {
  return statements.length + findings.length > 0
    ? ''
    : 'Nothing at all is attached to it: tools that copy images, such as skopeo, leave signatures and parts lists behind.';
}

function signerDetail(signer: Signer | null, { material }: ChannelPolicy): string {
  if (signer === null)
    return material === 'key' ? 'No trusted key signed this bundle.' : 'No trusted identity signed this bundle.';
  return signer.kind === 'key' ? `Key ${signer.id}` : `Identity ${signer.id}, vouched for by ${signer.issuer ?? ''}`;
}
