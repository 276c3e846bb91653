import { describe, expect, it } from 'vitest';
import { simKey } from '../../../support/tuf-simulator.ts';
import { freshWorld } from './case-world.ts';

// The cases of test_updater_key_rotations of the published TUF conformance suite, each under its own name, told and written in our words.

const world = freshWorld();

/** One version of a role: keys that it names / threshold / keys that sign. A `!` at the end: the client must refuse it. */
type Version = `${string}/${number}/${string}` | `${string}/${number}/${string}!`;
const read = (version: Version) => {
  const [named = '', threshold = '1', signed = ''] = version.replace('!', '').split('/');
  const numbers = (text: string): number[] => Array.from(text, Number);
  return { named: numbers(named), threshold: Number(threshold), signed: numbers(signed), ok: !version.endsWith('!') };
};

const ROOTS: Readonly<Record<string, readonly Version[]>> = {
  '1-of-1-key-rotation': ['1/1/1', '2/1/21', '2/1/2'],
  '1-of-1-key-rotation-unused-signatures': ['1/1/314', '2/1/3214', '2/1/324'],
  '3-of-5-sign-with-different-keycombos': ['01234/3/024', '01234/3/041', '01234/3/013', '01234/3/013'],
  '3-of-5-one-key-rotated': ['01234/3/024', '01345/3/041'],
  '3-of-5-one-key-rotated-with-intermediate-step': ['01234/3/024', '01345/3/0245', '01345/3/045'],
  '3-of-5-all-keys-rotated-with-intermediate-step': ['01234/3/024', '56789/3/024567', '56789/3/567'],
  '1-of-3-threshold-increase-to-2-of-3': ['123/1/1', '123/2/12'],
  '2-of-3-threshold-decrease-to-1-of-3': ['123/2/12', '123/1/12', '123/1/1'],
  '1-of-2-threshold-increase-to-2-of-2': ['1/1/1', '12/2/12'],
  '1-of-1-key-rotation-fail-not-signed-with-old-key': ['1/1/1', '2/1/234!'],
  '1-of-1-key-rotation-fail-not-signed-with-new-key': ['1/1/1', '2/1/134!'],
  '3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys': ['01234/3/024', '01345/3/024!'],
  '3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys': ['01234/3/024', '01345/3/045!'],
  '1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached': ['123/1/1', '123/2/2!'],
  '2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached': ['123/2/12', '123/1/1!'],
};

const OTHERS: Readonly<Record<string, Version>> = {
  '1-of-1-key-rotation': '2/1/2',
  '1-of-1-key-rotation-unused-signatures': '1/1/314',
  '1-of-1-key-rotation-fail-not-signed-with-new-key': '2/1/134!',
  '3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys': '01345/3/024!',
  '2-of-5-one-key-signature-mising-threshold-not-reached': '01345/3/04!',
  '3-of-5-sign-first-combo': '01234/3/024',
  '3-of-5-sign-second-combo': '01234/3/041',
  '3-of-5-sign-third-combo': '01234/3/013',
  '3-of-5-sign-fourth-combo': '01234/3/123',
  '3-of-5-sign-fifth-combo': '01234/3/234',
};

describe('test_updater_key_rotations', () => {
  it.each(Object.entries(ROOTS))('test_root_rotation[%s]', async (_id, versions) => {
    const keys = Array.from({ length: 10 }, () => simKey());
    const chosen = (numbers: readonly number[]) => numbers.flatMap((number) => keys[number] ?? []);
    world.sim.versions.root = 0;
    for (const { named, threshold, signed } of versions.map(read)) {
      world.sim.roles.root = { keys: chosen(named), threshold };
      world.sim.publishRoot(chosen(signed));
    }
    const isTaken = versions.map(read).every(({ ok }) => ok);
    expect(await world.client.init(world.sim.rootBytes(1))).toBe(0);

    expect(await world.client.refresh()).toBe(isTaken ? 0 : 1);
    const newest = world.sim.versions.root - (isTaken ? 0 : 1);
    expect(await world.client.kept('root')).toEqual(world.sim.rootBytes(newest));
  });

  it.each(Object.entries(OTHERS))('test_non_root_rotations[%s]', async (_id, version) => {
    const keys = Array.from({ length: 10 }, () => simKey());
    const chosen = (numbers: readonly number[]) => numbers.flatMap((number) => keys[number] ?? []);
    const { named, threshold, signed, ok } = read(version);
    await world.client.init(world.sim.rootBytes(1));
    for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
      world.sim.roles[role] = { keys: chosen(named), threshold };
      world.sim.signers[role] = chosen(signed);
      world.sim.publishRoot();
      world.sim.publish();

      expect(await world.client.refresh()).toBe(ok ? 0 : 1);
      if (!ok) continue;
      const file = role === 'timestamp' ? 'timestamp.json' : `${String(world.sim.versions[role])}.${role}.json`;
      expect(await world.client.kept(role)).toEqual(world.sim.files.get(file));
    }
  });
});
