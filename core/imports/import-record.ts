import { z } from 'zod';
import { ImportState, SetDelta } from '#contracts/media.ts';
import { Digest, Id, Instant, WireError } from '#contracts/primitives.ts';
import { Verdict } from '#contracts/verdict.ts';

/** What the station keeps of an import: the fold of its events, and nothing that they do not say. */
export const ImportRecord = z.object({
  v: z.literal(1),
  id: Id,
  state: ImportState,
  volumeId: Id,
  volumeLabel: z.string(),
  volumeSerial: z.string().nullable(),
  setId: z.string(),
  indexDigest: Digest,
  bundleDigest: Digest,
  model: z.string(),
  version: z.string(),
  title: z.string(),
  blobs: z.array(z.object({ digest: Digest, sizeBytes: z.number().int().min(0), mediaType: z.string() })),
  referrers: z.array(Digest),
  /** Blobs that were not in the store at the start: what a refusal may remove again. */
  added: z.array(Digest),
  /** What a set that leaves something out carries instead, and what is made here. Absent when it carries everything. */
  delta: z
    .object({
      carried: z.array(z.object({ digest: Digest, sizeBytes: z.number().int().min(0), mediaType: z.string() })),
      patches: z.array(SetDelta.shape.patches.element.extend({ sizeBytes: z.number().int().min(0) })),
    })
    .optional(),
  totalBytes: z.number(),
  copiedBytes: z.number(),
  jobId: Id.nullable(),
  verdict: Verdict.nullable(),
  error: WireError.nullable(),
  missingParts: z.array(z.string()),
  startedBy: z.string(),
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type ImportRecord = z.infer<typeof ImportRecord>;

/** Blobs that come from the media: all of the bundle, or what a delta set carries. */
export function carriedBlobs({ blobs, delta }: ImportRecord): ImportRecord['blobs'] {
  return delta?.carried ?? blobs;
}
