import { beforeEach, describe, expect, it } from 'vitest';
import { askedMetadata, freshWorld } from './case-world.ts';

// The cases of test_rollback of the published TUF conformance suite, each under its own name, told and written in our words.

const world = freshWorld();
beforeEach(async () => {
  await world.client.init(world.sim.rootBytes(1));
});
const refresh = (): Promise<number> => world.client.refresh();

describe('test_rollback', () => {
  it('test_simple_snapshot_rollback: an older snapshot that the timestamp does not name is not even looked at', async () => {
    world.sim.publish();
    expect(await refresh()).toBe(0);
    world.sim.files.set('2.snapshot.json', world.sim.files.get('1.snapshot.json') ?? Buffer.alloc(0));

    expect(await refresh()).toBe(0);
    expect(await world.client.version('snapshot')).toBe(2);
    expect(askedMetadata(world).at(-1)).toBe('timestamp.json');
  });

  it('test_new_timestamp_version_rollback: an older timestamp is refused', async () => {
    world.sim.publishTimestamp();
    expect(await refresh()).toBe(0);
    world.sim.versions.timestamp = 0;
    world.sim.publishTimestamp();

    expect(await refresh()).toBe(1);
    expect(await world.client.version('timestamp')).toBe(2);
    expect(askedMetadata(world).at(-1)).toBe('timestamp.json');
  });

  it.each([
    ['basic', false],
    ['with hashes', true],
  ])(
    'test_snapshot_rollback[%s]: a newer timestamp that names an older snapshot is refused',
    async (_id, withHashes) => {
      world.sim.withHashes = withHashes;
      world.sim.publish();
      expect(await refresh()).toBe(0);
      world.sim.versions.snapshot = 1;
      world.sim.publishTimestamp();

      expect(await refresh()).toBe(1);
      expect(await world.client.version('timestamp')).toBe(2);
      expect(await world.client.version('snapshot')).toBe(2);
      expect(askedMetadata(world).at(-1)).toBe('timestamp.json');
    },
  );

  it('test_new_targets_fast_forward_recovery: targets may begin anew under new keys of the snapshot', async () => {
    world.sim.versions.targets = 99;
    world.sim.publish();
    expect(await refresh()).toBe(0);
    expect(await world.client.version('targets')).toBe(100);
    world.sim.rotate('snapshot');
    world.sim.versions.targets = 1;
    world.sim.publish();

    expect(await refresh()).toBe(0);
    expect(await world.client.version('targets')).toBe(2);
  });

  it('test_new_snapshot_fast_forward_recovery: a snapshot may begin anew under new keys of it and of the timestamp', async () => {
    world.sim.versions.snapshot = 99_998;
    world.sim.publish();
    expect(await refresh()).toBe(0);
    expect(await world.client.version('snapshot')).toBe(99_999);
    world.sim.rotate('snapshot');
    world.sim.rotate('timestamp');
    world.sim.versions.snapshot = 0;
    world.sim.publish();

    expect(await refresh()).toBe(0);
    expect(await world.client.version('snapshot')).toBe(1);
  });

  it('test_new_snapshot_version_mismatch: a snapshot of another version than the timestamp names is refused', async () => {
    world.sim.edits.signed = (role, fields) => {
      if (role === 'snapshot') fields['version'] = 2;
    };
    world.sim.versions.snapshot = 0;
    world.sim.publishSnapshot();
    world.sim.versions.timestamp = 0;
    world.sim.publishTimestamp();

    expect(await refresh()).toBe(1);
    expect(await world.client.versions()).toEqual([1, 1, null, null]);
    expect(askedMetadata(world).at(-1)).toBe('1.snapshot.json');
  });

  it('test_new_timestamp_fast_forward_recovery: a timestamp may begin anew under new keys', async () => {
    world.sim.versions.timestamp = 99;
    world.sim.publishTimestamp();
    expect(await refresh()).toBe(0);
    expect(await world.client.version('timestamp')).toBe(100);
    world.sim.rotate('timestamp');
    world.sim.versions.timestamp = 0;
    world.sim.publishTimestamp();

    expect(await refresh()).toBe(0);
    expect(await world.client.version('timestamp')).toBe(1);
  });

  it.each([
    ['basic', false],
    ['with hashes', true],
  ])('test_targets_rollback[%s]: a newer snapshot that names older targets is refused', async (_id, withHashes) => {
    world.sim.withHashes = withHashes;
    world.sim.publish();
    world.sim.publish();
    expect(await refresh()).toBe(0);
    world.sim.versions.targets = 0;
    world.sim.publish();

    expect(await refresh()).toBe(1);
    expect(await world.client.version('targets')).toBe(3);
    expect((await world.client.versions())[1]).toBe(4);
  });
});
