import { ANNOTATIONS, MEDIA_TYPES, type BundleSpec, type Descriptor } from '#contracts/bundle.ts';
import type { Json } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { descriptorJson, jsonBlob, type MadeBlob } from './blob.ts';
import { fileDescriptor, type ContentSpec, type SpecFiles } from './spec-files.ts';

/** The manifest that holds what all variants share: contract, golden vectors, evaluation, model card. */
export function packContract(
  spec: ContentSpec,
  files: SpecFiles,
  hasher: Hasher,
): { manifest: MadeBlob; blobs: MadeBlob[]; layers: Descriptor[] } {
  const contract = jsonBlob(
    MEDIA_TYPES.contract,
    toJson({ ...spec.contract, v: 1, model: spec.model }),
    hasher,
    named('contract.json'),
  );
  const evaluation = jsonBlob(MEDIA_TYPES.evaluation, spec.evaluation ?? {}, hasher, named('evaluation.json'));
  const config = jsonBlob(MEDIA_TYPES.emptyJson, {}, hasher);
  const layers = [
    contract.descriptor,
    ...spec.golden.flatMap((golden, index) => goldenLayers(golden, index, files)),
    evaluation.descriptor,
    fileDescriptor(files, spec.modelCard, MEDIA_TYPES.modelDoc),
  ];
  const manifest = jsonBlob(
    MEDIA_TYPES.ociManifest,
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.contractManifest,
      config: descriptorJson(config.descriptor),
      layers: layers.map(descriptorJson),
    },
    hasher,
    { artifactType: MEDIA_TYPES.contractManifest },
  );
  return { manifest, blobs: [contract, evaluation, config, manifest], layers };
}

function goldenLayers(golden: BundleSpec['golden'][number], index: number, files: SpecFiles): Descriptor[] {
  const layer = (path: string, mediaType: string, name: string): Descriptor => {
    const descriptor = fileDescriptor(files, path, mediaType);
    return {
      ...descriptor,
      annotations: {
        [ANNOTATIONS.filepath]: `golden/${String(index)}/${name}`,
        [ANNOTATIONS.goldenCase]: String(index),
      },
    };
  };
  return [
    ...golden.inputs.map((path, at) => layer(path, MEDIA_TYPES.goldenInput, `input_${String(at)}.pb`)),
    ...golden.outputs.map((path, at) => layer(path, MEDIA_TYPES.goldenOutput, `output_${String(at)}.pb`)),
  ];
}

function named(path: string): Pick<Descriptor, 'annotations'> {
  return { annotations: { [ANNOTATIONS.filepath]: path } };
}

/** A parsed document without its `undefined` members. */
function toJson(document: object): Json {
  return JSON.parse(JSON.stringify(document)) as Json;
}
