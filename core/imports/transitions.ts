import type { ImportState } from '#contracts/media.ts';
import type { WireError } from '#contracts/primitives.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { AppError, assertNever, invariant, type Digest, type Instant } from '#core/base/index.ts';
import type { ImportRecord } from './import-record.ts';

/** Where bytes come from at this moment; goes into the audit trail with every copy. */
export interface Medium {
  readonly volumeId: string;
  readonly label: string;
  readonly serial: string | null;
}

/** What can happen to an import after it was planned. */
export type ImportEvent =
  | { readonly type: 'import.copying'; readonly medium: Medium; readonly copiedBytes: number }
  | {
      readonly type: 'import.waiting-for-media';
      readonly missingParts: readonly string[];
      readonly copiedBytes: number;
      readonly error: WireError | null;
    }
  | { readonly type: 'import.verifying'; readonly copiedBytes: number }
  | { readonly type: 'import.verdict-given'; readonly verdict: Verdict; readonly error: WireError | null }
  | { readonly type: 'import.accepted'; readonly by: string; readonly reason: string }
  | { readonly type: 'import.rejected'; readonly by: string; readonly reason: string }
  | { readonly type: 'import.failed'; readonly error: WireError; readonly copiedBytes: number }
  | { readonly type: 'import.resumed'; readonly jobId: string };

/**
 *  planned → copying → verifying → awaiting-decision → accepted
 *               ↓ ↑         ↓             ↓
 *      waiting-for-media  refused      rejected ← waiting-for-media, failed       (failed: cannot go on, cause stated; resume retries)
 */
const FROM: Readonly<Record<ImportEvent['type'], readonly ImportState[]>> = {
  // From itself: a kill restarts the run, and another stick of the set takes over.
  'import.copying': ['planned', 'copying', 'waiting-for-media', 'verifying', 'failed'],
  'import.waiting-for-media': ['planned', 'copying', 'waiting-for-media'],
  'import.verifying': ['planned', 'copying', 'verifying', 'waiting-for-media', 'failed'],
  'import.verdict-given': ['verifying'],
  'import.accepted': ['awaiting-decision'],
  // A person may also give up on media that never come, or on a damaged set.
  'import.rejected': ['awaiting-decision', 'waiting-for-media', 'failed'],
  'import.failed': ['planned', 'copying', 'waiting-for-media', 'verifying'],
  'import.resumed': ['planned', 'copying', 'waiting-for-media', 'verifying', 'failed'],
};

/** No event leads out of these. */
export function isClosedImport(state: ImportState): boolean {
  return state === 'accepted' || state === 'rejected' || state === 'refused';
}

export function canHappen(state: ImportState, type: ImportEvent['type']): boolean {
  return FROM[type].includes(state);
}

/** The next record; IMPORT_NOT_DECIDABLE for a decision in the wrong state, a bug for anything else out of order. */
export function evolveImport(record: ImportRecord, event: ImportEvent, now: Instant): ImportRecord {
  if (!canHappen(record.state, event.type)) throw outOfOrder(record, event);
  const base = { ...record, updatedAt: now };
  switch (event.type) {
    case 'import.copying':
      return {
        ...base,
        state: 'copying',
        volumeId: event.medium.volumeId,
        volumeLabel: event.medium.label,
        volumeSerial: event.medium.serial,
        copiedBytes: forward(record, event.copiedBytes),
        missingParts: [],
        error: null,
      };
    case 'import.waiting-for-media':
      return {
        ...base,
        state: 'waiting-for-media',
        missingParts: [...event.missingParts],
        copiedBytes: forward(record, event.copiedBytes),
        error: event.error,
      };
    case 'import.verifying':
      return {
        ...base,
        state: 'verifying',
        copiedBytes: forward(record, event.copiedBytes),
        missingParts: [],
        error: null,
      };
    case 'import.verdict-given':
      return {
        ...base,
        state: event.verdict.verdict === 'accepted' ? 'awaiting-decision' : 'refused',
        verdict: event.verdict,
        error: event.error,
      };
    case 'import.accepted':
      if (record.verdict?.verdict !== 'accepted')
        throw new AppError('IMPORT_REFUSED', 'the verdict of this import is not positive', { importId: record.id });
      return { ...base, state: 'accepted', decidedBy: event.by, decisionReason: event.reason };
    case 'import.rejected':
      return { ...base, state: 'rejected', decidedBy: event.by, decisionReason: event.reason };
    case 'import.failed':
      return { ...base, state: 'failed', error: event.error, copiedBytes: forward(record, event.copiedBytes) };
    case 'import.resumed':
      return { ...base, jobId: event.jobId };
    default:
      return assertNever(event, 'import event');
  }
}

function outOfOrder(record: ImportRecord, event: ImportEvent): Error {
  const isDecision = event.type === 'import.accepted' || event.type === 'import.rejected';
  if (isDecision && record.state === 'refused')
    return new AppError('IMPORT_REFUSED', 'the verdict of this import is negative', { importId: record.id });
  if (isDecision || event.type === 'import.resumed') {
    return new AppError('IMPORT_NOT_DECIDABLE', `the import is ${record.state}`, {
      importId: record.id,
      state: record.state,
    });
  }
  return new Error(`invariant: ${event.type} cannot follow ${record.state}`);
}

/** Durable bytes only ever grow, so what a person saw never runs backwards (D2). */
function forward(record: ImportRecord, copiedBytes: number): number {
  return Math.min(record.totalBytes, Math.max(record.copiedBytes, copiedBytes));
}

/** Notes progress without an event: it is about bytes, not about what anybody decided. */
export function noteCopied(record: ImportRecord, copiedBytes: number, now: Instant): ImportRecord {
  return { ...record, copiedBytes: forward(record, copiedBytes), updatedAt: now };
}

/** What an import that came to nothing may remove: what it brought, except what somebody else needs. */
export function removableBlobs(record: ImportRecord, neededElsewhere: ReadonlySet<Digest>): Digest[] {
  invariant(
    record.state === 'refused' || record.state === 'rejected' || record.state === 'failed',
    'only a negative import gives blobs back',
  );
  return record.added.filter((digest) => !neededElsewhere.has(digest));
}
