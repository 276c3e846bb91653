import { z } from 'zod';
import { AgeRecipient } from './keys.ts';
import { Digest, Finding, Id, Instant, RepositoryName, VersionTag, WireError } from './primitives.ts';
import { Verdict } from './verdict.ts';

/** FAT32 cannot hold a larger file. */
export const MAX_PART_BYTES = 4 * 1024 * 1024 * 1024 - 1;

/** A damaged block costs this much to read again at most. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024;

/** Fixed places on a stick; identity is by digest, these are only where to look. */
export const MEDIA_PATHS = {
  root: 'gantry',
  index: 'gantry/media-set.json',
  indexSignature: 'gantry/media-set.sigstore.json',
  parts: 'gantry/parts',
  outbox: 'gantry/outbox',
  trust: 'gantry/trust',
} as const;

/** A piece of a blob inside a part: `length` bytes of `digest` from `blobOffset`, found at `partOffset`. */
export const BlobRange = z.object({
  digest: Digest,
  blobOffset: z.number().int().min(0),
  partOffset: z.number().int().min(0),
  length: z.number().int().min(0),
});
export type BlobRange = z.infer<typeof BlobRange>;

export const MediaPart = z.object({
  name: z.string().regex(/^part-[0-9]{4}\.bin$/),
  digest: Digest,
  sizeBytes: z.number().int().min(0).max(MAX_PART_BYTES),
  /** Which stick of the set carries it, from 1. */
  stick: z.number().int().min(1),
  /** SHA-256 of every block of `chunkBytes` (the last may be shorter): damage is named by byte range, and a resumed read is checked. */
  chunkBytes: z.number().int().min(1).max(MAX_CHUNK_BYTES),
  chunks: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(65_536),
  ranges: z.array(BlobRange).max(100_000),
  /** The file as it lies on the stick, when it is encrypted; everything above then speaks of what it opens to. */
  sealed: z
    .object({
      digest: Digest,
      sizeBytes: z.number().int().min(1).max(MAX_PART_BYTES),
      chunks: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(65_536),
    })
    .optional(),
});
export type MediaPart = z.infer<typeof MediaPart>;

/** What a set leaves out because a site told in its inventory receipt that it has it (D7). */
export const SetDelta = z.object({
  siteId: Id,
  receiptId: Id,
  /** Blobs of the bundles that are not on the sticks. */
  omitted: z.array(z.object({ digest: Digest, sizeBytes: z.number().int().min(0) })).max(10_000),
  /** Blobs that are made of another one and a patch that is on the sticks. */
  patches: z
    .array(
      z.object({
        target: Digest,
        base: Digest,
        patch: Digest,
        patchBytes: z.number().int().min(1),
        method: z.enum(['xor-zstd', 'zstd-dictionary']),
      }),
    )
    .max(10_000),
});
export type SetDelta = z.infer<typeof SetDelta>;

/** `gantry/media-set.json`, the same on every stick of the set. */
export const MediaSet = z.object({
  v: z.literal(1),
  setId: Id,
  createdAt: z.iso.datetime(),
  sticks: z.number().int().min(1).max(999),
  /** Every part is an age file that these recipients open. Names, versions, sizes and digests stay readable. */
  encryption: z.object({ scheme: z.literal('age-v1'), recipients: z.array(AgeRecipient).min(1).max(64) }).optional(),
  bundles: z
    .array(
      z.object({
        digest: Digest,
        model: RepositoryName,
        version: VersionTag,
        title: z.string().max(256),
        /** Every blob of the closure: index, manifests, configs, layers, referrers. */
        blobs: z
          .array(z.object({ digest: Digest, sizeBytes: z.number().int().min(0), mediaType: z.string() }))
          .max(10_000),
        /** Referrer manifests of the closure. */
        referrers: z.array(Digest).max(1_000),
      }),
    )
    .min(1)
    .max(256),
  /** Absent when the set carries everything. */
  delta: SetDelta.optional(),
  parts: z.array(MediaPart).max(10_000),
});
export type MediaSet = z.infer<typeof MediaSet>;

/** What the signature beside the index of a set says. */
export const IndexSignatureView = z.discriminatedUnion('at', [
  z.object({ at: z.literal('none') }),
  z.object({ at: z.literal('unsigned') }),
  z.object({ at: z.literal('unchecked') }),
  z.object({ at: z.literal('trusted'), keyId: z.string(), name: z.string() }),
  z.object({ at: z.literal('unknown-signer'), hint: z.string() }),
  z.object({ at: z.literal('invalid'), reason: z.string() }),
]);
export type IndexSignatureView = z.infer<typeof IndexSignatureView>;

