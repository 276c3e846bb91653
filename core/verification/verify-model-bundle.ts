import { ANNOTATIONS, type Channel, type Descriptor, type LineContract } from '#contracts/bundle.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { TrustStore, Verdict, VerificationPolicy } from '#contracts/verdict.ts';
import { isBlocking, type Digest, type Finding, type Instant } from '#core/base/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import { closureBytes, readBundle, type BundleRead, type Heading, type LoadedBundle } from '#core/bundle/index.ts';
import { isPartsPredicate, type PartsSchema } from '#core/provenance/index.ts';
import type { BlobReader, ContentHasher } from '#core/storage/ports.ts';
import type { ClockJudgement } from '#core/trusted-time/index.ts';
import type { YamlParser } from '#core/adoption/index.ts';
import { readAttestations, type AttestationsRead } from './attestations.ts';
import { checkContent } from './content.ts';
import { judgeAdoption } from './judge-adoption.ts';
import { judgeIdentity } from './judge-identity.ts';
import { judgeIntegrity } from './judge-integrity.ts';
import { judgePermission } from './judge-permission.ts';
import {
  claimsSummary,
  judgeSummary,
  type SummaryJudgement,
  type SummaryQuestion,
  type SummaryTrust,
} from './judge-summary.ts';
import type { AttestationVerifier, SignatureDemands } from './ports.ts';
import { markVerified, type VerifiedBundle } from './verified-bundle.ts';

