import { ANNOTATIONS, type BundleSpec, type Descriptor } from '#contracts/bundle.ts';
import { digestHex, type Digest, type Json } from '#core/base/index.ts';

/** What a parts list tells of the model; who built it stands elsewhere. */
type DescribedModel = Omit<BundleSpec, 'provenance'>;

/** A CycloneDX 1.6 ML-BOM: the model, and every file of the bundle by digest. */
export function sbomPredicate(spec: DescribedModel, bundle: Digest, parts: readonly Descriptor[]): Json {
  const reference = `pkg:oci/${spec.model}@${bundle}`;
  const files = [...new Map(parts.map((part) => [part.digest, part])).values()];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(bundle)}`,
    version: 1,
    metadata: {
      timestamp: spec.createdAt,
      component: {
        'bom-ref': reference,
        type: 'machine-learning-model',
        name: spec.model,
        version: spec.version,
        description: spec.title,
        licenses: [{ license: { name: spec.licence } }],
        modelCard: {
          modelParameters: modelParameters(spec),
          quantitativeAnalysis: { performanceMetrics: metrics(spec) },
        },
      },
    },
    components: [
      ...files.map((part) => ({
        'bom-ref': `${reference}#${digestHex(part.digest)}`,
        type: 'file',
        name: part.annotations?.[ANNOTATIONS.filepath] ?? part.digest,
        hashes: [{ alg: 'SHA-256', content: digestHex(part.digest) }],
      })),
      ...(spec.dependencies ?? []).map(({ name, version }) => ({
        'bom-ref': `pkg:pypi/${name}@${version}`,
        type: 'library',
        name,
        version,
        purl: `pkg:pypi/${name}@${version}`,
      })),
    ],
    dependencies: [{ ref: reference, dependsOn: files.map((part) => `${reference}#${digestHex(part.digest)}`) }],
  };
}

function modelParameters(spec: DescribedModel): Json {
  const formats = (tensors: BundleSpec['contract']['inputs']): Json =>
    tensors.map((tensor) => ({ format: `${tensor.name} ${tensor.datatype}[${tensor.shape.join(',')}]` }));
  return { inputs: formats(spec.contract.inputs), outputs: formats(spec.contract.outputs) };
}

function metrics(spec: DescribedModel): Json {
  return Object.entries(spec.evaluation ?? {}).map(([type, value]) => ({ type, value: String(value) }));
}

/** RFC 9562 form (version 8, own content) of the bundle's digest: the same bundle has the same serial number. */
function uuidOf(digest: Digest): string {
  const hex = digestHex(digest);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
