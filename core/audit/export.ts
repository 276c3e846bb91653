import { AUDIT_EXPORT_FILES, AuditRecord } from '#contracts/audit.ts';
import { canonicalJson, type Digest, type Json } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { CHAIN_START, walkChain, type ChainBreak } from './chain.ts';
import { openCheckpoint, signCheckpoint, type CheckpointPorts } from './checkpoint.ts';
import { recordsCsv } from './csv.ts';
import { verifyInstructions } from './instructions.ts';
import { merkleRoot } from './merkle.ts';

/** The files of an audit export by name; small enough to hold, since a record is a few hundred bytes. */
export async function buildAuditExport(
  records: readonly AuditRecord[],
  site: { id: string; name: string },
  key: SigningKey,
  hasher: Hasher,
): Promise<Map<string, Uint8Array>> {
  const root = merkleRoot(
    records.map((record) => record.hash),
    hasher,
  );
  const checkpoint = await signCheckpoint(
    { origin: `gantry.invalid/${site.id}`, size: records.length, root },
    key,
    hasher,
  );
  const encoder = new TextEncoder();
  return new Map([
    [
      AUDIT_EXPORT_FILES.records,
      encoder.encode(records.map((record) => `${canonicalJson(record as Json)}\n`).join('')),
    ],
    [AUDIT_EXPORT_FILES.csv, encoder.encode(recordsCsv(records))],
    [AUDIT_EXPORT_FILES.checkpoint, encoder.encode(checkpoint)],
    [AUDIT_EXPORT_FILES.publicKey, encoder.encode(key.publicKeyPem)],
    [AUDIT_EXPORT_FILES.readme, encoder.encode(verifyInstructions(site, records.length))],
  ]);
}

/** What is wrong with an export. */
export type AuditExportProblem =
  | { readonly what: 'checkpoint-not-signed-by-key' }
  | { readonly what: 'record-broken'; readonly seq: number; readonly why: ChainBreak['why'] | 'not-canonical' }
  | { readonly what: 'length-differs'; readonly records: number; readonly checkpoint: number }
  | { readonly what: 'root-differs' }
  | { readonly what: 'csv-differs' };

export interface AuditExportFiles {
  readonly records: string;
  readonly checkpoint: string;
  /** Left out when only the records are at hand; compared with them otherwise. */
  readonly csv?: string;
}

/** Untrusted: the texts come from files. Checks signature, form, chain, length and Merkle root with nothing but a public key. */
export function verifyAuditExport(
  files: AuditExportFiles,
  publicKeyPem: string,
  ports: CheckpointPorts,
): { entries: number; problem: AuditExportProblem | null } {
  const checkpoint = openCheckpoint(files.checkpoint, publicKeyPem, ports);
  if (checkpoint === undefined) return { entries: 0, problem: { what: 'checkpoint-not-signed-by-key' } };
  const lines = files.records.split('\n');
  // The last line ends with a line feed: what follows it must be nothing.
  if (lines.at(-1) === '') lines.pop();
  else return { entries: 0, problem: { what: 'record-broken', seq: lines.length, why: 'not-canonical' } };

  const { head, broken } = walkChain(CHAIN_START, lines.map(parseLine), ports.hasher);
  if (broken !== null)
    return { entries: head.seq, problem: { what: 'record-broken', seq: broken.seq, why: broken.why } };
  const records = lines.map((line) => AuditRecord.parse(JSON.parse(line)));
  const odd = records.findIndex((record, at) => canonicalJson(record as Json) !== lines[at]);
  // A member that no hash covers, or another spelling of a covered one, is an alteration as well.
  if (odd >= 0) return { entries: odd, problem: { what: 'record-broken', seq: odd + 1, why: 'not-canonical' } };
  if (head.seq !== checkpoint.size)
    return { entries: head.seq, problem: { what: 'length-differs', records: head.seq, checkpoint: checkpoint.size } };
  if (
    !isSame(
      merkleRoot(
        records.map((record): Digest => record.hash),
        ports.hasher,
      ),
      checkpoint.root,
    )
  )
    return { entries: head.seq, problem: { what: 'root-differs' } };
  if (files.csv !== undefined && files.csv !== recordsCsv(records))
    return { entries: head.seq, problem: { what: 'csv-differs' } };
  return { entries: head.seq, problem: null };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON is not a record; the chain walk names its place.
    return undefined;
  }
}
