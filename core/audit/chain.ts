import { AUDIT_GENESIS, AuditRecord } from '#contracts/audit.ts';
import { canonicalJson, type Digest, type Json } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

/** A record before it is sealed. */
export type AuditDraft = Omit<AuditRecord, 'hash'>;

/** SHA-256 over the canonical JSON (RFC 8785) of every field but `hash` itself. */
export function hashRecord(draft: AuditDraft, hasher: Hasher): Digest {
  const { seq, id, at, actor, stream, type, subject, ticket, payload, previous } = draft;
  const covered = {
    seq,
    id,
    at,
    actor,
    stream,
    type,
    subject,
    ticket,
    payload: payload as Record<string, Json>,
    previous,
  };
  return hasher.sha256(new TextEncoder().encode(canonicalJson(covered)));
}

/** Where a chain breaks: the first record that cannot stand where it stands, and why. */
export interface ChainBreak {
  readonly seq: number;
  readonly why: 'malformed' | 'out-of-order' | 'link-broken' | 'content-altered';
}

/** State of a walk along the chain, so that it can be walked in pages. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Digest;
}

export const CHAIN_START: ChainHead = { seq: 0, hash: AUDIT_GENESIS };

/** Untrusted: `records` may come from files. Walks on from `head`; gives the new head or the first break. */
export function walkChain(
  head: ChainHead,
  records: Iterable<unknown>,
  hasher: Hasher,
): { head: ChainHead; broken: ChainBreak | null } {
  let at = head;
  for (const candidate of records) {
    const parsed = AuditRecord.safeParse(candidate);
    const expectedSeq = at.seq + 1;
    if (!parsed.success) return { head: at, broken: { seq: expectedSeq, why: 'malformed' } };
    const record = parsed.data;
    if (record.seq !== expectedSeq) return { head: at, broken: { seq: expectedSeq, why: 'out-of-order' } };
    if (record.previous !== at.hash) return { head: at, broken: { seq: expectedSeq, why: 'link-broken' } };
    if (hashRecord(record, hasher) !== record.hash)
      return { head: at, broken: { seq: expectedSeq, why: 'content-altered' } };
    at = { seq: record.seq, hash: record.hash };
  }
  return { head: at, broken: null };
}
