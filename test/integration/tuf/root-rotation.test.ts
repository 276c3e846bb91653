import { describe, expect, it } from 'vitest';
import { ClientPair, initialRoot } from '../../support/tuf-client-pair.ts';
import { simKey, TufSimulator } from '../../support/tuf-simulator.ts';

/** One root of a chain: which of ten keys it names, how many must sign, which did sign, and whether a client may take it. */
interface Link {
  readonly keys: readonly number[];
  readonly of: number;
  readonly signed: readonly number[];
  readonly refused?: true;
}

const FIVE = [0, 1, 2, 3, 4];
/** The fifteen rotations of the public suite, told in our words. Each is decided by tuf-js too. */
const ROTATIONS: readonly (readonly [string, readonly Link[]])[] = [
  [
    '1 of 1, rotated',
    [
      { keys: [1], of: 1, signed: [1] },
      { keys: [2], of: 1, signed: [2, 1] },
    ],
  ],
  [
    '1 of 1, rotated, with signatures that nobody asked for',
    [
      { keys: [1], of: 1, signed: [1] },
      { keys: [2], of: 1, signed: [3, 4, 1, 2] },
    ],
  ],
  [
    '1 of 1, the old key did not sign',
    [
      { keys: [1], of: 1, signed: [1] },
      { keys: [2], of: 1, signed: [2, 3, 4], refused: true },
    ],
  ],
  [
    '1 of 1, the new key did not sign',
    [
      { keys: [1], of: 1, signed: [1] },
      { keys: [2], of: 1, signed: [1, 3, 4], refused: true },
    ],
  ],
  [
    '3 of 5, other three sign each time',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: FIVE, of: 3, signed: [0, 1, 4] },
      { keys: FIVE, of: 3, signed: [0, 1, 3] },
      { keys: FIVE, of: 3, signed: [0, 1, 3, 4] },
    ],
  ],
  [
    '3 of 5, one key replaced',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: [0, 1, 3, 4, 5], of: 3, signed: [0, 1, 3] },
    ],
  ],
  [
    '3 of 5, one key replaced, only two new keys signed',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: [0, 1, 3, 4, 5], of: 3, signed: [0, 2, 4], refused: true },
    ],
  ],
  [
    '3 of 5, one key replaced, only two old keys signed',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: [0, 1, 3, 4, 5], of: 3, signed: [0, 4, 5], refused: true },
    ],
  ],
  [
    '3 of 5, one key replaced, with a step between',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: [0, 1, 3, 4, 5], of: 3, signed: [0, 2, 4, 5] },
      { keys: [0, 1, 3, 4, 5], of: 3, signed: [0, 4, 5] },
    ],
  ],
  [
    '3 of 5, all keys replaced, with a step between',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: [5, 6, 7, 8, 9], of: 3, signed: [0, 2, 4, 5, 6, 7] },
      { keys: [5, 6, 7, 8, 9], of: 3, signed: [5, 6, 7] },
    ],
  ],
  [
    '1 of 3 to 3 of 5',
    [
      { keys: [0, 1, 2], of: 1, signed: [0] },
      { keys: FIVE, of: 3, signed: [0, 1, 2, 3] },
    ],
  ],
  [
    '2 of 5 to 3 of 5',
    [
      { keys: FIVE, of: 2, signed: [0, 2] },
      { keys: FIVE, of: 3, signed: [0, 1, 3] },
    ],
  ],
  [
    '2 of 5 to 3 of 5, only two new signatures',
    [
      { keys: FIVE, of: 2, signed: [0, 2] },
      { keys: FIVE, of: 3, signed: [0, 1], refused: true },
    ],
  ],
  [
    '3 of 5 to 2 of 5',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: FIVE, of: 2, signed: [1, 2, 4] },
      { keys: FIVE, of: 2, signed: [1, 3] },
    ],
  ],
  [
    '3 of 5 to 2 of 5, only two old signatures',
    [
      { keys: FIVE, of: 3, signed: [0, 2, 4] },
      { keys: FIVE, of: 2, signed: [1, 4], refused: true },
    ],
  ],
];

