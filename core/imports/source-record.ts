import { z } from 'zod';
import { BlobRange, MediaPart, MediaSet } from '#contracts/media.ts';
import { Digest, Id } from '#contracts/primitives.ts';

/** The source of an import as its index described it, kept so that missing parts have names while nothing is plugged in. */
export const SourceRecord = z.object({
  kind: z.enum(['media-set', 'layout']),
  setId: Id,
  indexDigest: Digest,
  createdAt: z.string(),
  sticks: z.number().int(),
  recipients: z.array(z.string()).readonly().optional(),
  bundles: MediaSet.shape.bundles,
  parts: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      digest: Digest,
      sizeBytes: z.number().int(),
      stick: z.number().int(),
      ranges: z.array(BlobRange),
      chunkBytes: z.number().int().positive(),
      chunks: z.array(z.string()).nullable(),
      sealed: MediaPart.shape.sealed,
    }),
  ),
});
