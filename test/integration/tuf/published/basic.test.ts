import { describe, expect, it } from 'vitest';
import { simKey } from '../../../support/tuf-simulator.ts';
import { askedMetadata, DAY, freshWorld } from './case-world.ts';

// The cases of test_basic of the published TUF conformance suite, each under its own name, told and written in our words.

const world = freshWorld();
const FIRST_ROUND = ['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json'];
const trust = (): Promise<number> => world.client.init(world.sim.rootBytes(1));

describe('test_basic', () => {
  it('test_basic_refresh_requests: asks for each role once, in the order of the workflow', async () => {
    expect(await trust()).toBe(0);
    expect(await world.client.refresh()).toBe(0);

    expect(askedMetadata(world)).toEqual(FIRST_ROUND);
  });

  it('test_basic_refresh_trusted_data: trusts what the repository published', async () => {
    await trust();
    expect(await world.client.refresh()).toBe(0);

    expect(await world.client.kept('root')).toEqual(world.sim.rootBytes(1));
    for (const role of ['snapshot', 'targets'])
      expect(await world.client.kept(role)).toEqual(world.sim.files.get(`1.${role}.json`));
  });

  it('test_implicit_refresh: a download refreshes first, also when there is no such target', async () => {
    await trust();

    expect(await world.client.download('nonexistent artifact')).toBe(1);

    expect(askedMetadata(world)).toEqual(FIRST_ROUND);
    expect(await world.client.versions()).toEqual([1, 1, 1, 1]);
  });

  it('test_invalid_initial_root: asks for nothing under a root without a version', async () => {
    const root = JSON.parse(new TextDecoder().decode(world.sim.rootBytes(1))) as { signed: Record<string, unknown> };
    delete root.signed['version'];
    await world.client.init(Buffer.from(JSON.stringify(root)));

    expect(await world.client.refresh()).toBe(1);
    expect(askedMetadata(world)).toEqual([]);
  });

  it('test_unsigned_initial_root: asks for nothing under a root that others signed', async () => {
    world.sim.signers['root'] = [simKey()];
    world.sim.publishRoot();
    await world.client.init(world.sim.rootBytes());

    expect(await world.client.refresh()).toBe(1);
    expect(askedMetadata(world)).toEqual([]);
  });

  it.each([
    ['root', [1, null, null, null]],
    ['timestamp', [2, null, null, null]],
    ['snapshot', [2, 2, null, null]],
    ['targets', [2, 2, 2, null]],
  ] as const)('test_unsigned_metadata[%s]: trusts only what comes before it', async (role, trusted) => {
    const first = world.sim.rootBytes(1);
    world.sim.signers[role] = [];
    world.sim.publishRoot();
    world.sim.publish();
    await world.client.init(first);

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.versions()).toEqual(trusted);
  });

  it.each([
    ['root', [1, null, null, null]],
    ['snapshot', [2, 2, null, null]],
    ['targets', [2, 2, 2, null]],
  ] as const)('test_url_and_metadata_version_mismatch[%s]: trusts only what comes before it', async (role, trusted) => {
    const first = world.sim.rootBytes(1);
    world.sim.edits.signed = (name, fields) => {
      if (name === role) fields['version'] = 3;
    };
    world.sim.publishRoot();
    world.sim.publish();
    await world.client.init(first);

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.versions()).toEqual(trusted);
  });

  it('test_timestamp_content_changes: keeps the timestamp that it has when another one has its version', async () => {
    await trust();
    await world.client.refresh();
    const before = await world.client.kept('timestamp');
    world.sim.versions.timestamp = 0;
    world.sim.edits.signed = (role, fields) => {
      if (role === 'timestamp') fields['meta'] = { 'snapshot.json': { version: 100 } };
    };
    world.sim.publishTimestamp();

    expect(await world.client.refresh()).toBe(0);
    expect(askedMetadata(world).at(-1)).toBe('timestamp.json');
    expect(await world.client.kept('timestamp')).toEqual(before);
  });

  it('test_basic_metadata_hash_support: takes right hashes, and refuses targets of another hash', async () => {
    world.sim.withHashes = true;
    world.sim.publish();
    await trust();
    expect(await world.client.refresh()).toBe(0);
    world.sim.edits.signed = (role, fields) => {
      if (role !== 'snapshot') return;
      const meta = fields['meta'] as Record<string, Record<string, unknown>>;
      Object.assign(meta['targets.json'] ?? {}, { hashes: { sha256: '4'.repeat(64) } });
    };
    world.sim.publish();

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.version('snapshot')).toBe(3);
    expect(await world.client.version('targets')).toBe(2);
  });

  it('test_metadata_bytes_match: keeps the bytes that came, blanks and all', async () => {
    const bytes = Buffer.concat([world.sim.files.get('timestamp.json') ?? Buffer.alloc(0), Buffer.from(' ')]);
    world.sim.files.set('timestamp.json', bytes);
    await trust();

    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.kept('timestamp')).toEqual(bytes);
  });

  it('test_custom_fields: takes fields that nobody knows, in root, key and role', async () => {
    await trust();
    await world.client.refresh();
    world.sim.roles.root.keys.push(simKey('ed25519', { 'extra-field': { a: 1, b: 2 } }));
    world.sim.edits.signed = (role, fields) => {
      if (role !== 'root') return;
      fields['custom-field'] = 'value';
      Object.assign((fields['roles'] as Record<string, object>)['root'] ?? {}, { 'another-field': 'value' });
    };
    world.sim.publishRoot();

    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.version('root')).toBe(2);
  });

  it('test_deprecated_keyid_hash_algorithms: the field of an older format changes nothing', async () => {
    await trust();
    world.sim.roles.snapshot.keys = [simKey('ed25519', { keyid_hash_algorithms: 'md5' })];
    world.sim.publishRoot();
    world.sim.publish();

    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.version('root')).toBe(2);
    expect(await world.client.version('snapshot')).toBe(2);
  });

  it('test_snapshot_404: keeps the newer timestamp and the older snapshot', async () => {
    await trust();
    await world.client.refresh();
    world.sim.versions.snapshot += 1;
    world.sim.publishTimestamp();

    expect(await world.client.refresh()).toBe(1);
    expect(askedMetadata(world).at(-1)).toBe('2.snapshot.json');
    expect(await world.client.versions()).toEqual([1, 2, 1, 1]);
  });

  it('test_targets_404: keeps the newer snapshot and the older targets', async () => {
    await trust();
    await world.client.refresh();
    world.sim.versions.targets += 1;
    world.sim.publishSnapshot();
    world.sim.publishTimestamp();

    expect(await world.client.refresh()).toBe(1);
    expect(askedMetadata(world).at(-1)).toBe('2.targets.json');
    expect(await world.client.versions()).toEqual([1, 2, 2, 1]);
  });

  it('test_timestamp_404: is no repository without a timestamp', async () => {
    await trust();
    await world.client.refresh();
    world.sim.files.delete('timestamp.json');

    expect(await world.client.refresh()).toBe(1);
    expect(askedMetadata(world).at(-1)).toBe('timestamp.json');
  });

  it('test_incorrect_metadata_type: takes no snapshot as a timestamp, though the right key signed it', async () => {
    await trust();
    const [key] = world.sim.roles.timestamp.keys;
    if (key !== undefined) world.sim.roles.snapshot.keys.push(key);
    world.sim.publishRoot();
    world.sim.edits.signed = (role, fields) => {
      if (role === 'snapshot') fields['meta'] = { 'snapshot.json': { version: 1 } };
    };
    world.sim.publishSnapshot();
    world.sim.files.set('timestamp.json', world.sim.files.get('2.snapshot.json') ?? Buffer.alloc(0));

    expect(await world.client.refresh()).toBe(1);
    expect(await world.client.versions()).toEqual([2, null, null, null]);
  });

  it('test_faketime: a root that has expired at the time of the client is refused', async () => {
    await trust();
    world.sim.expires['root'] = world.client.now + 7 * DAY;
    world.sim.publishRoot();
    expect(await world.client.refresh()).toBe(0);

    world.client.now += 8 * DAY;
    expect(await world.client.refresh()).toBe(1);
  });
});
