import { z } from 'zod';
import { Actor, Digest, Id, Instant } from './primitives.ts';

/** One link of the append-only chain. `hash` covers every other field in canonical JSON; `previous` is the hash before it. */
export const AuditRecord = z.object({
  seq: z.number().int().min(1),
  id: Id,
  at: Instant,
  actor: Actor,
  /** Feature it belongs to: `import`, `rollout`, `device` … */
  stream: z.string(),
  /** Past tense, dotted: `rollout.started`. */
  type: z.string(),
  /** What it is about: an id or digest. */
  subject: z.string(),
  ticket: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
  previous: Digest,
  hash: Digest,
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** `previous` of the first record. */
export const AUDIT_GENESIS = `sha256:${'0'.repeat(64)}` as const;

export const AuditStatus = z.object({
  entries: z.number().int(),
  intact: z.boolean(),
  checkedAt: Instant,
  headHash: Digest,
  firstBadSeq: z.number().int().nullable(),
});
export type AuditStatus = z.infer<typeof AuditStatus>;

/** Files of an audit export. */
export const AUDIT_EXPORT_FILES = {
  records: 'records.jsonl',
  checkpoint: 'checkpoint.txt',
  publicKey: 'audit-key.pub',
  readme: 'VERIFY.txt',
  csv: 'records.csv',
} as const;
