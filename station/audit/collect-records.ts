import type { AuditRecord } from '#contracts/audit.ts';
import type { EventLog } from '#core/storage/ports.ts';

/** Records read at once while walking the chain. */
export const RECORDS_PAGE = 5_000;

/** The first `upToSeq` records of the log. */
export function recordsUpTo(events: Pick<EventLog, 'read'>, upToSeq: number): AuditRecord[] {
  const records: AuditRecord[] = [];
  while (records.length < upToSeq) {
    const page = events.read(records.length, Math.min(RECORDS_PAGE, upToSeq - records.length));
    if (page.length === 0) break;
    records.push(...page);
  }
  return records;
}
