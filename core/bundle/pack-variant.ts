import { ANNOTATIONS, MEDIA_TYPES, type BundleSpec, type Descriptor } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { descriptorJson, jsonBlob, type MadeBlob } from './blob.ts';
import { isIrPair } from './names.ts';
import { fileDescriptor, type ContentSpec, type SpecFiles } from './spec-files.ts';

type VariantSpec = BundleSpec['variants'][number];

/** File formats by runtime, in the words of the CNCF ModelPack configuration. */
const FORMATS: Readonly<Record<VariantSpec['runtime'], string>> = {
  onnxruntime: 'onnx',
  tensorrt: 'tensorrt',
  openvino: 'openvino',
  tflite: 'tflite',
  executorch: 'pte',
  gguf: 'gguf',
  torchserve: 'mar',
};

/** One variant as a ModelPack manifest (CNCF model-spec v1): configuration and one layer of weights, for OpenVINO IR two. */
export function packVariant(
  spec: ContentSpec,
  variant: VariantSpec,
  context: { files: SpecFiles; hasher: Hasher },
): { manifest: MadeBlob; blobs: MadeBlob[]; weights: readonly Descriptor[] } {
  const { files, hasher } = context;
  const weights = weightFilesOf(variant).map((file) => fileDescriptor(files, file, MEDIA_TYPES.modelWeights));
  const config = jsonBlob(
    MEDIA_TYPES.modelConfig,
    {
      descriptor: {
        name: spec.model,
        version: spec.version,
        title: spec.title,
        createdAt: spec.createdAt,
        licenses: [spec.licence],
      },
      config: { format: FORMATS[variant.runtime], precision: variant.precision },
      modelfs: { type: 'layers', diffIds: weights.map(({ digest }) => digest) },
    },
    hasher,
  );
  const manifest = jsonBlob(
    MEDIA_TYPES.ociManifest,
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.modelManifest,
      config: descriptorJson(config.descriptor),
      layers: weights.map(descriptorJson),
    },
    hasher,
    { artifactType: MEDIA_TYPES.modelManifest, annotations: targetAnnotations(variant), ...platformOf(variant) },
  );
  return { manifest, blobs: [config, manifest], weights };
}

function weightFilesOf({ id, runtime, file, data }: VariantSpec): string[] {
  if (data === undefined) return [file];
  if (runtime !== 'openvino' || !isIrPair(file, data))
    throw new AppError('BUNDLE_SPEC_INVALID', `${id}: only OpenVINO IR has two files, model.xml and model.bin`, {
      variant: id,
      data,
    });
  return [file, data];
}

function targetAnnotations(variant: VariantSpec): Record<string, string> {
  return {
    [ANNOTATIONS.variant]: variant.id,
    [ANNOTATIONS.runtime]: variant.runtime,
    [ANNOTATIONS.runtimeVersion]: variant.runtimeVersion,
    [ANNOTATIONS.precision]: variant.precision,
    [ANNOTATIONS.providers]: variant.providers.join(','),
  };
}

/** A portable variant has no platform: `any` is not an OCI value. */
function platformOf(variant: VariantSpec): Pick<Descriptor, 'platform'> {
  if (variant.os === 'any' && variant.architecture === 'any') return {};
  return { platform: { os: variant.os, architecture: variant.architecture } };
}
