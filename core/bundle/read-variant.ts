import { ANNOTATIONS, ImageManifest, MEDIA_TYPES, VariantTarget, type Descriptor } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { readDocument } from './document.ts';
import { findingOf } from './finding.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import type { LoadedVariant } from './loaded.ts';
import { checkNames, isIrPair } from './names.ts';

export interface VariantRead {
  readonly variant: LoadedVariant | null;
  readonly blobs: readonly Descriptor[];
  readonly findings: readonly Finding[];
}

/** Untrusted: one ModelPack manifest of the index. */
export async function readVariant(reader: BlobReader, descriptor: Descriptor): Promise<VariantRead> {
  const at = descriptor.annotations?.[ANNOTATIONS.variant] ?? descriptor.digest.slice(7, 19);
  const read = await readDocument(reader, descriptor, {
    schema: ImageManifest,
    limitBytes: BUNDLE_LIMITS.manifestBytes,
  });
  if (!read.ok) return { variant: null, blobs: [descriptor], findings: read.findings };
  const manifest = read.value;
  const blobs = [descriptor, manifest.config, ...manifest.layers];
  const findings = [...checkNames(manifest.layers)];
  const target = targetOf(descriptor);
  const weights = manifest.layers.filter((layer) => layer.mediaType.startsWith('application/vnd.cncf.model.weight.'));
  const pair = target?.runtime === 'openvino' ? irPairOf(weights) : null;
  const only = pair?.[0] ?? weights[0];
  const isComplete = only !== undefined && (pair !== null || weights.length === 1);
  if (manifest.config.mediaType !== MEDIA_TYPES.modelConfig)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', at, `The configuration has type ${manifest.config.mediaType}.`));
  if (target === null)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', at, 'The target of the variant is not stated.'));
  if (!isComplete)
    findings.push(
      findingOf('BUNDLE_MANIFEST_INVALID', at, `One layer of weights is needed, ${String(weights.length)} found.`),
    );
  if (target === null || !isComplete) return { variant: null, blobs, findings };
  const variant = { target, digest: descriptor.digest, manifest: descriptor, weights: only, data: pair?.[1] ?? null };
  return { variant, blobs, findings };
}

/** Structure and numbers of OpenVINO IR, in this order; null when the layers are something else. */
function irPairOf(layers: readonly Descriptor[]): readonly [Descriptor, Descriptor] | null {
  const [one, other] = layers;
  if (one === undefined || other === undefined || layers.length > 2) return null;
  const nameOf = (layer: Descriptor): string => layer.annotations?.[ANNOTATIONS.filepath] ?? '';
  if (isIrPair(nameOf(one), nameOf(other))) return [one, other];
  return isIrPair(nameOf(other), nameOf(one)) ? [other, one] : null;
}

/** The target tuple stands in the signed index, so that a device chooses without reading manifests. */
function targetOf(descriptor: Descriptor): VariantTarget | null {
  const { annotations = {}, platform } = descriptor;
  const parsed = VariantTarget.safeParse({
    id: annotations[ANNOTATIONS.variant],
    runtime: annotations[ANNOTATIONS.runtime],
    runtimeVersion: annotations[ANNOTATIONS.runtimeVersion],
    precision: annotations[ANNOTATIONS.precision],
    providers: annotations[ANNOTATIONS.providers]?.split(','),
    os: platform?.os ?? 'any',
    architecture: platform?.architecture ?? 'any',
  });
  return parsed.success ? parsed.data : null;
}
