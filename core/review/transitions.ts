import type { Label } from '#contracts/review.ts';
import { AppError, assertNever, type Instant } from '#core/base/index.ts';
import { checkLabel } from './check-label.ts';
import type { SampleRecord, SampleWork } from './sample-record.ts';

export type SampleEvent =
  | { readonly type: 'sample.labelled'; readonly label: Label; readonly by: string }
  | { readonly type: 'sample.decided'; readonly state: 'accepted' | 'rejected'; readonly by: string }
  | { readonly type: 'sample.undone'; readonly before: SampleWork };

/**
 *  waiting → in-work → accepted | rejected
 *     ↑__________|__________|     (a new label takes a decided sample back into work; undo goes one change back)
 *
 * CONFLICT when the person looked at an older revision; LABEL_INVALID when the label does not fit.
 */
export function evolveSample(record: SampleRecord, event: SampleEvent, revision: number, now: Instant): SampleRecord {
  if (record.revision !== revision) {
    throw new AppError(
      'CONFLICT',
      `revision ${String(revision)} was shown, the sample is at ${String(record.revision)}`,
      { sampleId: record.id, shown: revision, current: record.revision },
    );
  }
  const next = { ...record, revision: record.revision + 1 };
  switch (event.type) {
    case 'sample.labelled': {
      const [finding] = checkLabel(record, event.label);
      if (finding !== undefined)
        throw new AppError('LABEL_INVALID', `${finding.at}: ${finding.message}`, {
          sampleId: record.id,
          at: finding.at,
        });
      return {
        ...next,
        state: 'in-work',
        label: event.label,
        labelledBy: event.by,
        labelledAt: now,
        decidedBy: null,
        decidedAt: null,
      };
    }
    case 'sample.decided':
      if (event.state === 'accepted' && record.label === null) {
        throw new AppError('LABEL_INVALID', 'a sample without a label cannot be accepted', {
          sampleId: record.id,
          at: 'label',
        });
      }
      return { ...next, state: event.state, decidedBy: event.by, decidedAt: now };
    case 'sample.undone':
      return { ...next, ...event.before };
    default:
      return assertNever(event, 'sample event');
  }
}
