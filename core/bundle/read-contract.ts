import { z } from 'zod';
import { ANNOTATIONS, ImageManifest, MEDIA_TYPES, ModelContract, type Descriptor } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { readDocument } from './document.ts';
import { findingOf } from './finding.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import type { GoldenCase } from './loaded.ts';
import { checkNames } from './names.ts';

export interface SharedParts {
  readonly contract: ModelContract;
  readonly golden: readonly GoldenCase[];
  readonly modelCard: Descriptor;
  readonly evaluation: Readonly<Record<string, number>>;
}

export interface ContractRead {
  readonly parts: SharedParts | null;
  readonly blobs: readonly Descriptor[];
  readonly findings: readonly Finding[];
}

const Evaluation = z.record(z.string().max(128), z.number());

/** Untrusted: the manifest of what all variants share. Only a bundle that was adopted may come without golden vectors. */
export async function readContract(
  reader: BlobReader,
  descriptor: Descriptor,
  { isAdopted }: { isAdopted: boolean },
): Promise<ContractRead> {
  const read = await readDocument(reader, descriptor, {
    schema: ImageManifest,
    limitBytes: BUNDLE_LIMITS.manifestBytes,
  });
  if (!read.ok) return { parts: null, blobs: [descriptor], findings: read.findings };
  const { layers, config } = read.value;
  const blobs = [descriptor, config, ...layers];
  const findings = [...checkNames(layers)];
  const contract = await readOnly(reader, layers, {
    mediaType: MEDIA_TYPES.contract,
    schema: ModelContract,
    limitBytes: BUNDLE_LIMITS.contractBytes,
  });
  const evaluation = await readOnly(reader, layers, {
    mediaType: MEDIA_TYPES.evaluation,
    schema: Evaluation,
    limitBytes: BUNDLE_LIMITS.evaluationBytes,
  });
  const [modelCard] = layers.filter((layer) => layer.mediaType === MEDIA_TYPES.modelDoc);
  const golden = goldenCases(layers);
  findings.push(...contract.findings, ...evaluation.findings);
  if (modelCard === undefined)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', 'contract', 'The model card is missing.'));
  const isEmpty = golden.length === 0 && !isAdopted;
  if (isEmpty || golden.some((golden) => golden.inputs.length === 0 || golden.outputs.length === 0)) {
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', 'contract', 'Golden vectors are missing.'));
  }
  if (contract.value === null || evaluation.value === null || modelCard === undefined)
    return { parts: null, blobs, findings };
  return { parts: { contract: contract.value, evaluation: evaluation.value, modelCard, golden }, blobs, findings };
}

async function readOnly<S extends z.ZodType>(
  reader: BlobReader,
  layers: readonly Descriptor[],
  want: { mediaType: string; schema: S; limitBytes: number },
): Promise<{ value: z.output<S> | null; findings: readonly Finding[] }> {
  const found = layers.filter((layer) => layer.mediaType === want.mediaType);
  const [layer] = found;
  if (layer === undefined || found.length > 1) {
    return {
      value: null,
      findings: [
        findingOf(
          'BUNDLE_MANIFEST_INVALID',
          'contract',
          `One layer of type ${want.mediaType} is needed, ${String(found.length)} found.`,
        ),
      ],
    };
  }
  const read = await readDocument(reader, layer, want);
  return read.ok ? { value: read.value, findings: [] } : { value: null, findings: read.findings };
}

/** Golden layers by case, in the order of the manifest: it is the order of the contract's inputs and outputs. */
function goldenCases(layers: readonly Descriptor[]): GoldenCase[] {
  const cases = new Map<string, { inputs: Descriptor[]; outputs: Descriptor[] }>();
  for (const layer of layers) {
    const isInput = layer.mediaType === MEDIA_TYPES.goldenInput;
    if (!isInput && layer.mediaType !== MEDIA_TYPES.goldenOutput) continue;
    const id = layer.annotations?.[ANNOTATIONS.goldenCase] ?? '';
    const golden = cases.get(id) ?? { inputs: [], outputs: [] };
    (isInput ? golden.inputs : golden.outputs).push(layer);
    cases.set(id, golden);
  }
  return [...cases.values()];
}
