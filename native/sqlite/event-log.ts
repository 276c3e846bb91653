import type { Database } from 'better-sqlite3';
import { AUDIT_GENESIS, AuditRecord } from '#contracts/audit.ts';
import { hashRecord } from '#core/audit/index.ts';
import { AppError, type Clock, type Digest, type IdSource } from '#core/base/index.ts';
import type { EventFilter, EventLog, Hasher, NewEvent } from '#core/storage/ports.ts';

interface Row {
  seq: number;
  id: string;
  at: number;
  actor: string;
  stream: string;
  type: string;
  subject: string;
  ticket: string | null;
  payload: string;
  previous: string;
  hash: string;
}

const Draft = AuditRecord.omit({ hash: true });

interface PageQuery {
  readonly from: number;
  readonly limit: number;
  readonly stream: string | null;
  readonly subject: string | null;
  readonly type: string | null;
}

export interface EventLogDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hasher: Hasher;
  /** Runs the callback after the outermost transaction committed; at once when there is none. */
  readonly afterCommit: (notify: () => void) => void;
}

/** The hash-chained log in one table. The chain's head is read inside the appending transaction, so two appends never share it. */
export function sqliteEventLog(database: Database, deps: EventLogDeps): EventLog {
  const listeners = new Set<(record: AuditRecord) => void>();
  const insert = database.prepare(
    'INSERT INTO events (seq, id, at, actor, stream, type, subject, ticket, payload, previous, hash) VALUES (@seq, @id, @at, @actor, @stream, @type, @subject, @ticket, @payload, @previous, @hash)',
  );
  const last = database.prepare<[], { seq: number; hash: Digest }>(
    'SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1',
  );
  const matching =
    '(@stream IS NULL OR stream = @stream) AND (@subject IS NULL OR subject = @subject) AND (@type IS NULL OR type = @type)';
  const onward = database.prepare<PageQuery, Row>(
    `SELECT * FROM events WHERE seq > @from AND ${matching} ORDER BY seq LIMIT @limit`,
  );
  const backward = database.prepare<PageQuery, Row>(
    `SELECT * FROM events WHERE seq < @from AND ${matching} ORDER BY seq DESC LIMIT @limit`,
  );

  const head = (): { seq: number; hash: Digest } => last.get() ?? { seq: 0, hash: AUDIT_GENESIS };

  const appendRow = database.transaction((event: NewEvent): AuditRecord => {
    const { seq, hash: previous } = head();
    // JSON once and back, and the schema: what is hashed is exactly what a reader will be given.
    const draft = Draft.parse({
      seq: seq + 1,
      id: deps.ids.next(),
      at: deps.clock.now(),
      actor: event.actor,
      stream: event.stream,
      type: event.type,
      subject: event.subject,
      ticket: event.ticket ?? null,
      payload: JSON.parse(JSON.stringify(event.payload)) as unknown,
      previous,
    });
    const record: AuditRecord = { ...draft, hash: hashRecord(draft, deps.hasher) };
    insert.run({ ...record, actor: JSON.stringify(record.actor), payload: JSON.stringify(record.payload) });
    return record;
  });

  return {
    head,
    append: (event) => {
      const record = appendOrRefuse(() => appendRow(event), event);
      deps.afterCommit(() => {
        for (const listener of listeners) tell(listener, record);
      });
      return record;
    },
    read: (afterSeq, limit, filter) => onward.all(pageQuery(afterSeq, limit, filter)).map(fromRow),
    readBack: (beforeSeq, limit, filter) => backward.all(pageQuery(beforeSeq, limit, filter)).map(fromRow),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The record is committed: a listener that throws is a bug of the listener and must not look like a failed append. */
function tell(listener: (record: AuditRecord) => void, record: AuditRecord): void {
  try {
    listener(record);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function appendOrRefuse(append: () => AuditRecord, event: NewEvent): AuditRecord {
  try {
    return append();
  } catch (cause) {
    throw new AppError(
      'AUDIT_APPEND_FAILED',
      `the record ${event.type} of ${event.subject} was not written`,
      { type: event.type, subject: event.subject },
      { cause },
    );
  }
}

function pageQuery(from: number, limit: number, filter: EventFilter = {}): PageQuery {
  return { from, limit, stream: filter.stream ?? null, subject: filter.subject ?? null, type: filter.type ?? null };
}

function fromRow(row: Row): AuditRecord {
  return AuditRecord.parse({
    ...row,
    actor: JSON.parse(row.actor) as unknown,
    payload: JSON.parse(row.payload) as unknown,
  });
}
