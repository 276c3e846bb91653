import { z } from 'zod';
import type { Actor } from '#contracts/primitives.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Clock, type Json } from '#core/base/index.ts';
import {
  evolveImport,
  ImportRecord,
  isClosedImport,
  noteCopied,
  NOTHING_READ,
  ReadJournal,
  readsBySticks,
  SourceRecord,
  VerifiedFacts,
  type ImportEvent,
} from '#core/imports/index.ts';
import type { SourceSet } from '#core/media/index.ts';
import type { DocumentCollection, StationStore } from '#core/storage/ports.ts';

export const STATION: Actor = { kind: 'station', id: 'station', name: 'station' };

export function personActor(person: Person): Actor {
  return { kind: 'person', id: person.id, name: person.name };
}

/** Imports as the log tells them. Every transition is one transaction: the event and the record that follows from it. */
export interface ImportRecords {
  get(importId: string): ImportRecord | undefined;
  require(importId: string): ImportRecord;
  list(): ImportRecord[];
  sourceOf(importId: string): SourceSet;
  readonly facts: DocumentCollection<VerifiedFacts>;
  /** Imports whose blobs still have to leave the store; written with the event that made it so. */
  readonly cleanups: DocumentCollection<{ importId: string }>;
  plan(record: ImportRecord, source: SourceSet, actor: Actor, alongside: () => string): ImportRecord;
  /** `alongside` runs in the same transaction, after the event. */
  happen(importId: string, event: ImportEvent, actor: Actor, alongside?: (record: ImportRecord) => void): ImportRecord;
  /** What was done with an import without changing it. */
  note(importId: string, type: 'import.report-exported', payload: Record<string, Json>, actor: Actor): void;
  /** Which ranges came from which stick so far. */
  readsOf(importId: string): ReadJournal;
  noteReads(importId: string, reads: ReadJournal): void;
  noteCopied(importId: string, copiedBytes: number): void;
}

export function createImportRecords(store: StationStore, clock: Clock): ImportRecords {
  const records = store.documents('imports', ImportRecord);
  const sources = store.documents('import-sources', SourceRecord);
  const facts = store.documents('import-facts', VerifiedFacts);
  const reads = store.documents('import-reads', ReadJournal);
  const cleanups = store.documents('import-cleanups', z.object({ importId: z.string() }));

  function require(importId: string): ImportRecord {
    const record = records.get(importId);
    if (record === undefined) throw new AppError('NOT_FOUND', `no import ${importId}`, { importId });
    return record;
  }

  return {
    get: (importId) => records.get(importId),
    require,
    list: () => records.list(),
    facts,
    cleanups,
    sourceOf: (importId) => {
      const source = sources.get(importId);
      if (source === undefined)
        throw new AppError('NOT_FOUND', `the source of import ${importId} is not known any more`, { importId });
      return source;
    },
    plan: (planned, source, actor, alongside) =>
      store.transaction(() => {
        const record = { ...planned, jobId: alongside() };
        store.events.append({
          actor,
          stream: 'import',
          type: 'import.planned',
          subject: record.id,
          payload: { ...about(record), totalBytes: record.totalBytes },
        });
        sources.put(record.id, {
          ...source,
          bundles: [...source.bundles],
          parts: source.parts.map((part) => ({
            ...part,
            ranges: [...part.ranges],
            chunks: part.chunks === null ? null : [...part.chunks],
          })),
        });
        records.put(record.id, record);
        return record;
      }),
    happen: (importId, event, actor, alongside) =>
      store.transaction(() => {
        const record = evolveImport(require(importId), event, clock.now());
        store.events.append({
          actor,
          stream: 'import',
          type: event.type,
          subject: importId,
          payload: { ...about(record), ...payloadOf(event), ...mediaOf(event, reads.get(importId) ?? NOTHING_READ) },
        });
        records.put(importId, record);
        if (isClosedImport(record.state)) sources.delete(importId);
        if (record.state === 'refused' || record.state === 'rejected') cleanups.put(importId, { importId });
        alongside?.(record);
        return record;
      }),
    note: (importId, type, payload, actor) => {
      const record = require(importId);
      store.events.append({
        actor,
        stream: 'import',
        type,
        subject: importId,
        payload: { ...about(record), ...payload },
      });
    },
    readsOf: (importId) => reads.get(importId) ?? NOTHING_READ,
    noteReads: (importId, journal) => {
      reads.put(importId, journal);
    },
    noteCopied: (importId, copiedBytes) => {
      records.put(importId, noteCopied(require(importId), copiedBytes, clock.now()));
    },
  };
}

/** Enough in every entry to answer "what, from which medium" without a join. */
function about(record: ImportRecord): Record<string, Json> {
  return {
    bundle: record.bundleDigest,
    model: record.model,
    version: record.version,
    mediumLabel: record.volumeLabel,
    mediumSerial: record.volumeSerial,
    setId: record.setId,
    state: record.state,
  };
}

/** An entry of the audit trail stays small; the import itself keeps them all. */
const MEDIA_IN_ENTRY = 50;

/** From which sticks the bytes came: part of what is accepted, and of what is verified. */
function mediaOf(event: ImportEvent, reads: ReadJournal): Record<string, Json> {
  if (event.type !== 'import.accepted' && event.type !== 'import.verifying') return {};
  const sticks = readsBySticks(reads);
  const media = sticks
    .slice(0, MEDIA_IN_ENTRY)
    .map(({ label, serial, parts, bytes }) => ({ label: label.slice(0, 256), serial, parts, bytes }));
  return { media, mediaCount: sticks.length };
}

function payloadOf(event: ImportEvent): Record<string, Json | undefined> {
  switch (event.type) {
    case 'import.copying':
    case 'import.verifying':
      return { copiedBytes: event.copiedBytes };
    case 'import.waiting-for-media':
      return {
        copiedBytes: event.copiedBytes,
        missingParts: event.missingParts.slice(0, 100),
        code: event.error?.code,
      };
    case 'import.verdict-given': {
      const { verdict } = event;
      return {
        verdict: verdict.verdict,
        signer: verdict.signer?.id ?? null,
        policyVersion: verdict.policyVersion,
        findings: verdict.findings.map((finding) => finding.code).slice(0, 100),
      };
    }
    case 'import.accepted':
    case 'import.rejected':
      return { reason: event.reason };
    case 'import.failed':
      return { code: event.error.code, message: event.error.message, copiedBytes: event.copiedBytes };
    case 'import.resumed':
      return { jobId: event.jobId };
  }
}
