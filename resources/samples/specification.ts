import type { BundleSpec } from '#contracts/bundle.ts';
import { SIDE } from './surface-image.ts';
import { CELLS } from './detector.ts';

/** Builder and source that the samples state; a policy for the samples lists exactly these. */
export const SAMPLE_BUILDER = 'https://builder.example/gantry-samples';
export const SAMPLE_SOURCE = 'git+https://git.example/gantry-samples';
export const SAMPLE_MODEL = 'samples/surface-detector';

export interface SampleVersion {
  readonly version: string;
  readonly sequence: number;
  readonly createdAt: string;
  readonly variants: readonly { readonly id: string; readonly file: string; readonly precision: 'fp32' | 'int8' }[];
}

/** The specification of one version; every version has the same contract, the bad one included. */
export function sampleSpec({ version, sequence, createdAt, variants }: SampleVersion): BundleSpec {
  return {
    model: SAMPLE_MODEL,
    version,
    sequence,
    channel: 'production',
    title: 'Surface defects (sample)',
    createdAt,
    contract: {
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 1, SIDE, SIDE], unit: '1' }],
      outputs: [{ name: 'heatmap', datatype: 'FP32', shape: [-1, 1, CELLS, CELLS], classes: ['defect'] }],
      preprocessing: 'grey values divided by 255',
      tolerance: { rtol: 1e-3, atol: 1e-4 },
      objectives: { p99Ms: 50, errorRate: 0.01, doubtfulShare: 0.5, memoryBytes: 536_870_912 },
      doubt: { output: 'heatmap', reduce: 'ambiguous-count', threshold: 0.5, band: 0.3, limit: 2 },
      review: { kind: 'image', input: 'image', channel: 0, min: 0, max: 1 },
      labelClasses: ['spot', 'scratch'],
      safetyClass: 'quality',
      retrainIntervalDays: 180,
    },
    variants: variants.map((variant) => ({
      ...variant,
      runtime: 'onnxruntime',
      runtimeVersion: '>=1.17',
      providers: ['cpu'],
      os: 'any',
      architecture: 'any',
    })),
    golden: [0, 1].map((at) => ({
      inputs: [`golden-${version}/${String(at)}/input_0.pb`],
      outputs: [`golden-${version}/${String(at)}/output_0.pb`],
    })),
    modelCard: `card-${version}.md`,
    provenance: {
      builder: SAMPLE_BUILDER,
      buildType: `${SAMPLE_BUILDER}/generate/v1`,
      source: SAMPLE_SOURCE,
      revision: '0000000000000000000000000000000000000001',
    },
    licence: 'Apache-2.0',
  };
}