describe('a chain of roots', () => {
  for (const [name, links] of ROTATIONS) {
    it(`${name}: ${links.some((link) => link.refused) ? 'refused' : 'taken'}`, async () => {
      const keys = Array.from({ length: 10 }, () => simKey());
      const chosen = (numbers: readonly number[]) => numbers.flatMap((number) => keys[number] ?? []);
      const sim = new TufSimulator();
      const publish = ({ keys: named, of, signed }: Link): void => {
        sim.roles.root = { keys: chosen(named), threshold: of };
        sim.publishRoot(chosen(signed));
      };
      const [first, ...rest] = links;
      if (first === undefined) throw new Error('a chain begins with a root');
      publish(first);
      const trustedVersion = sim.versions.root;
      const pair = await ClientPair.trusting(sim);
      expect(await pair.refresh()).toBe('ok');

      let taken = trustedVersion;
      for (const link of rest) {
        publish(link);
        expect(await pair.refresh()).toBe(link.refused === true ? 'TUF_SIGNATURES_MISSING' : 'ok');
        if (link.refused !== true) taken += 1;
        expect(pair.version('root')).toBe(taken);
      }
      await pair.close();
    });
  }

  it('is walked root by root when a client missed many', async () => {
    const sim = new TufSimulator();
    const pair = await ClientPair.trusting(sim);
    for (let step = 0; step < 12; step += 1) sim.rotate('root', 3, 2);

    expect(await pair.refresh()).toBe('ok');

    expect(pair.version('root')).toBe(13);
    await pair.close();
  });

  it('is not walked from a version that is not the next', async () => {
    const sim = new TufSimulator();
    const pair = await ClientPair.trusting(sim);
    sim.edits.signed = (role, fields) => {
      if (role === 'root') fields['version'] = 3;
    };
    sim.publishRoot();

    expect(await pair.refresh()).toBe('TUF_VERSION_MISMATCH');
    await pair.close();
  });

  it('may pass an expired root, and must not end with one', async () => {
    const sim = new TufSimulator();
    const pair = await ClientPair.trusting(sim);
    sim.expires['root'] = Date.now() - 1000;
    sim.publishRoot();

    expect(await pair.refresh()).toBe('TUF_EXPIRED');
    expect(pair.version('root')).toBe(2);
    sim.expires['root'] = Date.now() + 86_400_000;
    sim.publishRoot();
    expect(await pair.refresh()).toBe('ok');
    await pair.close();
  });
});

describe('the first root', () => {
  it('may have expired', async () => {
    const sim = new TufSimulator();
    sim.expires['root'] = Date.now() - 1000;
    sim.publishRoot();

    expect(await initialRoot(sim.rootBytes())).toBe('ok');
  });

  it.each([
    [
      'is not signed',
      'TUF_SIGNATURES_MISSING',
      (envelope: Record<string, unknown>) => void (envelope['signatures'] = []),
    ],
    [
      'is of another kind',
      'TUF_METADATA_INVALID',
      (envelope: Record<string, unknown>) =>
        void ((envelope['signed'] as Record<string, unknown>)['_type'] = 'targets'),
    ],
    [
      'lacks a role',
      'TUF_METADATA_INVALID',
      (envelope: Record<string, unknown>) =>
        delete (envelope['signed'] as { roles: Record<string, unknown> }).roles['snapshot'],
    ],
    [
      'has a threshold of zero',
      'TUF_METADATA_INVALID',
      (envelope: Record<string, unknown>) =>
        void ((envelope['signed'] as { roles: Record<string, { threshold: number }> }).roles['root'] = {
          threshold: 0,
        }),
    ],
    [
      'has a version of half',
      'TUF_METADATA_INVALID',
      (envelope: Record<string, unknown>) => void ((envelope['signed'] as Record<string, unknown>)['version'] = 1.5),
    ],
    [
      'is changed after it was signed',
      'TUF_SIGNATURES_MISSING',
      (envelope: Record<string, unknown>) =>
        void ((envelope['signed'] as Record<string, unknown>)['expires'] = '2099-01-01T00:00:00Z'),
    ],
  ])('is refused when it %s', async (_name, code, edit) => {
    const sim = new TufSimulator();
    sim.edits.envelope = (_role, envelope) => edit(envelope);
    sim.publishRoot();

    expect(await initialRoot(sim.rootBytes())).toBe(code);
  });

  it('is refused when it is not JSON, or names one member twice', async () => {
    expect(await initialRoot(Buffer.from('{"signed": '))).toBe('TUF_METADATA_INVALID');
    expect(await initialRoot(Buffer.from('{"signed": {}, "signed": {}, "signatures": []}'))).toBe(
      'TUF_METADATA_INVALID',
    );
  });
});
