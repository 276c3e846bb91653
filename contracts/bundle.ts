import { z } from 'zod';
import { Digest, RepositoryName, VersionTag } from './primitives.ts';

/** Media and artifact types of the bundle (OCI image-spec 1.1, CNCF ModelPack, Sigstore bundle v0.3). */
export const MEDIA_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  emptyJson: 'application/vnd.oci.empty.v1+json',
  bundle: 'application/vnd.gantry.bundle.v1',
  modelManifest: 'application/vnd.cncf.model.manifest.v1+json',
  modelConfig: 'application/vnd.cncf.model.config.v1+json',
  modelWeights: 'application/vnd.cncf.model.weight.v1.raw',
  modelDoc: 'application/vnd.cncf.model.doc.v1.raw',
  contractManifest: 'application/vnd.gantry.contract.manifest.v1+json',
  contract: 'application/vnd.gantry.contract.v1+json',
  goldenInput: 'application/vnd.gantry.golden.input.v1+protobuf',
  goldenOutput: 'application/vnd.gantry.golden.output.v1+protobuf',
  evaluation: 'application/vnd.gantry.evaluation.v1+json',
  adoptedManifest: 'application/vnd.gantry.adopted.manifest.v1+json',
  adoptedFile: 'application/vnd.gantry.adopted.file.v1',
  sigstoreBundle: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  inToto: 'application/vnd.in-toto+json',
} as const;

/** Predicate types of the in-toto statements that a bundle carries. */
export const PREDICATE_TYPES = {
  signature: 'https://sigstore.dev/cosign/sign/v1',
  provenance: 'https://slsa.dev/provenance/v1',
  sbom: 'https://cyclonedx.org/bom',
  verificationSummary: 'https://slsa.dev/verification_summary/v1',
} as const;

/** Predicate type of OpenSSF Model Signing v1.0: a signed list of the files of a model folder. It names files, never a bundle. */
export const MODEL_SIGNATURE_PREDICATE = 'https://model_signing/signature/v1.0';

export const ANNOTATIONS = {
  refName: 'org.opencontainers.image.ref.name',
  title: 'org.opencontainers.image.title',
  version: 'org.opencontainers.image.version',
  created: 'org.opencontainers.image.created',
  filepath: 'org.cncf.model.filepath',
  model: 'io.gantry.model',
  sequence: 'io.gantry.sequence',
  channel: 'io.gantry.channel',
  variant: 'io.gantry.variant',
  runtime: 'io.gantry.runtime',
  runtimeVersion: 'io.gantry.runtime.version',
  precision: 'io.gantry.precision',
  providers: 'io.gantry.providers',
  goldenCase: 'io.gantry.golden.case',
  adoption: 'io.gantry.adoption',
  predicateType: 'dev.sigstore.bundle.predicateType',
  bundleContent: 'dev.sigstore.bundle.content',
} as const;

export const Runtime = z.enum(['onnxruntime', 'tensorrt', 'openvino', 'tflite', 'executorch', 'gguf', 'torchserve']);
export type Runtime = z.infer<typeof Runtime>;

export const Precision = z.enum(['fp32', 'fp16', 'bf16', 'int8', 'int4']);
export const Channel = z.enum(['staging', 'production']);
export type Channel = z.infer<typeof Channel>;

/** Tensor element types in Open Inference Protocol v2 spelling. */
export const TensorDatatype = z.enum([
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BF16',
  'BYTES',
]);
export type TensorDatatype = z.infer<typeof TensorDatatype>;

/** One input or output; −1 is a free dimension (the batch). */
export const TensorContract = z.object({
  name: z.string().min(1).max(256),
  datatype: TensorDatatype,
  shape: z.array(z.number().int().min(-1)).max(8),
  /** Feature names in order, for tabular inputs. */
  features: z
    .array(z.object({ name: z.string(), unit: z.string() }))
    .max(4096)
    .optional(),
  unit: z.string().optional(),
  /** Class names in order, for outputs that score classes. */
  classes: z.array(z.string()).max(4096).optional(),
});
export type TensorContract = z.infer<typeof TensorContract>;

/**
 * How the agent tells a doubtful answer, without knowing the model. `max`, `mean` and `first` reduce one output to a score and
 * call the sample doubtful when the score lies within `band` of `threshold`. `ambiguous-count` counts the elements within
 * `band` of `threshold` (for heat maps) and calls the sample doubtful when there are more than `limit` of them.
 */
