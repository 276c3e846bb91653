import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AUDIT_GENESIS } from '#contracts/audit.ts';
import { CHAIN_START, walkChain } from '#core/audit/index.ts';
import type { NewEvent, StationStore } from '#core/storage/ports.ts';
import { randomIds } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';

const clock = { now: () => 1_700_000_000_000, monotonicMs: () => 0, sleep: () => Promise.resolve() };
const anEvent = (change: Partial<NewEvent> = {}): NewEvent => ({
  actor: { kind: 'person', id: 'eva', name: 'Eva Field' },
  stream: 'rollout',
  type: 'rollout.started',
  subject: 'r1',
  payload: { cohorts: 3 },
  ...change,
});

let dir: string;
let store: StationStore;
const open = (): StationStore =>
  openStationStore({ path: join(dir, 'station.db'), clock, ids: randomIds(clock), hasher: nodeHasher });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-store-'));
  store = open();
});
afterEach(async () => {
  store.close();
  await rm(dir, { recursive: true });
});

describe('the event log', () => {
  it('chains every record to the one before, from the genesis on, over restarts', () => {
    store.events.append(anEvent());
    store.close();
    store = open();
    store.events.append(anEvent({ ticket: 'CHG-7', payload: { left: undefined, kept: [1, null, { deep: 'x' }] } }));

    const records = store.events.read(0, 10);

    expect(records.map(({ seq, ticket }) => [seq, ticket])).toEqual([
      [1, null],
      [2, 'CHG-7'],
    ]);
    expect(records[0]?.previous).toBe(AUDIT_GENESIS);
    expect(records[1]?.payload).toEqual({ kept: [1, null, { deep: 'x' }] });
    expect(walkChain(CHAIN_START, records, nodeHasher)).toEqual({ head: store.events.head(), broken: null });
  });

  it('stays whole when a payload holds the names that JavaScript treats apart', () => {
    store.events.append(
      anEvent({ payload: JSON.parse('{"__proto__":{"a":1},"constructor":"x","toString":2}') as NewEvent['payload'] }),
    );

    expect(walkChain(CHAIN_START, store.events.read(0, 10), nodeHasher).broken).toBeNull();
  });

  it('reads forward and back, by stream, subject and type', () => {
    for (const [stream, subject, type] of [
      ['rollout', 'r1', 'rollout.started'],
      ['import', 'i1', 'import.accepted'],
      ['rollout', 'r2', 'rollout.started'],
      ['rollout', 'r1', 'rollout.finished'],
    ] as const) {
      store.events.append(anEvent({ stream, subject, type }));
    }
    const seqs = (records: { seq: number }[]): number[] => records.map(({ seq }) => seq);

    expect(seqs(store.events.read(1, 2))).toEqual([2, 3]);
    expect(seqs(store.events.readBack(4, 2))).toEqual([3, 2]);
    expect(seqs(store.events.read(0, 10, { stream: 'rollout', subject: 'r1' }))).toEqual([1, 4]);
    expect(seqs(store.events.readBack(100, 10, { type: 'rollout.started' }))).toEqual([3, 1]);
  });

  it.each(['UPDATE events SET subject = 1', 'DELETE FROM events'])('refuses `%s`', (sql) => {
    store.events.append(anEvent());
    store.close();

    const raw = new Database(join(dir, 'station.db'));
    try {
      expect(() => raw.exec(sql)).toThrow('append-only');
    } finally {
      raw.close();
      store = open();
    }
  });

  describe('when a record cannot be written', () => {
    it.each([
      ['an actor without a name that fits', anEvent({ actor: { kind: 'person', id: 'x', name: 'n'.repeat(129) } })],
      ['a payload that is no JSON', anEvent({ payload: { big: 1n as unknown as number } })],
    ])('throws AUDIT_APPEND_FAILED for %s and undoes the action', (_, event) => {
      const notes = store.documents('notes', z.string());

      expect(() =>
        store.transaction(() => {
          notes.put('done', 'yes');
          store.events.append(event);
        }),
      ).toThrow(expect.objectContaining({ code: 'AUDIT_APPEND_FAILED' }));

      expect(notes.get('done')).toBeUndefined();
      expect(store.events.head().seq).toBe(0);
    });

    it('throws AUDIT_APPEND_FAILED on a closed database', () => {
      store.close();

      expect(() => store.events.append(anEvent())).toThrow(expect.objectContaining({ code: 'AUDIT_APPEND_FAILED' }));
      store = open();
    });
  });

  describe('when somebody listens', () => {
    it('tells after the commit only, in order', () => {
      const heard: number[] = [];
      store.events.subscribe(({ seq }) => heard.push(seq));

      store.transaction(() => {
        store.events.append(anEvent());
        store.transaction(() => store.events.append(anEvent()));
        expect(heard).toEqual([]);
      });

      expect(heard).toEqual([1, 2]);
    });

    it('never tells what was rolled back, as a whole or to a savepoint', () => {
      const heard: string[] = [];
      store.events.subscribe(({ subject }) => heard.push(subject));
      const fail = (): never => {
        throw new Error('undo');
      };

      expect(() =>
        store.transaction(() => {
          store.events.append(anEvent({ subject: 'whole' }));
          fail();
        }),
      ).toThrow('undo');
      store.transaction(() => {
        store.events.append(anEvent({ subject: 'kept' }));
        expect(() =>
          store.transaction(() => {
            store.events.append(anEvent({ subject: 'inner' }));
            fail();
          }),
        ).toThrow('undo');
      });

      expect(heard).toEqual(['kept']);
      expect(store.events.read(0, 10).map(({ seq, subject }) => [seq, subject])).toEqual([[1, 'kept']]);
      expect(walkChain(CHAIN_START, store.events.read(0, 10), nodeHasher).broken).toBeNull();
    });
  });
});

