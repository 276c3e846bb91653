import { beforeEach, describe, expect, it } from 'vitest';
import { freshWorld } from './case-world.ts';

// The cases of test_file_download of the published TUF conformance suite, each under its own name, told and written in our words.

const world = freshWorld();
beforeEach(async () => {
  await world.client.init(world.sim.rootBytes(1));
});
const publish = (path: string, content: string): void => {
  world.sim.addTarget(path, Buffer.from(content));
  world.sim.publish();
};
/** What the repository serves now for every target, whatever the metadata says. */
const serve = (content: string): void => {
  for (const name of world.sim.targetFiles.keys()) world.sim.targetFiles.set(name, Buffer.from(content));
};
const askedTargets = (): number => world.client.asked.filter(([kind]) => kind === 'target').length;

describe('test_file_download', () => {
  it('test_client_downloads_expected_file: only when it is asked for', async () => {
    publish('target_file.txt', 'target file contents');

    expect(await world.client.refresh()).toBe(0);
    expect(await world.client.downloads()).toEqual([]);
    expect(await world.client.download('target_file.txt')).toBe(0);
    expect(await world.client.downloads()).toEqual(['target file contents']);
  });

  it('test_client_downloads_expected_file_in_sub_dir: a path with folders', async () => {
    publish('path/to/a/target_file.txt', 'target file contents');

    expect(await world.client.download('path/to/a/target_file.txt')).toBe(0);
    expect(await world.client.downloads()).toEqual(['target file contents']);
  });

  it('test_repository_substitutes_target_file: other bytes are taken neither first nor later', async () => {
    publish('a.txt', 'target file contents');
    publish('b.txt', 'content');
    expect(await world.client.download('a.txt')).toBe(0);
    serve('malicious data - should not download');

    await world.client.download('a.txt');
    expect(await world.client.downloads()).toEqual(['target file contents']);
    expect(await world.client.download('b.txt')).toBe(1);
    expect(await world.client.downloads()).toEqual(['target file contents']);
  });

  it('test_multiple_changes_to_target: each true change is taken, each false one is not', async () => {
    publish('a.txt', 'first');
    expect(await world.client.download('a.txt')).toBe(0);
    const expected = new Map([['a.txt', 'first']]);
    for (let round = 0; round <= 10; round += 1) {
      world.sim.addTarget('a.txt', Buffer.from(`changed ${String(round)}`));
      publish(`new-${String(round)}.txt`, `new ${String(round)}`);
      if (round % 5 !== 0) continue;
      expect(await world.client.download('a.txt')).toBe(0);
      expect(await world.client.download(`new-${String(round)}.txt`)).toBe(0);
      expected.set('a.txt', `changed ${String(round)}`).set(`new-${String(round)}.txt`, `new ${String(round)}`);
      serve(`malicious ${String(round)}`);
      world.sim.publish();
      await world.client.download('a.txt');
      expect((await world.client.downloads()).sort()).toEqual([...expected.values()].sort());
    }
  });

  it.each([[['sha256'] as const], [['sha512'] as const], [['sha256', 'sha512'] as const]])(
    'test_download_with_hash_algorithms[%s]: every hash that is named is checked',
    async (algorithms) => {
      world.sim.addTarget('a.txt', Buffer.from('content'), world.sim.targets, algorithms);
      world.sim.publish();

      expect(await world.client.download('a.txt')).toBe(0);
      expect(askedTargets()).toBe(1);
      expect(await world.client.downloads()).toEqual(['content']);
    },
  );

  it('test_download_with_unknown_hash_algorithm: what cannot be checked is not taken', async () => {
    world.sim.addTarget('a.txt', Buffer.from('content'), world.sim.targets, ['sha512']);
    const target = world.sim.targets['a.txt'];
    const { sha512 = '' } = (target?.['hashes'] ?? {}) as Record<string, string>;
    if (target !== undefined) target['hashes'] = { 'unknown-hash': sha512 };
    world.sim.publish();

    expect(await world.client.download('a.txt')).toBe(1);
    expect(await world.client.downloads()).toEqual([]);
  });

  it('test_artifact_cache: what is there and right is not fetched again', async () => {
    publish('a.txt', 'content');
    expect(await world.client.download('a.txt')).toBe(0);
    expect(await world.client.download('a.txt')).toBe(0);

    expect(askedTargets()).toBe(1);
  });
});
