import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientPair } from '../../support/tuf-client-pair.ts';
import { sha256, simKey, TufSimulator } from '../../support/tuf-simulator.ts';

const DAY = 86_400_000;
let sim: TufSimulator;
let pair: ClientPair;

beforeEach(async () => {
  sim = new TufSimulator();
  pair = await ClientPair.trusting(sim);
});
afterEach(() => pair.close());

describe('a refresh', () => {
  it('asks for each role in order and keeps the bytes as they came', async () => {
    expect(await pair.refresh()).toBe('ok');

    expect(sim.asked.slice(0, 4)).toEqual(['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json']);
    expect(pair.kept.get('timestamp')).toEqual(sim.files.get('timestamp.json'));
    expect(pair.kept.get('targets')).toEqual(sim.files.get('1.targets.json'));
  });

  it('asks for no snapshot and no targets when nothing changed', async () => {
    await pair.refresh();
    sim.asked.length = 0;

    expect(await pair.refresh()).toBe('ok');

    expect(sim.asked).toEqual(['2.root.json', 'timestamp.json']);
  });

  it('asks for names without versions when the root says so', async () => {
    sim.consistent = false;
    sim.publishRoot();
    sim.publish();

    expect(await pair.refresh()).toBe('ok');
    expect(sim.asked).toContain('snapshot.json');
  });

  it.each(['timestamp.json', '1.snapshot.json', '1.targets.json'])('is refused while %s is not there', async (name) => {
    sim.files.delete(name);

    expect(await pair.refresh()).toBe('TUF_FILE_MISSING');
  });
});

describe('expiry', () => {
  it.each(['timestamp', 'snapshot', 'targets'] as const)('of %s is refused', async (role) => {
    sim.expires[role] = Date.now() - 1000;
    sim.publish();

    expect(await pair.refresh()).toBe('TUF_EXPIRED');
    expect(pair.version(role)).toBe(0);
  });

  it.each(['root', 'timestamp', 'snapshot', 'targets'] as const)('of %s is found in what was kept', async (role) => {
    sim.expires[role] = Date.now() + 10 * DAY;
    if (role === 'root') sim.publishRoot();
    sim.publish();
    expect(await pair.refresh()).toBe('ok');

    expect(await pair.refreshAt(Date.now() + 9 * DAY)).toBe('ok');
    expect(await pair.refreshAt(Date.now() + 11 * DAY)).toBe('TUF_EXPIRED');
  });

  it('of a timestamp passes for exactly the bytes that were excused', async () => {
    sim.expires['timestamp'] = Date.now() - 1000;
    sim.publish();
    const digest = sha256(sim.files.get('timestamp.json') ?? new Uint8Array());

    expect(await pair.refreshAt(Date.now(), '0'.repeat(64))).toBe('TUF_EXPIRED');
    expect(await pair.refreshAt(Date.now(), digest)).toBe('ok');
    sim.publishTimestamp();
    expect(await pair.refreshAt(Date.now(), digest)).toBe('TUF_EXPIRED');
  });

  it('of a snapshot is not excused with the timestamp', async () => {
    sim.expires['timestamp'] = Date.now() - 1000;
    sim.expires['snapshot'] = Date.now() - 1000;
    sim.publish();
    const digest = sha256(sim.files.get('timestamp.json') ?? new Uint8Array());

    expect(await pair.refreshAt(Date.now(), digest)).toBe('TUF_EXPIRED');
  });
});

describe('rollback', () => {
  beforeEach(async () => {
    sim.publish();
    sim.publish();
    expect(await pair.refresh()).toBe('ok');
  });

  it('of the timestamp is refused', async () => {
    sim.versions.timestamp = 1;
    sim.publishTimestamp();

    expect(await pair.refresh()).toBe('TUF_ROLLED_BACK');
    expect(pair.version('timestamp')).toBe(3);
  });

  it('of the timestamp is refused by an expired one that was kept', async () => {
    sim.expires['timestamp'] = Date.now() + 5 * DAY;
    sim.publish();
    expect(await pair.refresh()).toBe('ok');
    sim.versions.timestamp = 1;
    sim.expires['timestamp'] = Date.now() + 100 * DAY;
    sim.publishTimestamp();

    expect(await pair.refreshAt(Date.now() + 10 * DAY)).toBe('TUF_ROLLED_BACK');
  });

  it('of the snapshot in a newer timestamp is refused', async () => {
    sim.versions.snapshot = 1;
    sim.publishSnapshot();
    sim.publishTimestamp();

    expect(await pair.refresh()).toBe('TUF_ROLLED_BACK');
  });

  it('of the targets in a newer snapshot is refused', async () => {
    sim.versions.targets = 1;
    sim.publishTargets();
    sim.publishSnapshot();
    sim.publishTimestamp();

    expect(await pair.refresh()).toBe('TUF_ROLLED_BACK');
    expect(pair.version('targets')).toBe(3);
  });

  it('by leaving a file out of a newer snapshot is refused', async () => {
    sim.edits.signed = (role, fields) => {
      if (role === 'snapshot') fields['meta'] = { 'other.json': { version: 1 } };
    };
    sim.publish();

    expect(await pair.refresh()).toBe('TUF_FILE_MISSING');
  });

  it.each(['timestamp', 'snapshot'] as const)(
    'is how a fast-forward attack is repaired once %s has new keys',
    async (role) => {
      sim.versions[role] = 100_000;
      sim.versions.timestamp = 100_000;
      sim.publish();
      expect(await pair.refresh()).toBe('ok');
      sim.versions.timestamp = 3;
      sim.versions.snapshot = 3;
      sim.publish();
      expect(await pair.refresh()).toBe('TUF_ROLLED_BACK');

      sim.rotate('timestamp');
      if (role === 'snapshot') sim.rotate('snapshot');
      sim.publish();

      expect(await pair.refresh()).toBe('ok');
      expect(pair.version('timestamp')).toBeLessThan(100);
      expect(pair.version('snapshot')).toBeLessThan(100);
    },
  );
});

