import { z } from 'zod';
import { Channel, LineContract } from './bundle.ts';
import { Digest, Finding, Id, Instant, RepositoryName } from './primitives.ts';

/** The three results of a verification, never merged into one light. */
export const FactAspect = z.enum(['integrity', 'identity', 'permission']);
export type FactAspect = z.infer<typeof FactAspect>;

/** One statement of a verdict: established, or not, with what it is about and how old its evidence is. */
export const Fact = z.object({
  code: z.string(),
  aspect: FactAspect,
  established: z.boolean(),
  /** Whether this policy and site ask for it. What nobody asks for is told, and decides nothing. */
  demanded: z.boolean().default(true),
  subject: z.string(),
  detail: z.string(),
  ageSeconds: z.number().nullable(),
  /** What to do to establish it; verdicts of older versions have none. */
  next: z.string().optional(),
});
export type Fact = z.infer<typeof Fact>;

export const Signer = z.object({
  kind: z.enum(['key', 'identity']),
  /** SHA-256 of the SubjectPublicKeyInfo, hex, for a key; the SAN for an identity. */
  id: z.string(),
  name: z.string(),
  issuer: z.string().optional(),
});
export type Signer = z.infer<typeof Signer>;

/** One line of the comparison between what a line gives and what a bundle takes; null where one side has nothing. */
export const ContractRow = z.object({
  /** Input and property, for example `features: unit`. */
  field: z.string(),
  line: z.string().nullable(),
  bundle: z.string().nullable(),
  fits: z.boolean(),
});
export type ContractRow = z.infer<typeof ContractRow>;

/** The document that `gantry verify --json` prints and the import screen shows. */
export const Verdict = z.object({
  verdict: z.enum(['accepted', 'refused']),
  digest: Digest,
  model: z.string(),
  version: z.string(),
  channel: Channel,
  signer: Signer.nullable(),
  facts: z.array(Fact),
  findings: z.array(Finding),
  policyVersion: z.number().int(),
  checkedAt: Instant,
  /** Every field that was compared with the line; absent when no line contract is known. */
  contract: z.array(ContractRow).max(20_000).optional(),
});
export type Verdict = z.infer<typeof Verdict>;

/** How a verdict is written down: for programs, or for people and printers. */
export const ReportFormat = z.enum(['json', 'pdf']);
export type ReportFormat = z.infer<typeof ReportFormat>;

/** The Fulcio certificate extensions that a policy may demand, by the name of Fulcio's OID documentation. */
export const FulcioExtensionName = z.enum([
  'buildSignerUri',
  'buildSignerDigest',
  'runnerEnvironment',
  'sourceRepositoryUri',
  'sourceRepositoryDigest',
  'sourceRepositoryRef',
  'sourceRepositoryIdentifier',
  'sourceRepositoryOwnerUri',
  'sourceRepositoryOwnerIdentifier',
  'buildConfigUri',
  'buildConfigDigest',
  'buildTrigger',
  'runInvocationUri',
  'sourceRepositoryVisibility',
]);
export type FulcioExtensionName = z.infer<typeof FulcioExtensionName>;

