import { z } from 'zod';
import { SampleView } from '#contracts/review.ts';
import { Instant } from '#contracts/primitives.ts';

/** A sample as the station keeps it: the fold of its events. */
export const SampleRecord = SampleView.extend({
  v: z.literal(1),
  mediaType: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: Instant.nullable(),
});
export type SampleRecord = z.infer<typeof SampleRecord>;

/** The part of a record that a person changes, and that undo brings back. */
export const SampleWork = SampleRecord.pick({
  state: true,
  label: true,
  labelledBy: true,
  labelledAt: true,
  decidedBy: true,
  decidedAt: true,
});
export type SampleWork = z.infer<typeof SampleWork>;

export function workOf(record: SampleRecord): SampleWork {
  const { state, label, labelledBy, labelledAt, decidedBy, decidedAt } = record;
  return { state, label, labelledBy, labelledAt, decidedBy, decidedAt };
}

/** What the page sees. */
export function toSampleView(record: SampleRecord): SampleView {
  const { v: _v, mediaType: _mediaType, decidedBy: _decidedBy, decidedAt: _decidedAt, ...view } = record;
  return view;
}
