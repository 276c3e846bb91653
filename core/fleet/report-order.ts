import { z } from 'zod';
import { Id } from '#contracts/primitives.ts';

/** Runs of an agent that are remembered, so that a replayed report of an old run is known as such. */
const PAST_EPOCHS = 64;

/** The place of the report in force. */
export const ReportOrder = z.object({
  epoch: Id,
  sequence: z.number().int(),
  pastEpochs: z.array(Id).max(PAST_EPOCHS),
});
export type ReportOrder = z.infer<typeof ReportOrder>;

export type ReportDecision =
  | { readonly accept: true; readonly order: ReportOrder }
  | { readonly accept: false; readonly why: 'repeated' | 'stale' };

/**
 * A report is state, not history: only the newest counts. Within an epoch the sequence decides;
 * an epoch that was left never comes back. Device time plays no part: it may be wrong by years.
 */
export function decideReport(current: ReportOrder | null, report: { epoch: string; sequence: number }): ReportDecision {
  if (current === null)
    return { accept: true, order: { epoch: report.epoch, sequence: report.sequence, pastEpochs: [] } };
  if (report.epoch === current.epoch) {
    if (report.sequence === current.sequence) return { accept: false, why: 'repeated' };
    if (report.sequence < current.sequence) return { accept: false, why: 'stale' };
    return { accept: true, order: { ...current, sequence: report.sequence } };
  }
  if (current.pastEpochs.includes(report.epoch)) return { accept: false, why: 'stale' };
  return {
    accept: true,
    order: {
      epoch: report.epoch,
      sequence: report.sequence,
      pastEpochs: [...current.pastEpochs, current.epoch].slice(-PAST_EPOCHS),
    },
  };
}
