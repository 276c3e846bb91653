import { z } from 'zod';
import { Instant } from '#contracts/primitives.ts';
import type { Actor } from '#contracts/primitives.ts';
import type { Clock } from '#core/base/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import type { DurableText } from '#core/trust/ports.ts';
import type { TimeFloor } from '#core/trusted-time/index.ts';
import { FLOORS_PLACE, judgeStores, NO_FLOORS, SiteFloors, StoresState, strictestOf } from '#core/trust/index.ts';

const KEY = FLOORS_PLACE.key;

/** What was found wrong between the stores, until a person has looked at it. */
const StoredAlarm = z.object({ at: Instant, state: StoresState, acknowledgedBy: z.string().nullable() });

/** The same, with the sentence that people read. */
export type StoresAlarm = z.infer<typeof StoredAlarm> & { readonly detail: string };

export interface FloorDeps {
  readonly store: StationStore;
  readonly file: DurableText;
  readonly clock: Clock;
  /** The station as author of what it finds by itself. */
  readonly actor: Actor;
}

/**
 * Floors of a site in two stores.
 * INVARIANTS: the file is durable before the database says that something newer is in use; both are only ever raised, but for the
 * time that two people set back; one write at a time.
 */
export interface FloorKeeper {
  floors(): SiteFloors;
  /** The alarm about the stores that nobody looked at yet. */
  alarm(): StoresAlarm | null;
  /** Precondition: inside a transaction with its record. */
  acknowledge(person: string): void;
  /** Writes the file, then the database together with `also`. When this returns both are durable; when it throws, `also` is undone. */
  raise<T>(change: (floors: SiteFloors) => SiteFloors, also: () => T): Promise<T>;
  /** The one way down, of the time alone. Precondition: two people decided it. Written like a raise. */
  setTimeBack<T>(time: TimeFloor, also: () => T): Promise<T>;
}

/** Opens both stores, compares them, and goes on with the stricter of each member. */
export async function openFloorKeeper(deps: FloorDeps): Promise<FloorKeeper> {
  const { store, file } = deps;
  const documents = store.documents(FLOORS_PLACE.collection, SiteFloors);
  const alarms = store.documents('floor-alarms', StoredAlarm);
  const hashAt = (seq: number): string | undefined =>
    store.events.read(seq - 1, 1).find((event) => event.seq === seq)?.hash;
  const kept = documents.get(KEY) ?? null;
  const found = parseFile(await file.read());
  const state = judgeStores(kept, found, hashAt);
  let current = strictestOf(kept ?? NO_FLOORS, typeof found === 'string' ? NO_FLOORS : found);
  if (state !== 'agree') {
    store.transaction(() => {
      store.events.append({
        actor: deps.actor,
        stream: 'trust',
        type: 'trust.stores-differ',
        subject: 'floors',
        payload: { state, detail: SENTENCES[state] },
      });
      documents.put(KEY, current);
      alarms.put(KEY, { at: deps.clock.now(), state, acknowledgedBy: null });
    });
    await file.write(fileText(current, store));
  }
  let turn: Promise<unknown> = Promise.resolve();

  async function write<T>(next: SiteFloors, also: () => T): Promise<T> {
    await file.write(fileText(next, store));
    return store.transaction(() => {
      const result = also();
      documents.put(KEY, next);
      current = next;
      return result;
    });
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    floors: () => current,
    alarm: () => {
      const alarm = alarms.get(KEY);
      return alarm === undefined || alarm.acknowledgedBy !== null ? null : { ...alarm, detail: SENTENCES[alarm.state] };
    },
    acknowledge: (person) => {
      const alarm = alarms.get(KEY);
      if (alarm !== undefined) alarms.put(KEY, { ...alarm, acknowledgedBy: person });
    },
    raise: (change, also) => inTurn(() => write(strictestOf(current, change(current)), also)),
    setTimeBack: (time, also) => inTurn(() => write({ ...current, time, timeResets: current.timeResets + 1 }, also)),
  };
}

/** What each state means to the person who reads the record. */
const SENTENCES: Readonly<Record<StoresState, string>> = {
  agree: 'Both stores agree.',
  'file-missing': 'The second store is gone. Floors were taken from the database.',
  'file-damaged': 'The second store cannot be read. Floors were taken from the database.',
  'database-older': 'The database is older than the second store: a restored copy, or a power cut during an update.',
  'chain-differs':
    'The audit chain lacks a record that was there before: the database was restored from an older copy.',
};

/** The head of the chain goes into the file only: there it outlives a restored database. */
function fileText(floors: SiteFloors, store: StationStore): string {
  const { seq, hash } = store.events.head();
  return `${JSON.stringify({ ...floors, chain: { seq, hash } })}\n`;
}

function parseFile(text: string | undefined): SiteFloors | 'missing' | 'damaged' {
  if (text === undefined) return 'missing';
  try {
    return SiteFloors.parse(JSON.parse(text));
  } catch {
    // Damaged is one of the states that are judged and told, not a reason to keep the station down.
    return 'damaged';
  }
}
