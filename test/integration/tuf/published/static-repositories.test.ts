import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';
import { draftRoot, publishTargets, signRoot } from '#native/tuf/index.ts';
import { DAY, freshWorld } from './case-world.ts';

// test_static_repositories of the published suite reads two repositories of third parties, whose files are not kept here. What they are
// for (metadata that another program wrote, with other keys and another layout) is tested on a repository of our own author command.

const world = freshWorld();

async function readAll(dir: string): Promise<Map<string, Uint8Array>> {
  const names = await readdir(dir);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const)));
}

describe('test_static_repositories', () => {
  it.each(['ecdsa-p256', 'ed25519'] as const)(
    'test_static_repository[written by another program, %s]: is refreshed and downloaded from',
    async (type) => {
      const dir = await mkdtemp(join(tmpdir(), 'gantry-static-'));
      try {
        const [root, online] = [createKeyPair(type), createKeyPair(type)];
        const expires = world.client.now + 30 * DAY;
        const named = (pair: typeof root) => ({ publicKeyPem: pair.publicKeyPem, algorithm: type });
        await draftRoot(dir, { rootKeys: [named(root)], threshold: 1, signer: named(online), expires });
        await signRoot(dir, signingKeyFromPem(root.privateKeyPem));
        const targets = new Map([['docs/trusted_root.json', Buffer.from('{}')]]);
        await publishTargets(dir, { targets, key: signingKeyFromPem(online.privateKeyPem), expires });
        world.sim.files.clear();
        for (const [name, bytes] of await readAll(join(dir, 'metadata'))) world.sim.files.set(name, bytes);
        for (const [name, bytes] of await readAll(join(dir, 'targets', 'docs')))
          world.sim.targetFiles.set(`docs/${name}`, bytes);

        expect(await world.client.init(world.sim.rootBytes(1))).toBe(0);
        expect(await world.client.refresh()).toBe(0);
        expect(await world.client.download('docs/trusted_root.json')).toBe(0);
        expect(await world.client.downloads()).toEqual(['{}']);
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  );
});