/** A medium as the page sees it: a handle, never a path. Labels and serials are hostile text. */
export const VolumeView = z.object({
  id: Id,
  kind: z.enum(['removable', 'folder']),
  label: z.string().max(256),
  serial: z.string().max(256).nullable(),
  fileSystem: z.string().max(64).nullable(),
  totalBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  readOnly: z.boolean(),
  /** A person opened this folder and can close it again; the inbox and what lies on another medium are always listed. */
  canClose: z.boolean(),
  set: z
    .object({
      setId: Id,
      createdAt: z.string(),
      sticks: z.number().int(),
      partsHere: z.number().int(),
      partsTotal: z.number().int(),
      bundles: z.array(
        z.object({ digest: Digest, model: z.string(), version: z.string(), title: z.string(), sizeBytes: z.number() }),
      ),
    })
    .nullable(),
  /** Null for what carries no index of a set. */
  signature: IndexSignatureView.nullable(),
  problem: Finding.nullable(),
});
export type VolumeView = z.infer<typeof VolumeView>;

export const ImportPlan = z.object({
  volumeId: Id,
  bundleDigest: Digest,
  model: z.string(),
  version: z.string(),
  title: z.string(),
  totalBytes: z.number(),
  alreadyHereBytes: z.number(),
  needBytes: z.number(),
  /** Bytes that are made here from what the site has, instead of being read from the medium. */
  rebuiltBytes: z.number().default(0),
  /** Null where the file system does not tell. */
  freeBytes: z.number().nullable(),
  parts: z.array(z.object({ name: z.string(), stick: z.number(), sizeBytes: z.number(), present: z.boolean() })),
  signature: IndexSignatureView,
  findings: z.array(Finding),
});
export type ImportPlan = z.infer<typeof ImportPlan>;

/**
 *  planned → copying → verifying → awaiting-decision → accepted
 *               ↓ ↑         ↓             ↓
 *      waiting-for-media  refused      rejected       (failed: cannot go on, cause stated; resume retries)
 */
export const ImportState = z.enum([
  'planned',
  'copying',
  'waiting-for-media',
  'verifying',
  'awaiting-decision',
  'accepted',
  'rejected',
  'refused',
  'failed',
]);
export type ImportState = z.infer<typeof ImportState>;

/** Which bytes of an import came from which stick. Label and serial are hostile text, shown as text only. */
export const ImportReads = z.object({
  sticks: z.array(
    z.object({
      label: z.string(),
      serial: z.string().nullable(),
      bytes: z.number(),
      parts: z.array(
        z.object({
          name: z.string(),
          stick: z.number().int(),
          ranges: z.array(z.object({ start: z.number(), end: z.number() })),
          /** Whether near ranges are told as one. */
          isCoarse: z.boolean(),
        }),
      ),
    }),
  ),
  /** Bytes that this import brought and whose stick was not noted: read in the last second before the station was stopped. */
  unnotedBytes: z.number(),
});
export type ImportReads = z.infer<typeof ImportReads>;

export const ImportView = z.object({
  id: Id,
  state: ImportState,
  volumeId: Id,
  volumeLabel: z.string(),
  volumeSerial: z.string().nullable(),
  bundleDigest: Digest,
  model: z.string(),
  version: z.string(),
  title: z.string(),
  totalBytes: z.number(),
  copiedBytes: z.number(),
  jobId: Id.nullable(),
  verdict: Verdict.nullable(),
  error: WireError.nullable(),
  /** Names of parts that are still needed, while waiting for media. */
  missingParts: z.array(z.string()),
  startedBy: z.string(),
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type ImportView = z.infer<typeof ImportView>;

/** What a report says of an import beside its verdict. Text of the medium is already made visible. */
export const ImportContext = ImportView.pick({
  id: true,
  state: true,
  title: true,
  volumeLabel: true,
  volumeSerial: true,
  startedBy: true,
  decidedBy: true,
  decisionReason: true,
  createdAt: true,
  updatedAt: true,
});
export type ImportContext = z.infer<typeof ImportContext>;

/** The report of an import as a file; its digest is in the audit trail too. */
export const ImportReport = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number(),
  digest: Digest,
  contentBase64: z.string(),
});
export type ImportReport = z.infer<typeof ImportReport>;
