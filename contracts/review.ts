import { z } from 'zod';
import { ModelRef } from './device.ts';
import { DeviceId, Digest, Id, Instant } from './primitives.ts';

/** A box in image pixels, origin top left. */
export const Box = z.object({
  id: Id,
  className: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type Box = z.infer<typeof Box>;

/** A person's statement about a sample. `imageClass` is null while only boxes were drawn. */
export const Label = z.object({
  imageClass: z.string().nullable(),
  boxes: z.array(Box).max(5000),
  note: z.string().max(2000),
});
export type Label = z.infer<typeof Label>;

export const SampleState = z.enum(['waiting', 'in-work', 'accepted', 'rejected']);
export type SampleState = z.infer<typeof SampleState>;

export const SampleView = z.object({
  id: Id,
  device: DeviceId,
  line: z.string(),
  takenAt: Instant,
  receivedAt: Instant,
  model: ModelRef,
  reason: z.enum(['low-confidence', 'random-control', 'operator']),
  score: z.number(),
  kind: z.enum(['image', 'features']),
  contentDigest: Digest,
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  features: z.array(z.object({ name: z.string(), value: z.number() })).nullable(),
  classes: z.array(z.string()),
  state: SampleState,
  label: Label.nullable(),
  labelledBy: z.string().nullable(),
  labelledAt: Instant.nullable(),
  revision: z.number().int(),
});
export type SampleView = z.infer<typeof SampleView>;
