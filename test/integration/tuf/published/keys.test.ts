import { describe, expect, it } from 'vitest';
import { simKey, type SimKeyKind } from '../../../support/tuf-simulator.ts';
import { freshWorld } from './case-world.ts';

// The cases of test_keys of the published TUF conformance suite, each under its own name, told and written in our words.

const world = freshWorld();
type Signature = { keyid: string; sig: string };
const signaturesOf = (envelope: Record<string, unknown>): Signature[] => envelope['signatures'] as Signature[];

describe('test_keys', () => {
  it('test_snapshot_does_not_meet_threshold: two of three signatures are too few', async () => {
    world.sim.roles.snapshot = { keys: [simKey(), simKey(), simKey()], threshold: 3 };
    const first = world.sim.rootBytes(1);
    world.sim.publishRoot();
    world.sim.publish();
    await world.client.init(first);
    expect(await world.client.refresh()).toBe(0);
    world.sim.signers['snapshot'] = world.sim.roles.snapshot.keys.slice(0, 2);
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.version('snapshot')).toBe(2);
  });

  it('test_snapshot_has_too_few_keys: a threshold above the number of keys is never met', async () => {
    await world.client.init(world.sim.rootBytes(1));
    world.sim.roles.snapshot = { keys: Array.from({ length: 5 }, () => simKey()), threshold: 6 };
    world.sim.publishRoot();
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.version('root')).toBe(2);
    expect(await world.client.version('snapshot')).toBeNull();
  });

  it('test_duplicate_keys: one key named ten times signs once', async () => {
    await world.client.init(world.sim.rootBytes(1));
    const key = simKey();
    world.sim.roles.snapshot = { keys: Array.from({ length: 10 }, () => key), threshold: 6 };
    world.sim.publishRoot();
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.version('snapshot')).toBeNull();
  });

  it('test_duplicate_sig_keyids: two signatures under one key id are no valid metadata', async () => {
    await world.client.init(world.sim.rootBytes(1));
    world.sim.edits.envelope = (role, envelope) => {
      const [first] = signaturesOf(envelope);
      if (role === 'snapshot' && first !== undefined) signaturesOf(envelope).push(first);
    };
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.version('snapshot')).toBeNull();
  });

  it.each([
    ['rsa', 'rsassa-pss-sha256'],
    ['ecdsa', 'ecdsa-sha2-nistp256'],
    ['ed25519', 'ed25519'],
  ] as const)(
    'test_keytype_and_scheme[%s/%s]: signs, and refuses a signature of the same look',
    async (kind, _scheme) => {
      await world.client.init(world.sim.rootBytes(1));
      const key = simKey(kind satisfies SimKeyKind);
      world.sim.roles.root = { keys: [...world.sim.roles.root.keys, key], threshold: 2 };
      world.sim.publishRoot();
      expect(await world.client.refresh()).toBe(0);
      expect(await world.client.version('root')).toBe(2);

      const other = key.sign(Buffer.from('other bytes')).toString('hex');
      world.sim.edits.envelope = (role, envelope) => {
        if (role !== 'root') return;
        for (const signature of signaturesOf(envelope)) if (signature.keyid === key.id) signature.sig = other;
      };
      world.sim.publishRoot();

      expect(await world.client.refresh()).toBe(1);
      expect(await world.client.version('root')).toBe(2);
    },
  );

  it('test_invalid_sig_in_valid_metadata: a wrong signature beside enough right ones harms nothing', async () => {
    await world.client.init(world.sim.rootBytes(1));
    const [wrong] = world.sim.roles.timestamp.keys;
    world.sim.roles.timestamp.keys.push(simKey());
    world.sim.publishRoot();
    for (const sig of [wrong?.sign(Buffer.from('other bytes')).toString('hex') ?? '', '']) {
      world.sim.edits.envelope = (role, envelope) => {
        if (role !== 'timestamp') return;
        for (const signature of signaturesOf(envelope)) if (signature.keyid === wrong?.id) signature.sig = sig;
      };
      world.sim.publishTimestamp();
      expect(await world.client.refresh()).toBe(0);
    }
    expect(await world.client.version('timestamp')).toBe(3);
  });
});