describe('what was signed', () => {
  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    'with other keys than those of %s is refused',
    async (role) => {
      sim.signers[role] = [simKey()];
      sim.publish();

      expect(await pair.refresh()).toBe('TUF_SIGNATURES_MISSING');
    },
  );

  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    'too few times for the threshold of %s is refused',
    async (role) => {
      sim.rotate(role, 3, 2);
      sim.signers[role] = sim.roles[role].keys.slice(0, 1);
      sim.publish();

      expect(await pair.refresh()).toBe('TUF_SIGNATURES_MISSING');
    },
  );

  it('twice by one key does not count twice', async () => {
    sim.rotate('timestamp', 2, 2);
    const [key] = sim.roles.timestamp.keys;
    sim.signers['timestamp'] = key === undefined ? [] : [key, key];
    sim.publish();

    // Two signatures under one key id make the whole document invalid.
    expect(await pair.refresh()).toBe('TUF_METADATA_INVALID');
  });

  it('by a key that a role names twice counts once', async () => {
    sim.edits.signed = (role, fields) => {
      if (role !== 'root') return;
      const { timestamp } = fields['roles'] as Record<string, { keyids: string[]; threshold: number }>;
      if (timestamp !== undefined)
        Object.assign(timestamp, { keyids: [...timestamp.keyids, ...timestamp.keyids], threshold: 2 });
    };
    sim.publishRoot();

    expect(await pair.refresh()).not.toBe('ok');
  });

  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    'as another kind in the place of %s is refused',
    async (role) => {
      sim.edits.signed = (name, fields) => {
        if (name === role) fields['_type'] = 'root';
      };
      sim.publish();

      expect(await pair.refresh()).toBe('TUF_METADATA_INVALID');
    },
  );

  it.each([
    ['snapshot', 'timestamp'],
    ['targets', 'snapshot'],
  ] as const)('in %s and changed after %s listed its hash is refused', async (role, by) => {
    sim.withHashes = true;
    sim.publish();
    const name = `2.${role}.json`;
    const bytes = sim.files.get(name) ?? new Uint8Array();
    sim.files.set(name, Buffer.from(new TextDecoder().decode(bytes).replace('{', '{\t').slice(0, -2) + '}'));

    expect(by).not.toBe(role);
    expect(await pair.refresh()).toBe('TUF_CONTENT_MISMATCH');
  });

  it('with the version that the snapshot lists for targets missing is refused', async () => {
    sim.edits.signed = (role, fields) => {
      if (role === 'targets') fields['version'] = 77;
    };
    sim.publish();

    expect(await pair.refresh()).toBe('TUF_VERSION_MISMATCH');
  });

  it('with the version that the timestamp lists for the snapshot missing is refused', async () => {
    sim.edits.signed = (role, fields) => {
      if (role === 'snapshot') fields['version'] = 77;
    };
    sim.publish();

    expect(await pair.refresh()).toBe('TUF_VERSION_MISMATCH');
  });

  it('may carry fields that nobody knows', async () => {
    sim.edits.signed = (_role, fields) => {
      fields['x-plant'] = { hall: 3 };
    };
    sim.publish();

    expect(await pair.refresh()).toBe('ok');
  });

  it('under another major version of the specification is refused', async () => {
    sim.edits.signed = (role, fields) => {
      if (role === 'timestamp') fields['spec_version'] = '2.0.0';
    };
    sim.publish();

    expect(await pair.refresh()).toBe('TUF_METADATA_INVALID');
  });
});

describe('a hundred random repositories', () => {
  /** A small generator with a seed, so that a case that fails can be told by its number. */
  const random = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  it('are decided as tuf-js decides them (seed 1 to 100)', async () => {
    const outcomes = new Map<string, number>();
    for (let seed = 1; seed <= 100; seed += 1) {
      const next = random(seed * 7919);
      const one = new TufSimulator();
      const two = await ClientPair.trusting(one);
      for (let step = 0; step < 4; step += 1) {
        mutate(one, next);
        const outcome = await two.refresh();
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      await two.close();
    }
    expect(outcomes.size).toBeGreaterThan(4);
  }, 120_000);

  function mutate(one: TufSimulator, next: () => number): void {
    const roles = ['root', 'timestamp', 'snapshot', 'targets'] as const;
    const role = roles[Math.floor(next() * 4)] ?? 'root';
    one.withHashes = next() < 0.5;
    one.signers[role] = undefined;
    const act = Math.floor(next() * 7);
    if (act === 0) one.rotate(role, 1 + Math.floor(next() * 3));
    if (act === 1) one.signers[role] = [simKey()];
    if (act === 2)
      one.versions[role] = Math.max(
        role === 'root' ? one.versions.root : 0,
        one.versions[role] - Math.floor(next() * 3),
      );
    if (act === 3) one.expires[role] = Date.now() + (next() < 0.5 ? -DAY : DAY);
    if (act === 4) one.files.delete([...one.files.keys()][Math.floor(next() * one.files.size)] ?? '');
    if (next() < 0.3) one.publishRoot();
    if (next() < 0.8) one.publish();
    else one.publishTimestamp();
  }
});
