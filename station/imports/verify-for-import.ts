import type { TrustStore, VerificationPolicy } from '#contracts/verdict.ts';
import type { Channel, LineContract } from '#contracts/bundle.ts';
import type { YamlParser } from '#core/adoption/index.ts';
import type { Clock } from '#core/base/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import {
  verifyModelBundle,
  type AttestationVerifier,
  type Verification,
  type VerifiedBundle,
} from '#core/verification/index.ts';
import type { KnownBadList } from '#contracts/known-bad.ts';
import type { PartsSchema } from '#core/provenance/index.ts';
import type { OlderBundle } from '#core/trust/ports.ts';
import type { ContentHasher } from '#core/storage/ports.ts';
import { judgeClock, type TimeEvidence, type TimeFloor } from '#core/trusted-time/index.ts';
import type { ImportFacts, VerificationResult, VerifyImported } from './import-ports.ts';

export interface ImportVerificationDeps {
  readonly trust: () => TrustStore;
  readonly policy: () => VerificationPolicy;
  /** Highest sequence that was accepted of a model on a channel; null when there is none. */
  readonly sequenceFloor: (model: string, channel: Channel) => number | null;
  /** Whether two people allowed to go back to exactly this bundle. */
  readonly mayGoBack?: (bundle: OlderBundle) => boolean;
  /** What the lines that run this model feed it with today; null while none does. */
  readonly lineContract: (model: string) => Promise<LineContract | null>;
  readonly attestations: AttestationVerifier;
  readonly partsSchema?: () => Promise<PartsSchema>;
  /** Parts that must not be in a bundle; null while no list is in force. */
  readonly knownBad?: () => KnownBadList | null;
  readonly hasher: ContentHasher;
  /** Scans model files in a process of its own. */
  readonly scanner: ArtefactScanner;
  /** Reads the documents of adopted model folders. */
  readonly parseYaml?: YamlParser;
  readonly clock: Clock;
  /** The newest signed time that this site has seen; null before the first. */
  readonly timeFloor: () => TimeFloor | null;
}

/** Verification of an imported bundle under the trust, policy and floors of this moment. */
export function createImportVerification(deps: ImportVerificationDeps): VerifyImported {
  return async (input) => {
    const clock = judgeClock(deps.clock.now(), deps.timeFloor());
    const verify = async (model: string): Promise<Verification> =>
      verifyModelBundle(
        {
          ...input,
          trust: deps.trust(),
          policy: deps.policy(),
          now: clock.now,
          clock,
          knownBad: deps.knownBad?.() ?? null,
          lineContract: await deps.lineContract(model),
          sequenceFloor: {
            production: deps.sequenceFloor(model, 'production'),
            staging: deps.sequenceFloor(model, 'staging'),
          },
          mayGoBack: (channel) => deps.mayGoBack?.({ model, channel, digest: input.bundleDigest }) ?? false,
        },
        {
          attestations: deps.attestations,
          hasher: deps.hasher,
          ...(deps.partsSchema === undefined ? {} : { partsSchema: deps.partsSchema }),
          ...(deps.parseYaml === undefined ? {} : { parseYaml: deps.parseYaml }),
          scanner: deps.scanner,
        },
      );
    const first = await verify(input.model);
    // The medium's index is not signed: a bundle of another model must not slip below that model's floor.
    const result = first.verdict.model === input.model ? first : await verify(first.verdict.model);
    return toResult(result);
  };
}

function toResult({ verdict, bundle }: Verification): VerificationResult {
  return { verdict, facts: bundle === null ? null : factsOf(bundle) };
}

function factsOf(bundle: VerifiedBundle): ImportFacts {
  const { digest, model, version, title, sequence, channel, contract, modelCard, evaluation, provenance } = bundle;
  const closure = [...bundle.closure];
  return {
    summary: {
      digest,
      model,
      version,
      title,
      sequence,
      channel,
      sizeBytes: closure.reduce((sum, blob) => sum + blob.size, 0),
      variants: bundle.variants.map((variant) => ({
        id: variant.target.id,
        runtime: variant.target.runtime,
        precision: variant.target.precision,
        digest: variant.digest,
        sizeBytes: variant.weights.size + (variant.data?.size ?? 0),
      })),
    },
    contract,
    modelCard,
    evaluation: { ...evaluation },
    provenance:
      provenance === null
        ? null
        : {
            builder: provenance.builder,
            buildType: provenance.buildType,
            source: provenance.source ?? '',
            revision: provenance.revision ?? '',
          },
    buildLevel: bundle.buildLevel,
    components: bundle.components.map(({ version: componentVersion, licences, ...component }) => ({
      name: component.name,
      version: componentVersion ?? '',
      versionRange: component.versionRange,
      type: component.type,
      purl: component.purl,
      licences: [...licences],
      sha256: component.sha256,
      supplier: component.supplier,
    })),
    closure,
    signedTimes: signedTimesOf(bundle),
  };
}

/**
 * When verified logs and timestamp authorities saw its signatures, and what its publisher and its builder stated in signed documents. The
 * latter are no witnesses: their own clocks may be wrong.
 */
function signedTimesOf({ digest, createdAt, provenance, witnessed }: VerifiedBundle): TimeEvidence[] {
  const seen = witnessed.map(({ at, kind }) => ({ at, kind, subject: digest }));
  const stated = [createdAt, provenance?.finishedOn ?? null].flatMap((text) => {
    const at = text === null ? NaN : Date.parse(text);
    return Number.isSafeInteger(at) && at > 0 ? [{ at, kind: 'publisher' as const, subject: digest }] : [];
  });
  return [...seen, ...stated];
}
