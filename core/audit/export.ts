import { AUDIT_EXPORT_FILES, type AuditRecord } from '#contracts/audit.ts';
import { canonicalJson, toIsoUtc, type Digest, type Json } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { CHAIN_START, walkChain } from './chain.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { merkleRoot } from './merkle.ts';

/** The files of an audit export by name; small enough to hold, since a record is a few hundred bytes. */
export async function buildAuditExport(records: readonly AuditRecord[], site: { id: string; name: string }, key: SigningKey, hasher: Hasher): Promise<Map<string, Uint8Array>> {
  const root = merkleRoot(records.map((record) => record.hash as Digest), hasher);
  const checkpoint = await signCheckpoint({ origin: `gantry.invalid/${site.id}`, size: records.length, root }, key, hasher);
  const encoder = new TextEncoder();
  return new Map([
    [AUDIT_EXPORT_FILES.records, encoder.encode(records.map((record) => `${canonicalJson(record as Json)}\n`).join(''))],
    [AUDIT_EXPORT_FILES.csv, encoder.encode(toCsv(records))],
    [AUDIT_EXPORT_FILES.checkpoint, encoder.encode(checkpoint)],
    [AUDIT_EXPORT_FILES.publicKey, encoder.encode(key.publicKeyPem)],
    [AUDIT_EXPORT_FILES.readme, encoder.encode(verifyInstructions(site, records.length))],
  ]);
}

/** What is wrong with an export; null when it is whole. */
export type AuditExportProblem =
  | { readonly what: 'checkpoint-not-signed-by-key' }
  | { readonly what: 'record-broken'; readonly seq: number; readonly why: string }
  | { readonly what: 'length-differs'; readonly records: number; readonly checkpoint: number }
  | { readonly what: 'root-differs' };

/** Untrusted: both texts come from files. Checks signature, chain, length and Merkle root with nothing but a public key. */
export function verifyAuditExport(
  files: { records: string; checkpoint: string },
  publicKeyPem: string,
  ports: { verifier: SignatureVerifier; hasher: Hasher },
): { entries: number; problem: AuditExportProblem | null } {
  const checkpoint = openCheckpoint(files.checkpoint, publicKeyPem, ports.verifier);
  if (checkpoint === undefined) return { entries: 0, problem: { what: 'checkpoint-not-signed-by-key' } };
  const lines = files.records.split('\n');
  // The last line ends with a line feed; anything after it is not a record.
  const tail = lines.pop();
  const records = [...lines, ...(tail === '' || tail === undefined ? [] : [tail])].map(parseLine);
  const { head, broken } = walkChain(CHAIN_START, records, ports.hasher);
  if (broken !== null) return { entries: head.seq, problem: { what: 'record-broken', seq: broken.seq, why: broken.why } };
  if (head.seq !== checkpoint.size) return { entries: head.seq, problem: { what: 'length-differs', records: head.seq, checkpoint: checkpoint.size } };
  const root = merkleRoot(records.map(hashMember), ports.hasher);
  const isSame = root.length === checkpoint.root.length && root.every((byte, at) => byte === checkpoint.root[at]);
  return { entries: head.seq, problem: isSame ? null : { what: 'root-differs' } };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON is not a record; the chain walk names its place.
    return undefined;
  }
}

/** Called after the chain walk, so every record has been parsed once already. */
function hashMember(record: unknown): Digest {
  return (record as AuditRecord).hash as Digest;
}

function toCsv(records: readonly AuditRecord[]): string {
  const rows = records.map((record) =>
    [record.seq, toIsoUtc(record.at), record.actor.kind, record.actor.name, record.type, record.subject, record.ticket ?? '', canonicalJson(record.payload as Json), record.hash].map(cell).join(','),
  );
  return ['seq,time_utc,actor_kind,actor,action,object,ticket,details,hash', ...rows].map((row) => `${row}\r\n`).join('');
}

/** RFC 4180 quoting; a leading = + - @ is defused, since spreadsheets run it as a formula. */
function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function verifyInstructions(site: { id: string; name: string }, entries: number): string {
  return `Audit export of ${site.name} (${site.id}), ${String(entries)} records.

With Gantry:   gantry audit verify . --key ${AUDIT_EXPORT_FILES.publicKey}

Without Gantry:
1. Compare the fingerprint of ${AUDIT_EXPORT_FILES.publicKey} with the one the site gave you on another way:
     openssl pkey -pubin -in ${AUDIT_EXPORT_FILES.publicKey} -outform DER | sha256sum
2. ${AUDIT_EXPORT_FILES.checkpoint} is a C2SP signed note (tlog-checkpoint): origin, number of records, Merkle root (RFC 6962) in base64, blank line,
   signature line. Decode the last word of that line from base64, drop its first 4 bytes: that is the Ed25519 signature over
   everything above the blank line, including the line feed of its last line:
     sed '/^$/,$d' ${AUDIT_EXPORT_FILES.checkpoint} > body
     tail -n 1 ${AUDIT_EXPORT_FILES.checkpoint} | awk '{print $3}' | base64 -d | tail -c +5 > body.sig
     openssl pkeyutl -verify -pubin -inkey ${AUDIT_EXPORT_FILES.publicKey} -rawin -in body -sigfile body.sig
3. Each line of ${AUDIT_EXPORT_FILES.records} is canonical JSON (RFC 8785). Remove the member "hash" and take SHA-256 of the rest: it must equal "hash".
   "previous" must equal the "hash" of the line before; the first one has 64 zeros. Leaf i of the Merkle tree is the 32 bytes of "hash" of line i.
`;
}
