import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStation } from '#cli/compose.ts';
import { gantry, giveFreePorts } from './gantry.ts';

let work: string;
let site: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-exit-'));
  site = join(work, 'site');
  expect((await gantry('init', '--site', site, '--name', 'Plant')).status).toBe(0);
  await giveFreePorts(site);
});
afterAll(() => rm(work, { recursive: true }));

describe('the exit code', () => {
  it.each([
    ['an unknown verb', ['teleport']],
    ['an unknown option', ['verify', '.', '--polcy', 'x']],
    ['a missing option', ['trust', 'add-key', '--site', 'nowhere']],
    ['a number that is none', ['agent', 'run', '--dir', 'nowhere', '--port', 'x']],
    ['a folder without a site', ['trust', 'show', '--site', 'nowhere']],
  ])('is 2 for %s, with one JSON document when that was asked for', async (_, args) => {
    const ran = await gantry(...args, '--json');

    expect(ran.status).toBe(2);
    expect(ran.json()['error']).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) as string });
    expect(ran.err).not.toBe('');
  });

  it('is 2 for a site that exists already, which stays as it is', async () => {
    const before = await readFile(join(site, 'site.json'), 'utf8');

    const ran = await gantry('init', '--site', site, '--name', 'Other', '--json');

    expect(ran.status).toBe(2);
    expect(ran.json()['error']).toMatchObject({ code: 'SITE_EXISTS' });
    expect(await readFile(join(site, 'site.json'), 'utf8')).toBe(before);
  });

  it('is 2 for a private key in the place of a public one', async () => {
    await gantry('keys', 'create', '--out', join(work, 'keys'), '--no-passphrase');
    const key = join(work, 'keys', 'plant.key.pem');

    const ran = await gantry('trust', 'add-key', '--site', site, '--name', 'K', '--channel', 'staging', '--key', key);

    expect(ran.status).toBe(2);
    expect(ran.err).toContain('KEY_FILE_INVALID');
    expect(await readFile(join(site, 'station.db'), 'latin1')).not.toContain('PRIVATE KEY');
  });

  it('is 4 while a station runs on the site, and says what to do', async () => {
    const station = await openStation({ siteDir: site }, { env: {} });
    try {
      const ran = await gantry('trust', 'show', '--site', site, '--json');

      expect(ran.status).toBe(4);
      expect(ran.json()['error']).toMatchObject({ code: 'SITE_LOCKED' });
      expect(ran.err).toContain('Use the screens of the station that runs, or stop it');
    } finally {
      await station.close();
    }
  });

  it('is 4 when the passphrase of the site cannot be had', async () => {
    const passphraseFile = join(work, 'secret');
    await writeFile(passphraseFile, 'correct horse battery staple\n');
    const guarded = join(work, 'guarded');
    await gantry('init', '--site', guarded, '--name', 'Guarded', '--passphrase-file', passphraseFile);

    expect((await gantry('trust', 'show', '--site', guarded)).status).toBe(4);
  });
});

describe('gantry trust', () => {
  it('says of a fresh site that it refuses every bundle, and what is missing', async () => {
    const ran = await gantry('trust', 'show', '--site', site, '--json');

    const missing = ['no key is trusted for it', 'no builder is named', 'no source is named'];
    expect(ran.json()).toMatchObject({ keys: [], refusesEverything: { production: missing, staging: missing } });
    expect((await gantry('trust', 'show', '--site', site)).out).toContain('gantry trust add-key');
  });

  it('changes only what is named, and raises the version of the policy', async () => {
    const policy = ['trust', 'policy', '--site', site, '--channel', 'staging', '--json'];
    await gantry(...policy, '--builder', 'https://b/1', 'https://b/2', '--no-require-sbom');

    const ran = await gantry(...policy, '--source', 'git+https://s', '--max-age-days', '30');

    expect(ran.json()['policy']).toMatchObject({
      version: 3,
      channels: {
        staging: {
          builders: ['https://b/1', 'https://b/2'],
          sources: ['git+https://s'],
          requireSbom: false,
          maxAgeDays: 30,
        },
        production: { builders: [], requireSbom: true, maxAgeDays: null },
      },
    });
    expect((await gantry(...policy)).status).toBe(2);
  });
});

describe('gantry doctor', () => {
  it('says what this machine has, and that the runtime computes', async () => {
    const ran = await gantry('doctor', '--site', work, '--json');

    const checks = ran.json()['checks'] as { id: string; state: string; found: string }[];
    expect(checks.map((check) => check.id)).toEqual(expect.arrayContaining(['node', 'onnxruntime', 'clock', 'disk']));
    expect(checks.find((check) => check.id === 'onnxruntime')).toMatchObject({ state: 'good' });
    expect(ran.status).toBe(checks.some((check) => check.state === 'bad') ? 4 : 0);
  });
});
