import type { ModelContract } from '#contracts/bundle.ts';
import type { Fact, Verdict } from '#contracts/verdict.ts';
import { findingOf } from '#core/bundle/index.ts';
import type { BundleDetail } from '#station/bundles/service.ts';
import { digestOf, hexOf } from './digests.ts';

const PCB_CONTRACT: ModelContract = {
  v: 1,
  model: 'acme/pcb-defect',
  inputs: [{ name: 'pair', datatype: 'FP32', shape: [-1, 2, 640, 640], unit: 'grey value 0..1' }],
  outputs: [
    {
      name: 'heatmap',
      datatype: 'FP32',
      shape: [-1, 6, 40, 40],
      classes: ['open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole'],
    },
  ],
  preprocessing: 'Grey image pair (test, template), aligned, scaled to 0..1, no normalisation.',
  tolerance: { rtol: 0.001, atol: 0.0001 },
  objectives: { p99Ms: 120, errorRate: 0.01, doubtfulShare: 0.2, memoryBytes: 400_000_000 },
  doubt: { output: 'heatmap', reduce: 'max', threshold: 0.35, band: 0.1 },
  review: { kind: 'image', input: 'pair', channel: 0, min: 0, max: 1 },
  labelClasses: ['open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole'],
  safetyClass: 'quality',
  retrainIntervalDays: 180,
};

export const PUBLISHER_KEY = hexOf('acme publisher key');

function fact(
  code: string,
  aspect: Fact['aspect'],
  detail: string,
  established = true,
  ageSeconds: number | null = null,
): Fact {
  return { code, aspect, established, demanded: true, subject: 'acme/pcb-defect', detail, ageSeconds };
}

/** A verdict as the verification of a good bundle writes it; `trusted: false` is the same bundle under an unknown key. */
export function verdictFor(version: string, at: number, trusted = true): Verdict {
  return {
    verdict: trusted ? 'accepted' : 'refused',
    digest: digestOf(`pcb ${version}`),
    model: 'acme/pcb-defect',
    version,
    channel: 'production',
    signer: trusted ? { kind: 'key', id: PUBLISHER_KEY, name: 'ACME Vision, model publishing' } : null,
    facts: [
      fact('CONTENT_WHOLE', 'integrity', 'All 14 blobs have the digests that their manifests state.'),
      fact('STRUCTURE_SAFE', 'integrity', 'Both ONNX graphs are structurally sound and reference no outside data.'),
      fact('PARTS_LISTED', 'integrity', 'The parts list names every weight file by digest.', true, 12 * 86_400),
      {
        ...fact(
          'SIGNATURE_HOLDS',
          'identity',
          trusted
            ? 'The signature over the bundle index is valid.'
            : 'The signature is made by a key that this site does not trust.',
          trusted,
        ),
        ...(trusted ? {} : { next: 'Ask the publisher for a bundle that is signed with a key that you both know.' }),
      },
      {
        ...fact('BUILDER_KNOWN', 'identity', 'https://slsa.example/train@v1', trusted, 12 * 86_400),
        subject: 'https://ci.acme.example/builders/train@v3',
      },
      {
        ...fact('SOURCE_KNOWN', 'identity', '4f1c2d9', trusted),
        subject: 'git+https://git.acme.example/vision/pcb-defect',
      },
      {
        ...fact('SIGNATURE_LOGGED', 'identity', 'The policy demands 0 log entries; 0 hold.', false),
        demanded: false,
      },
      fact(
        'SIGNER_MAY_RELEASE',
        'permission',
        trusted ? 'This signer may publish to the production channel.' : 'An unknown signer may publish to no channel.',
        trusted,
      ),
      fact('LINE_FITS', 'permission', 'Inputs match what line 4 feeds.'),
    ],
    findings: trusted
      ? [
          {
            code: 'LOG_PROOF_ABSENT',
            severity: 'info',
            at: 'referrers',
            message: 'The bundle carries no transparency-log proof; this site decided not to ask for one.',
            next: 'Raise logThreshold in the policy to require it.',
          },
        ]
      : [
          {
            code: 'BUNDLE_SIGNER_UNTRUSTED',
            severity: 'block',
            at: 'referrers[0]',
            message: `The bundle is signed by key ${hexOf('some other key').slice(0, 16)}…, which this site does not trust.`,
            next: 'Compare the key fingerprint with the publisher; trust it in the Trust screen only if it matches.',
          },
        ],
    policyVersion: 3,
    checkedAt: at,
  };
}

