import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { IndexedPoint, PointIndex } from '#core/telemetry/index.ts';

const Body = z.object({
  attributes: z.record(z.string(), z.string()),
  startAt: z.number(),
  temporality: z.enum(['delta', 'cumulative', 'gauge']),
  value: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('number'), value: z.number() }),
    z.object({
      kind: z.literal('histogram'),
      bounds: z.array(z.number()),
      counts: z.array(z.number()),
      sum: z.number(),
    }),
  ]),
});

interface Row {
  readonly device: string;
  readonly metric: string;
  readonly end_at: number;
  readonly seq: number;
  readonly body: string;
}

/** The format of the index; another number means that it is built anew from the log. */
const FORMAT = 2;

/**
 * Points of the telemetry log, findable by metric and time. The log is the truth: this file is written with synchronous=NORMAL and
 * built again from the log when it is missing, damaged or of another format.
 */
export function openPointIndex(path: string): PointIndex {
  const database = openOrRenew(path);
  if (Number(database.pragma('user_version', { simple: true })) !== FORMAT) {
    database.exec(`
      DROP TABLE IF EXISTS points;
      CREATE TABLE points (metric TEXT NOT NULL, end_at INTEGER NOT NULL, device TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (metric, end_at, device, stream)) STRICT, WITHOUT ROWID;
      DROP TABLE IF EXISTS progress;
      CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), complete_to INTEGER NOT NULL) STRICT;
      PRAGMA user_version = ${String(FORMAT)};`);
  }
  const insert = database.prepare(
    'INSERT INTO points (metric, end_at, device, stream, seq, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const find = database.prepare<[string, number, number], Row>(
    'SELECT device, metric, end_at, seq, body FROM points WHERE metric = ? AND end_at >= ? AND end_at < ? ORDER BY end_at',
  );
  const progress = database.prepare<[], { complete_to: number }>('SELECT complete_to FROM progress');
  const advance = database.prepare(
    'INSERT INTO progress (one, complete_to) VALUES (1, ?) ON CONFLICT DO UPDATE SET complete_to = max(complete_to, excluded.complete_to)',
  );
  const count = database.prepare<[], { total: number }>('SELECT count(*) AS total FROM points');
  const span = database.prepare<[], { oldest: number | null; newest: number | null }>(
    'SELECT min(end_at) AS oldest, max(end_at) AS newest FROM points',
  );

  return {
    add: database.transaction((points: readonly IndexedPoint[]) => {
      for (const { device, seq, point } of points) {
        const { attributes, startAt, temporality, value } = point;
        insert.run(
          point.metric,
          point.endAt,
          device,
          JSON.stringify(attributes),
          seq,
          JSON.stringify({ attributes, startAt, temporality, value }),
        );
      }
    }),
    find: ({ metric, from, to, devices }) => {
      const wanted = devices === null ? null : new Set(devices);
      return find
        .all(metric, from, to)
        .flatMap((row) => (wanted === null || wanted.has(row.device) ? [toPoint(row)] : []));
    },
    completeTo: () => progress.get()?.complete_to ?? 0,
    setCompleteTo: (seq) => void advance.run(seq),
    count: () => count.get()?.total ?? 0,
    span: () => ({ oldestAt: span.get()?.oldest ?? null, newestAt: span.get()?.newest ?? null }),
    close: () => database.close(),
  };
}

/** A damaged index is no loss: it is thrown away and built again. */
function openOrRenew(path: string): Database.Database {
  try {
    return openChecked(path);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return openChecked(path);
  }
}

function openChecked(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    const check = String(database.pragma('quick_check(1)', { simple: true }));
    if (check !== 'ok') throw new Database.SqliteError(check, 'SQLITE_CORRUPT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function toPoint(row: Row): IndexedPoint {
  return {
    device: row.device,
    seq: row.seq,
    point: { metric: row.metric, endAt: row.end_at, ...Body.parse(JSON.parse(row.body)) },
  };
}