/** A key that the site trusts, with who trusted it and when. */
export const TrustedKey = z.object({
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().max(128),
  publicKeyPem: z.string().max(8192),
  channels: z.array(Channel).min(1),
  addedAt: Instant,
  addedBy: z.string(),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

/**
 * A workload or person that the site trusts by certificate instead of by key. Every field is compared exactly, never as a pattern;
 * a field that is absent is not demanded. The optional fields are Fulcio extensions (OID 1.3.6.1.4.1.57264.1.8 to .1.22).
 */
export const TrustedIdentity = z.object({
  /** What people know it by; unique in a trust store. */
  name: z.string().min(1).max(128),
  issuer: z.string().min(1).max(2048),
  /** Subject alternative name of the certificate. */
  subject: z.string().min(1).max(2048),
  extensions: z.partialRecord(FulcioExtensionName, z.string().min(1).max(2048)).default({}),
  channels: z.array(Channel).min(1),
  addedAt: Instant,
  addedBy: z.string(),
});
export type TrustedIdentity = z.infer<typeof TrustedIdentity>;

/** SLSA v1.0 build track. A builder that is known and has no level granted has level 1: there is signed provenance. */
export const BuildLevel = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type BuildLevel = z.infer<typeof BuildLevel>;

/**
 * On what a gateway relies: the signatures of the bundle itself, the station's verification summary (VSA), or whichever of the two
 * holds. The content is hashed and its structure judged in every case.
 */
export const DeviceReliance = z.enum(['bundle', 'vsa', 'either']);
export type DeviceReliance = z.infer<typeof DeviceReliance>;

/** By what a channel knows who signed: keys of its own, or identities under its Sigstore trusted root. */
export const SignatureMaterial = z.enum(['key', 'identity']);
export type SignatureMaterial = z.infer<typeof SignatureMaterial>;

/** What a channel demands. The strictest value is the default of every field. */
export const ChannelPolicy = z.object({
  material: SignatureMaterial.default('key'),
  requireProvenance: z.boolean().default(true),
  builders: z.array(z.string()).default([]),
  sources: z.array(z.string()).default([]),
  /** Refs and revisions (commits) of the source; empty accepts every one. */
  sourceRefs: z.array(z.string()).default([]),
  sourceRevisions: z.array(z.string()).default([]),
  /** Build types that are accepted; empty accepts every one. */
  buildTypes: z.array(z.string()).default([]),
  /** SLSA build level that the site grants a builder. It is a property of the trust in the builder, never of what provenance says of itself. */
  builderLevels: z.record(z.string(), BuildLevel).default({}),
  minimumSlsaLevel: z.number().int().min(0).max(3).default(0),
  requireSbom: z.boolean().default(true),
  /** Transparency-log entries needed; 0 is a site decision that the verdict shows. */
  logThreshold: z.number().int().min(0).default(0),
  timestampThreshold: z.number().int().min(0).default(0),
  maxAgeDays: z.number().positive().nullable().default(null),
  runtimes: z.array(z.string()).default(['onnxruntime']),
  devices: DeviceReliance.default('bundle'),
  /** Oldest verification summary that a gateway relies on. */
  vsaMaxAgeDays: z.number().positive().default(365),
});
export type ChannelPolicy = z.infer<typeof ChannelPolicy>;

/** The site's verification policy: versioned data, shown wherever a verdict is shown. */
export const VerificationPolicy = z.object({
  v: z.literal(1),
  version: z.number().int().min(1),
  channels: z.object({ staging: ChannelPolicy, production: ChannelPolicy }),
  /** What the lines give a model, by model; goes before what the newest accepted bundle takes. */
  lineContracts: z.record(RepositoryName, LineContract).default({}),
});
export type VerificationPolicy = z.infer<typeof VerificationPolicy>;

/** Who may sign for this site, and the Sigstore trusted root under which identities are checked. */
export const TrustStore = z.object({
  keys: z.array(TrustedKey).max(1000),
  identities: z.array(TrustedIdentity).max(1000).default([]),
  /** Sigstore `TrustedRoot` JSON exactly as received; null refuses every identity. */
  trustedRoot: z.string().max(1_000_000).nullable().default(null),
});
export type TrustStore = z.infer<typeof TrustStore>;

/** What a fresh site trusts: nobody. */
export const TRUSTS_NOBODY: TrustStore = TrustStore.parse({ keys: [] });

export const BundleSummary = z.object({
  digest: Digest,
  model: z.string(),
  version: z.string(),
  title: z.string(),
  sequence: z.number().int(),
  channel: Channel,
  sizeBytes: z.number(),
  variants: z.array(
    z.object({ id: z.string(), runtime: z.string(), precision: z.string(), digest: Digest, sizeBytes: z.number() }),
  ),
  acceptedAt: Instant,
  acceptedBy: z.string(),
  importId: Id,
  signer: Signer.nullable(),
});
export type BundleSummary = z.infer<typeof BundleSummary>;