export const FOREIGN_BUILDER = 'https://ci.other.example/builders/train@v1';
export const FOREIGN_SOURCE = 'git+https://git.other.example/vision/pcb-defect';

/** The verdict on a bundle of the trusted publisher that was built elsewhere, as the verification words it. */
export function foreignOriginVerdict(version: string, at: number): Verdict {
  const good = verdictFor(version, at);
  return {
    ...good,
    verdict: 'refused',
    facts: [
      ...good.facts.filter((one) => one.code !== 'BUILDER_KNOWN' && one.code !== 'SOURCE_KNOWN'),
      { ...fact('BUILDER_KNOWN', 'identity', 'No build type is stated.', false), subject: FOREIGN_BUILDER },
      { ...fact('SOURCE_KNOWN', 'identity', 'No revision is stated.', false), subject: FOREIGN_SOURCE },
    ],
    findings: [
      findingOf('PROVENANCE_BUILDER_UNTRUSTED', good.digest, FOREIGN_BUILDER),
      findingOf('PROVENANCE_SOURCE_UNTRUSTED', good.digest, FOREIGN_SOURCE),
    ],
  };
}

/** A stored bundle of the sample model. */
export function bundleFor(version: string, sequence: number, acceptedAt: number): BundleDetail {
  const digest = digestOf(`pcb ${version}`);
  const variants = [
    {
      id: 'onnx-fp32',
      runtime: 'onnxruntime',
      precision: 'fp32',
      digest: digestOf(`pcb ${version} fp32`),
      sizeBytes: 9_462_118,
    },
    {
      id: 'onnx-int8w',
      runtime: 'onnxruntime',
      precision: 'int8',
      digest: digestOf(`pcb ${version} int8`),
      sizeBytes: 2_418_700,
    },
  ];
  return {
    summary: {
      digest,
      model: 'acme/pcb-defect',
      version,
      title: `PCB defect detector ${version}`,
      sequence,
      channel: 'production',
      sizeBytes: 14_208_431,
      variants,
      acceptedAt,
      acceptedBy: 'Dana Keller',
      importId: `imp-${version.replaceAll('.', '-')}`,
      signer: { kind: 'key', id: PUBLISHER_KEY, name: 'ACME Vision, model publishing' },
    },
    contract: PCB_CONTRACT,
    verdict: verdictFor(version, acceptedAt - 60_000),
    modelCard: `# PCB defect detector ${version}\n\nFinds six kinds of surface defects on bare boards from an aligned image pair.\n\nTrained on 1,000 board pairs of line-scan quality at 48 px/mm. Not suited to populated boards.`,
    evaluation: { precision: 0.962, recall: 0.941, f1: 0.951 },
    referrers: [
      {
        digest: digestOf(`${version} sig`),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        predicateType: 'https://sigstore.dev/cosign/sign/v1',
        sizeBytes: 2_214,
      },
      {
        digest: digestOf(`${version} prov`),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        predicateType: 'https://slsa.dev/provenance/v1',
        sizeBytes: 4_022,
      },
      {
        digest: digestOf(`${version} sbom`),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        predicateType: 'https://cyclonedx.org/bom',
        sizeBytes: 8_117,
      },
    ],
    provenance: {
      builder: 'https://ci.acme.example/builders/train@v3',
      source: 'git+https://git.acme.example/vision/pcb-defect',
      revision: hexOf(version).slice(0, 40),
      buildType: 'https://acme.example/training/v1',
    },
    standing: { findings: [], contract: null },
    reverified: null,
    components: [
      {
        name: 'pcb-defect',
        version,
        type: 'machine-learning-model',
        purl: null,
        versionRange: null,
        licences: ['Apache-2.0'],
        sha256: null,
        supplier: null,
      },
      {
        name: 'deeppcb-train',
        version: '2019.1',
        type: 'data',
        purl: null,
        versionRange: null,
        licences: ['Apache-2.0'],
        sha256: null,
        supplier: null,
      },
      {
        name: 'pytorch',
        version: '2.9.0',
        type: 'library',
        purl: null,
        versionRange: null,
        licences: ['Apache-2.0'],
        sha256: null,
        supplier: null,
      },
      {
        name: 'onnx',
        version: '1.19.0',
        type: 'library',
        purl: null,
        versionRange: null,
        licences: ['Apache-2.0'],
        sha256: null,
        supplier: null,
      },
    ],
  };
}