export interface VerificationInput {
  readonly reader: BlobReader;
  readonly bundleDigest: Digest;
  readonly referrers: readonly Digest[];
  readonly trust: TrustStore;
  readonly policy: VerificationPolicy;
  readonly now: Instant;
  /** What the line feeds; null when no line uses this model yet. */
  readonly lineContract: LineContract | null;
  /** The highest sequence accepted for this model so far (anti-rollback); absent when there is none. */
  readonly sequenceFloor?: SequenceFloor;
  /** Whether two people allowed to go back to this bundle on its channel. */
  readonly mayGoBack?: (channel: Channel) => boolean;
  /** The clock as signed times judge it; absent where nobody keeps such times. */
  readonly clock?: ClockJudgement;
  /** Parts that are known to be bad; absent where no list is in force. */
  readonly knownBad?: KnownBadList | null;
  /** Whose verification summaries this device relies on where the policy says so; absent on a station. */
  readonly summaryTrust?: SummaryTrust;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** The highest sequence accepted so far: of the model, or of each of its channels. */
export type SequenceFloor = number | null | Readonly<Record<Channel, number | null>>;

export interface VerificationPorts {
  readonly attestations: AttestationVerifier;
  readonly hasher: ContentHasher;
  /** Published schemas of parts lists, loaded when there is a list; absent (gateway): the reader's own rules. */
  readonly partsSchema?: () => Promise<PartsSchema>;
  /** Scans model files away from whoever asks. Not optional: what was not scanned is never loaded. */
  readonly scanner: ArtefactScanner;
  /** Reads the documents of adopted model folders; absent: such a bundle cannot be judged, and is refused. */
  readonly parseYaml?: YamlParser;
}

/** A verdict, and the bundle only when it is positive. */
export interface Verification {
  readonly verdict: Verdict;
  readonly bundle: VerifiedBundle | null;
}

/**
 * Judges one bundle offline under one policy. The only maker of a VerifiedBundle.
 * Every fault of the bundle is a finding and all are reported; faults of the machine or medium are thrown.
 */
export async function verifyModelBundle(input: VerificationInput, ports: VerificationPorts): Promise<Verification> {
  const documents = await readBundle(input.reader, input.bundleDigest, input.referrers);
  // A bundle that does not say its channel is held to the strict one.
  const channel = documents.heading?.channel ?? 'production';
  const policy = input.policy.channels[channel];
  const { material, logThreshold, timestampThreshold } = policy;
  const { keys, identities, trustedRoot } = input.trust;
  const demands = { material, logThreshold, timestampThreshold, keys, identities, trustedRoot };
  const signed = await attestationsOf(input, ports, { ...documents, channel, demands });
  const { bundle, heading } = documents;
  const summary = await summaryOf(input, ports, { ...documents, demands, channel: policy });
  const content = await contentOf(input, ports, { bundle, closure: documents.closure });
  const adoption = await judgeAdoption({ reader: input.reader, bundle, content, signed, ports });
  const { read } = adoption;
  const root = trustedRoot === null ? null : { summary: ports.attestations.describeRoot(trustedRoot) };
  const question = { digest: input.bundleDigest, policy, read, root, now: input.now };
  const integrity = judgeIntegrity({
    ...question,
    bundle,
    content,
    readFindings: documents.findings,
    schema: await partsSchemaFor(read, ports),
    knownBad: input.knownBad,
  });
  const identity = judgeIdentity(question);
  const { lineContract, now } = input;
  const permission = judgePermission({
    heading,
    bundle,
    channel,
    policy,
    signer: identity.signer,
    signerChannels: identity.signerChannels,
    // What an administrator named goes before what an earlier bundle asked for.
    lineContract: input.policy.lineContracts[heading?.model ?? ''] ?? lineContract,
    sequenceFloor: floorOf(input.sequenceFloor, channel),
    mayGoBack: input.mayGoBack?.(channel) ?? false,
    now,
    clock: input.clock ?? null,
  });
  const findings = distinct([
    ...documents.findings,
    ...content.findings,
    ...adoption.findings,
    ...covered(integrity.findings, summary, (finding) => COVERED_PARTS.has(finding.code)),
    ...covered(read.findings, summary),
    ...covered(identity.findings, summary),
    ...summary.findings,
    ...permission.findings,
  ]);
  const signer = identity.signer ?? summary.signer;
  const accepted = bundle !== null && signer !== null && !isBlocking(findings);
  const verdict: Verdict = {
    verdict: accepted ? 'accepted' : 'refused',
    digest: input.bundleDigest,
    model: heading?.model ?? '',
    version: heading?.version ?? '',
    channel,
    signer,
    facts: [...integrity.facts, ...adoption.facts, ...identity.facts, ...summary.facts, ...permission.facts],
    findings,
    policyVersion: input.policy.version,
    checkedAt: input.now,
    ...(permission.contract === undefined ? {} : { contract: [...permission.contract] }),
  };
  return {
    verdict,
    bundle: accepted
      ? markVerified(bundle, {
          signer,
          provenance: identity.provenance,
          buildLevel: identity.buildLevel,
          components: integrity.components,
          witnessed: read.statements.flatMap(({ signature }) => signature.evidence.witnessed),
        })
      : null,
  };
}

async function attestationsOf(
  { reader, bundleDigest }: VerificationInput,
  { attestations, hasher }: VerificationPorts,
  known: Pick<BundleRead, 'bundle' | 'referrers'> & { channel: Channel; demands: SignatureDemands },
): Promise<AttestationsRead> {
  return readAttestations({
    reader,
    subject: bundleDigest,
    adopted: known.bundle?.adopted ?? null,
    referrers: known.referrers.filter((referrer) => !claimsSummary(referrer)),
    attestations,
    channel: known.channel,
    demands: known.demands,
    hasher,
  });
}

/** The schemas are large: they are loaded for a bundle that brings a list. */
async function partsSchemaFor(
  { statements }: AttestationsRead,
  { partsSchema }: VerificationPorts,
): Promise<PartsSchema | undefined> {
  return statements.some(({ predicateType }) => isPartsPredicate(predicateType)) ? partsSchema?.() : undefined;
}

async function summaryOf(
  input: VerificationInput,
  { attestations, hasher }: VerificationPorts,
  known: Pick<SummaryQuestion, 'referrers' | 'demands' | 'channel'> & { heading: Heading | null },
): Promise<SummaryJudgement> {
  const { reader, bundleDigest, summaryTrust, policy, now } = input;
  if (summaryTrust === undefined) return NO_SUMMARY;
  const { referrers, demands, channel, heading } = known;
  const about = { digest: bundleDigest, model: heading?.model ?? '', trust: summaryTrust };
  return judgeSummary({ reader, ...about, referrers, demands, channel, policy, attestations, hasher, now });
}

const NO_SUMMARY: SummaryJudgement = { signer: null, facts: [], findings: [] };
const COVERED_PARTS: ReadonlySet<string> = new Set(['SBOM_MISSING', 'SBOM_INVALID']);

/** What the station has judged and its summary vouches for is told, and stops nothing here. */
function covered(
  findings: readonly Finding[],
  summary: SummaryJudgement,
  isCovered: (finding: Finding) => boolean = () => true,
): Finding[] {
  return findings.map((finding) =>
    summary.signer !== null && isCovered(finding) ? { ...finding, severity: 'warn' } : finding,
  );
}

function floorOf(floor: SequenceFloor | undefined, channel: Channel): number | null {
  return typeof floor === 'object' && floor !== null ? floor[channel] : (floor ?? null);
}

async function contentOf(
  input: VerificationInput,
  ports: VerificationPorts,
  known: { bundle: LoadedBundle | null; closure: readonly Descriptor[] },
): ReturnType<typeof checkContent> {
  const weights = new Map(
    known.bundle?.variants.map(({ weights: { digest }, data, target: { runtime, runtimeVersion } }) => [
      digest,
      { runtime, runtimeVersion, ...(data === null ? {} : { files: new Map([[nameOf(data), data.size]]) }) },
    ]),
  );
  const total = closureBytes(known.closure);
  const { onProgress, signal } = input;
  return checkContent({
    reader: input.reader,
    hasher: ports.hasher,
    closure: known.closure,
    weights,
    scanner: ports.scanner,
    ...(onProgress === undefined
      ? {}
      : {
          onBytes: (done: number) => {
            onProgress(done, total);
          },
        }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function nameOf({ annotations, digest }: Descriptor): string {
  return annotations?.[ANNOTATIONS.filepath] ?? digest;
}

/** A missing blob is found by whoever needs it first; it is one fault. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [
        `${finding.code} ${finding.at} ${finding.code === 'BUNDLE_BLOB_MISSING' ? '' : finding.message}`,
        finding,
      ]),
    ).values(),
  ];
}
