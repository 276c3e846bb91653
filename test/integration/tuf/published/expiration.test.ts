import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, freshWorld } from './case-world.ts';

// The cases of test_expiration and test_delegated_expiration of the published TUF conformance suite, told and written in our words.

const world = freshWorld();
beforeEach(async () => {
  await world.client.init(world.sim.rootBytes(1));
});

describe('test_expiration', () => {
  it('test_root_expired: the newer root is trusted, and nothing under it', async () => {
    await world.client.refresh();
    world.sim.publishRoot();
    expect(await world.client.refresh()).toBe(0);
    world.sim.expires['root'] = world.client.now - DAY;
    world.sim.publishRoot();
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.versions()).toEqual([3, 1, 1, 1]);
  });

  it.each([
    ['timestamp', [1, 1, 1, 1]],
    ['snapshot', [1, 2, 1, 1]],
    ['targets', [1, 2, 2, 1]],
  ] as const)('test_%s_expired: the expired one is not trusted', async (role, versions) => {
    await world.client.refresh();
    world.sim.expires[role] = world.client.now - 5 * DAY;
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.versions()).toEqual(versions);
  });

  it('test_expired_local_root: a client whose root expired walks on to the next', async () => {
    world.sim.expires['root'] = world.client.now + 7 * DAY;
    world.sim.publishRoot();
    expect(await world.client.refresh()).toBe(0);
    world.sim.expires['root'] = world.client.now + 21 * DAY;
    world.sim.publishRoot();

    world.client.now += 18 * DAY;
    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.version('root')).toBe(3);
  });

  it('test_expired_local_timestamp: a client whose timestamp expired takes the next', async () => {
    world.sim.expires['timestamp'] = world.client.now + 7 * DAY;
    world.sim.publishTimestamp();
    expect(await world.client.refresh()).toBe(0);
    world.sim.expires['timestamp'] = world.client.now + 21 * DAY;
    world.sim.publish();

    world.client.now += 18 * DAY;
    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.versions()).toEqual([1, 3, 2, 2]);
  });
});

describe('test_delegated_expiration', () => {
  function delegate(expires: number): void {
    const targets = {};
    world.sim.addTarget('delegatedpath/first', Buffer.from('first'), targets);
    world.sim.addTarget('delegatedpath/second', Buffer.from('second'), targets);
    world.sim.expires['delegated'] = expires;
    world.sim.delegate({ name: 'delegated', paths: ['delegatedpath/*'], terminating: false }, targets);
    world.sim.publish();
  }

  it('test_delegated_targets_expired: nothing of an expired role is taken', async () => {
    delegate(world.client.now - DAY);

    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.download('delegatedpath/first')).toBe(1);
    expect(await world.client.downloads()).toEqual([]);
    expect(await world.client.files()).toEqual(['root.json', 'snapshot.json', 'targets.json', 'timestamp.json']);
  });

  it('test_expired_local_delegated_targets: a role that expired since is not used any more', async () => {
    delegate(world.client.now + 7 * DAY);
    expect(await world.client.download('delegatedpath/first')).toBe(0);

    world.client.now += 18 * DAY;
    expect(await world.client.download('delegatedpath/second')).toBe(1);
    expect(await world.client.downloads()).toEqual(['first']);
  });

  it('test_expired_local_delegated_targets_updates: the next version of it is', async () => {
    delegate(world.client.now + 7 * DAY);
    expect(await world.client.download('delegatedpath/first')).toBe(0);
    world.sim.expires['delegated'] = world.client.now + 21 * DAY;
    const known = world.sim.delegated.get('delegated');
    if (known !== undefined) known.version = 2;
    world.sim.publish();

    world.client.now += 18 * DAY;
    expect(await world.client.download('delegatedpath/second')).toBe(0);
    expect(await world.client.downloads()).toEqual(['first', 'second']);
  });
});
