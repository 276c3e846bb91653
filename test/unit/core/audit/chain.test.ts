import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '#contracts/audit.ts';
import { CHAIN_START, hashRecord, walkChain } from '#core/audit/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { aChainOf } from '#test/support/builders/audit.ts';

const chain = aChainOf(5);
const second = chain[1] as AuditRecord;

/** One way to break the record with seq 2. */
const BREAKS: readonly { name: string; records: unknown[]; seq: number; why: string }[] = [
  {
    name: 'a changed payload',
    records: chain.with(1, { ...second, payload: { step: 99 } }),
    seq: 2,
    why: 'content-altered',
  },
  {
    name: 'a changed actor',
    records: chain.with(1, { ...second, actor: { ...second.actor, name: 'Mallory' } }),
    seq: 2,
    why: 'content-altered',
  },
  { name: 'a removed record', records: chain.toSpliced(1, 1), seq: 2, why: 'out-of-order' },
  { name: 'a record twice', records: chain.toSpliced(1, 0, second), seq: 3, why: 'out-of-order' },
  {
    name: 'two swapped records',
    records: chain.with(1, chain[2] as AuditRecord).with(2, second),
    seq: 2,
    why: 'out-of-order',
  },
  {
    name: 'something that is no record',
    records: chain.with(1, 'text' as unknown as AuditRecord),
    seq: 2,
    why: 'malformed',
  },
  {
    name: 'a record that was hashed anew',
    records: chain.with(1, rehashed({ ...second, ticket: 'CHG-2' })),
    seq: 3,
    why: 'link-broken',
  },
];

function rehashed(record: AuditRecord): AuditRecord {
  return { ...record, hash: hashRecord(record, nodeHasher) };
}

describe('walkChain', () => {
  it('goes to the end of a whole chain, also in pages', () => {
    const first = walkChain(CHAIN_START, chain.slice(0, 2), nodeHasher);
    const second = walkChain(first.head, chain.slice(2), nodeHasher);

    expect(second).toEqual({ head: { seq: 5, hash: chain[4]?.hash }, broken: null });
    expect(walkChain(CHAIN_START, chain, nodeHasher)).toEqual(second);
  });

  it.each(BREAKS)('stops at $name', ({ records, seq, why }) => {
    expect(walkChain(CHAIN_START, records, nodeHasher).broken).toEqual({ seq, why });
  });
});
