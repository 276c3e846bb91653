import { AUDIT_GENESIS, type AuditRecord } from '#contracts/audit.ts';
import { hashRecord } from '#core/audit/index.ts';
import { nodeHasher } from '#native/hash/index.ts';

/** What a test may say about a record; the chain gives it its place. */
export type RecordContent = Partial<
  Pick<AuditRecord, 'at' | 'actor' | 'stream' | 'type' | 'subject' | 'ticket' | 'payload'>
>;

/** A whole chain of records, linked and hashed as the event log does it. */
export function aChain(contents: readonly RecordContent[]): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const [at, content] of contents.entries()) {
    const draft = {
      seq: at + 1,
      id: `record-${String(at + 1)}`,
      at: 1_700_000_000_000 + at,
      actor: { kind: 'person' as const, id: 'eva', name: 'Eva Field' },
      stream: 'rollout',
      type: 'rollout.started',
      subject: `rollout-${String(at)}`,
      ticket: 'CHG-1',
      payload: { step: at },
      ...content,
      previous: records.at(-1)?.hash ?? AUDIT_GENESIS,
    };
    records.push({ ...draft, hash: hashRecord(draft, nodeHasher) });
  }
  return records;
}

/** `count` plain records. */
export const aChainOf = (count: number): AuditRecord[] => aChain(Array.from({ length: count }, () => ({})));
