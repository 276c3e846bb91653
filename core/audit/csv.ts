import type { AuditRecord } from '#contracts/audit.ts';
import { canonicalJson, toIsoUtc, type Json } from '#core/base/index.ts';

const HEADINGS = ['seq', 'time_utc', 'actor_kind', 'actor', 'action', 'object', 'ticket', 'details', 'hash'];

/** The records as a table for people (RFC 4180); a view, the signed records are the truth. */
export function recordsCsv(records: readonly AuditRecord[]): string {
  return [HEADINGS, ...records.map(cellsOf)].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function cellsOf(record: AuditRecord): string[] {
  const { actor, type, subject, ticket, payload, hash } = record;
  return [
    String(record.seq),
    toIsoUtc(record.at),
    ...[actor.kind, actor.name, type, subject, ticket ?? '', canonicalJson(payload as Json), hash].map(defused),
  ];
}

/** Spreadsheets run a leading = + - @ as a formula; names and tickets are foreign text. */
function defused(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
