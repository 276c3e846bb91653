import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyText } from '#native/keys/index.ts';
import { gantry, giveFreePorts } from '../cli/gantry.ts';

let work: string;
const at = (...parts: string[]): string => join(work, ...parts);

/** Runs a command that must work, and gives its JSON document. */
async function done(...args: string[]): Promise<Record<string, unknown>> {
  const ran = await gantry(...args, '--json');
  if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.err}`);
  return ran.json();
}
const onSite = (...args: string[]): Promise<Record<string, unknown>> => done('trust', ...args, '--site', at('site'));
const sign = (name: string): Promise<Record<string, unknown>> =>
  done('trust', 'repo', 'sign', at('repo'), '--key', privateOf[name] ?? '', '--no-passphrase');
const root = (threshold: string, ...names: string[]): Promise<Record<string, unknown>> =>
  done(
    'trust',
    'repo',
    'root',
    at('repo'),
    '--root-key',
    ...names.map((name) => publicOf[name] ?? ''),
    '--threshold',
    threshold,
    '--signer',
    publicOf['online'] ?? '',
  );
const publish = (...args: string[]): Promise<Record<string, unknown>> =>
  done('trust', 'repo', 'publish', at('repo'), '--key', privateOf['online'] ?? '', '--no-passphrase', ...args);
async function toStick(name: string): Promise<string> {
  await mkdir(at(name, 'gantry'), { recursive: true });
  await cp(at('repo'), at(name, 'gantry', 'trust'), { recursive: true });
  return at(name);
}

const privateOf: Record<string, string> = {};
const publicOf: Record<string, string> = {};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-author-'));
  for (const name of ['ann', 'bob', 'cara', 'online', 'publisher']) {
    const made = await done(
      'keys',
      'create',
      '--out',
      at('keys', name),
      '--no-passphrase',
      '--type',
      name === 'bob' ? 'ed25519' : 'ecdsa-p256',
    );
    privateOf[name] = String(made['privateKey']);
    publicOf[name] = String(made['publicKey']);
  }
  await done('init', '--site', at('site'), '--name', 'Plant');
  await giveFreePorts(at('site'));
}, 60_000);
afterAll(() => rm(work, { recursive: true }));

describe('a trust repository of a headquarters', () => {
  it('goes from keyholders over a stick into a site, is rotated, and an older stick is refused', async () => {
    await root('2', 'ann', 'bob', 'cara');
    expect(await sign('ann')).toMatchObject({ signatures: 1, isPublished: false });
    expect(await sign('bob')).toMatchObject({ signatures: 2, isPublished: true, version: 1 });
    const publicKeyPem = await readKeyText(publicOf['publisher'] ?? '');
    const plantKeys = { v: 1, keys: [{ name: 'vision team', publicKeyPem, channels: ['production'] }] };
    await writeFile(at('plant-keys.json'), JSON.stringify(plantKeys));
    await publish('--plant-keys', at('plant-keys.json'));
    const first = await toStick('stick-1');

    const shown = (await onSite('init-root', first))['root'] as { fingerprint: string };
    await onSite('init-root', first, '--fingerprint', shown.fingerprint);
    expect((await onSite('update', first, '--dry-run'))['written']).toBe(false);
    expect(await onSite('update', first)).toMatchObject({
      written: true,
      preview: { addedKeys: [{ name: 'vision team' }] },
    });

    await root('2', 'ann', 'cara');
    await sign('cara');
    expect(await sign('ann')).toMatchObject({ isPublished: true, version: 2 });
    await writeFile(at('plant-keys.json'), JSON.stringify({ v: 1, keys: [] }));
    await publish('--plant-keys', at('plant-keys.json'));
    expect(await onSite('update', await toStick('stick-2'))).toMatchObject({
      preview: { from: { root: 1 }, root: { version: 2 }, removedKeys: [{ name: 'vision team' }] },
    });
    expect(await onSite('show')).toMatchObject({ keys: [] });

    const refused = await gantry('trust', 'update', first, '--site', at('site'), '--json');
    expect(refused.status).toBe(3);
    expect(refused.json()['error']).toMatchObject({ code: 'TUF_ROLLED_BACK' });
  }, 60_000);
});