describe('documents', () => {
  const Note = z.object({ text: z.string(), stars: z.number().default(0) });

  it('keeps each collection apart and lists in key order, onward and back', () => {
    const notes = store.documents('notes', Note);
    for (const key of ['b', 'a', 'c']) notes.put(key, { text: key, stars: 1 });
    store.documents('others', Note).put('z', { text: 'z', stars: 1 });
    const texts = (list: { text: string }[]): string[] => list.map(({ text }) => text);

    expect(texts(notes.list())).toEqual(['a', 'b', 'c']);
    expect(texts(notes.list({ afterKey: 'a', limit: 1 }))).toEqual(['b']);
    expect(texts(notes.list({ descending: true, limit: 2 }))).toEqual(['c', 'b']);
    expect(texts(notes.list({ descending: true, afterKey: 'c' }))).toEqual(['b', 'a']);
    expect(notes.count()).toBe(3);
    notes.delete('b');
    expect(notes.get('b')).toBeUndefined();
  });

  it('parses what an earlier release wrote, and refuses what this release cannot read', () => {
    store.documents('notes', z.object({ text: z.string() })).put('old', { text: 'from before' });
    store.documents('notes', z.number()).put('odd', 7);

    const notes = store.documents('notes', Note);

    expect(notes.get('old')).toEqual({ text: 'from before', stars: 0 });
    expect(() => notes.get('odd')).toThrow(expect.objectContaining({ code: 'INPUT_MALFORMED' }));
    expect(() => notes.put('bad', { text: 3 } as unknown as z.infer<typeof Note>)).toThrow();
  });
});

describe('openStationStore', () => {
  it('writes ahead and flushes every commit', () => {
    expect(spawnSync('stat', ['-c', '%n', join(dir, 'station.db-wal')]).status).toBe(0);
    store.close();
    const raw = new Database(join(dir, 'station.db'));
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
    raw.close();
    store = open();
  });

  it('refuses a second process with SITE_LOCKED', () => {
    const child = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'open-store-child.ts'), join(dir, 'station.db')],
      { encoding: 'utf8' },
    );

    expect(child.stdout).toBe('SITE_LOCKED');
  });

  it('refuses a file that is no database, and one of a newer release', async () => {
    const noDatabase = join(dir, 'text.db');
    await writeFile(noDatabase, 'this is not a database, only text that is long enough to be one'.repeat(50));
    const newer = join(dir, 'newer.db');
    const raw = new Database(newer);
    raw.pragma('user_version = 9999');
    raw.close();
    const openAt = (path: string) => () => openStationStore({ path, clock, ids: randomIds(clock), hasher: nodeHasher });

    expect(openAt(noDatabase)).toThrow(expect.objectContaining({ code: 'DISK_FAILED' }));
    expect(openAt(newer)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', details: expect.objectContaining({ found: 9999 }) as unknown }),
    );
  });

  it('refuses a database that lost its end', async () => {
    for (let n = 0; n < 400; n += 1) store.events.append(anEvent({ payload: { text: 'x'.repeat(200) } }));
    store.close();
    await truncate(join(dir, 'station.db'), 40_960);

    expect(open).toThrow(expect.objectContaining({ code: 'DISK_FAILED' }));
    await rm(join(dir, 'station.db'));
    store = open();
  });
});