export const DoubtRule = z.object({
  output: z.string(),
  reduce: z.enum(['max', 'mean', 'first', 'ambiguous-count']),
  threshold: z.number(),
  band: z.number().positive(),
  /** Elements that a sure answer may have within the band; only `ambiguous-count` uses it, 0 when absent. */
  limit: z.number().int().min(0).optional(),
});
export type DoubtRule = z.infer<typeof DoubtRule>;

/** How a person sees a sample: a grey image from one channel of an NCHW input, or the feature row itself. */
export const ReviewView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    input: z.string(),
    channel: z.number().int().min(0),
    min: z.number(),
    max: z.number(),
  }),
  z.object({ kind: z.literal('features'), input: z.string() }),
]);
export type ReviewView = z.infer<typeof ReviewView>;

/** What the site may hold the model to. */
export const ServiceObjectives = z.object({
  p99Ms: z.number().positive(),
  errorRate: z.number().min(0).max(1),
  /** Largest share of doubtful answers in a soak that still counts as healthy. */
  doubtfulShare: z.number().min(0).max(1),
  memoryBytes: z.number().int().positive(),
});
export type ServiceObjectives = z.infer<typeof ServiceObjectives>;

export const Tolerance = z.object({ rtol: z.number().min(0), atol: z.number().min(0) });

/** `contract.json`: what a line's feature pipeline and a gateway must agree on before anything is staged. */
export const ModelContract = z.object({
  v: z.literal(1),
  model: RepositoryName,
  inputs: z.array(TensorContract).min(1).max(64),
  outputs: z.array(TensorContract).min(1).max(64),
  preprocessing: z.string().max(4096),
  tolerance: Tolerance,
  objectives: ServiceObjectives,
  doubt: DoubtRule.optional(),
  review: ReviewView.optional(),
  labelClasses: z.array(z.string()).max(256),
  safetyClass: z.enum(['none', 'quality', 'safety']),
  retrainIntervalDays: z.number().int().positive().optional(),
});
export type ModelContract = z.infer<typeof ModelContract>;

/** What a line's feature pipeline gives a model; a bundle that takes something else is refused before anything is staged. */
export const LineContract = ModelContract.pick({ inputs: true }).extend({
  /** How the line prepares its data, as the contract of a bundle names it; absent: not compared. */
  preprocessing: z.string().max(4096).optional(),
});
export type LineContract = z.infer<typeof LineContract>;

/** The target tuple of a variant (design.md 5.1). */
export const VariantTarget = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  runtime: Runtime,
  runtimeVersion: z.string(),
  precision: Precision,
  providers: z.array(z.string()).min(1),
  os: z.enum(['any', 'linux', 'windows', 'darwin']),
  architecture: z.enum(['any', 'amd64', 'arm64']),
});
export type VariantTarget = z.infer<typeof VariantTarget>;

/** The YAML specification that `gantry bundle create --spec` packs. Paths are relative to the file. */
export const BundleSpec = z.strictObject({
  model: RepositoryName,
  version: VersionTag,
  sequence: z.number().int().min(0),
  channel: Channel,
  title: z.string().max(256),
  createdAt: z.iso.datetime(),
  contract: ModelContract.omit({ v: true, model: true }),
  variants: z
    /** `data`: the `.bin` that belongs to the `.xml` of OpenVINO IR; no other runtime has a second file. */
    .array(VariantTarget.extend({ file: z.string(), data: z.string().optional() }))
    .min(1)
    .max(32),
  golden: z
    .array(z.object({ inputs: z.array(z.string()).min(1), outputs: z.array(z.string()).min(1) }))
    .min(1)
    .max(16),
  modelCard: z.string(),
  evaluation: z.record(z.string(), z.number()).optional(),
  provenance: z.object({
    builder: z.string(),
    buildType: z.string(),
    source: z.string(),
    revision: z.string(),
  }),
  licence: z.string(),
  /** Python packages that the model was made with, for the parts list. */
  dependencies: z
    .array(z.object({ name: z.string().max(128), version: z.string().max(64) }))
    .max(2000)
    .optional(),
});
export type BundleSpec = z.infer<typeof BundleSpec>;

/** OCI content descriptor. */
export const Descriptor = z.object({
  mediaType: z.string().max(255),
  digest: Digest,
  size: z.number().int().min(0),
  artifactType: z.string().max(255).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const ImageIndex = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(MEDIA_TYPES.ociIndex).optional(),
  artifactType: z.string().optional(),
  manifests: z.array(Descriptor).max(4096),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

export const ImageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(MEDIA_TYPES.ociManifest).optional(),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor).max(4096),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;
