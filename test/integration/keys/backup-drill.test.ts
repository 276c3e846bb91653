import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStation } from '#cli/compose.ts';
import type { EnrolmentResponse } from '#contracts/device.ts';
import { NO_FLOORS } from '#core/trust/index.ts';
import type { StationHost } from '#electron/station-host/compose.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { createDeviceRequest } from '../../support/device-request.ts';
import { gantry, giveFreePorts } from '../cli/gantry.ts';

const BIN = join(import.meta.dirname, '../../../cli/bin.mjs');
const PASSPHRASE = 'canary backup passphrase';
const hasAge = spawnSync('age', ['--version']).status === 0;

interface Gateway {
  readonly key: string;
  readonly pinned: EnrolmentResponse;
}

const SEQUENCES = { 'production/line4/solder': 7 };

let work: string;
let site: string;
let passphraseFile: string;
let good: Gateway;
let revokedBefore: Gateway;
let revokedAfter: Gateway;
let list: string;

const at = (...names: string[]): string => join(work, ...names);
const listening = (dir: string): Promise<StationHost> => openStation({ siteDir: dir, devices: 'open' }, { env: {} });

async function enrol(station: StationHost, name: string): Promise<Gateway> {
  const { services, person } = station;
  const code = services.fleet.createCode(
    { name, line: 'line-1', cell: 'cell-1', redundancyGroup: null, safety: false, validMinutes: 60 },
    person,
  );
  const { privateKeyPem, csrPem } = await createDeviceRequest(name);
  const wish = { v: 1, code: code.code, csrPem, hostname: name, agentVersion: '1' } as const;
  return { key: privateKeyPem, pinned: await services.fleet.enrol(wish) };
}

/** What the gateway meets when it goes to the station with what it pinned at enrolment. */
function visit({ key, pinned }: Gateway): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { ca: pinned.caPem, cert: pinned.certificatePem, key, agent: false };
    const asked = request(`${pinned.deviceUrl}/v2/`, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    asked.end();
  });
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-backup-'));
  site = at('site');
  passphraseFile = at('backup-passphrase');
  await writeFile(passphraseFile, `${PASSPHRASE}\n`);
  expect((await gantry('init', '--site', site, '--name', 'Plant 7')).status).toBe(0);
  await giveFreePorts(site);
  await mkdir(join(site, 'trust'));
  await writeFile(join(site, 'trust', 'floors.json'), JSON.stringify({ ...NO_FLOORS, sequences: SEQUENCES }));
  const station = await listening(site);
  try {
    good = await enrol(station, 'good');
    revokedBefore = await enrol(station, 'before');
    revokedAfter = await enrol(station, 'after');
    await station.services.fleet.revoke(revokedBefore.pinned.device, 'stolen', station.person);
    expect(await visit(good)).toBe(200);
    const sealed = await station.services.keys.backup({ passphrase: PASSPHRASE }, station.person);
    await writeFile(at('backup.age'), Buffer.from(sealed.content, 'base64'));
    await station.services.fleet.revoke(revokedAfter.pinned.device, 'stolen later', station.person);
  } finally {
    await station.close();
  }
  list = join(site, 'keys', 'site-ca.crl.pem');
}, 60_000);
afterAll(() => rm(work, { recursive: true }));

describe('a site that is restored from its backup', () => {
  it('has the same keys, is trusted by the gateways that pinned it, and takes back no withdrawal', async () => {
    const dir = at('restored');
    const ran = await gantry(
      ...['keys', 'restore', at('backup.age'), '--site', dir, '--passphrase-file', passphraseFile],
      ...['--revocations', list, '--json'],
    );
    expect(ran.json()).toMatchObject({ devices: 3, revoked: 2 });

    const station = await listening(dir);
    try {
      expect(await visit(good)).toBe(200);
      expect(await visit(revokedBefore)).not.toBe(200);
      expect(await visit(revokedAfter)).not.toBe(200);
      const later = await enrol(station, 'later');
      expect(await visit(later)).toBe(200);
      expect(later.pinned.siteKeyPem).toBe(good.pinned.siteKeyPem);
      expect(later.pinned.caPem).toBe(good.pinned.caPem);
      const serials = [good, revokedBefore, revokedAfter, later].map(({ pinned }) => pinned.certificatePem);
      expect(new Set(serials).size).toBe(4);
      const records = station.services.audit.list({ limit: 1000, type: 'site.restored' });
      expect(records[0]?.payload['before']).toMatchObject({ seq: expect.any(Number) as number });
      expect(station.services.audit.list({ limit: 1000, type: 'trust.stores-differ' })).toEqual([]);
    } finally {
      await station.close();
    }
  }, 60_000);

  it('goes below none of the floors of the backup, in both of its stores', async () => {
    const floors = JSON.parse(await readFile(at('restored', 'trust', 'floors.json'), 'utf8')) as unknown;
    expect(floors).toMatchObject({ sequences: SEQUENCES });

    await rm(at('restored', 'trust'), { recursive: true });
    const station = await listening(at('restored'));
    await station.close();

    expect(JSON.parse(await readFile(at('restored', 'trust', 'floors.json'), 'utf8'))).toMatchObject({
      sequences: SEQUENCES,
    });
  }, 60_000);

  it('replaces no key and no database that stands, and writes nothing beside it', async () => {
    const restore = (dir: string) =>
      gantry('keys', 'restore', at('backup.age'), '--site', at(dir), '--passphrase-file', passphraseFile, '--json');
    await mkdir(at('foreign', 'keys'), { recursive: true });
    await writeFile(at('foreign', 'keys', 'site.key.pem'), 'of somebody');
    await cp(site, at('taken-apart'), { recursive: true });
    for (const name of ['site.json', 'network.json', 'keys']) await rm(at('taken-apart', name), { recursive: true });

    expect((await restore('foreign')).json()['error']).toMatchObject({ code: 'KEY_FILE_EXISTS' });
    expect((await restore('taken-apart')).json()['error']).toMatchObject({ code: 'SITE_EXISTS' });

    expect(await readdir(at('foreign', 'keys'))).toEqual(['site.key.pem']);
    expect(await readFile(at('foreign', 'keys', 'site.key.pem'), 'utf8')).toBe('of somebody');
    await expect(stat(at('taken-apart', 'site.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);

  it('keeps its secrets readable by its owner only', async () => {
    const keys = at('restored', 'keys');
    for (const name of await readdir(keys))
      if (/\.key\.pem$|^passphrase$/.test(name)) expect((await stat(join(keys, name))).mode & 0o077, name).toBe(0);
    expect((await stat(keys)).mode & 0o077).toBe(0);
  });

  it('is refused where a site is already, and with a wrong passphrase, a cut file, or an old revocation list', async () => {
    const restore = (file: string, dir: string, ...more: string[]) =>
      gantry('keys', 'restore', file, '--site', at(dir), '--passphrase-file', passphraseFile, '--json', ...more);
    const codeOf = async (ran: ReturnType<typeof gantry>) => ((await ran).json()['error'] as { code: string }).code;
    const bytes = await readFile(at('backup.age'));
    await writeFile(at('cut.age'), bytes.subarray(0, bytes.length - 100));
    await writeFile(at('wrong'), 'another passphrase\n');
    await writeFile(at('bad.crl.pem'), 'nothing');

    expect(await codeOf(restore(at('backup.age'), 'site'))).toBe('SITE_EXISTS');
    expect(await codeOf(restore(at('cut.age'), 'x'))).toBe('AGE_TRUNCATED');
    expect(await codeOf(restore(at('backup.age'), 'x', '--revocations', at('bad.crl.pem')))).toBe(
      'REVOCATION_LIST_INVALID',
    );
    const wrong = gantry(
      ...['keys', 'restore', at('backup.age'), '--site', at('y'), '--passphrase-file', at('wrong'), '--json'],
    );
    expect(await codeOf(wrong)).toBe('AGE_PASSPHRASE_WRONG');
    await expect(stat(at('y'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(at('x', 'site.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  }, 60_000);
});

describe('a site that is made where GANTRY_PASSPHRASE_FILE is set', () => {
  it('is protected by it and opens with it', async () => {
    const env = { ...process.env, GANTRY_PASSPHRASE_FILE: passphraseFile };
    const run = (...args: string[]) => spawnSync(process.execPath, [BIN, ...args], { env, encoding: 'utf8' });

    expect(run('init', '--site', at('own'), '--name', 'Own', '--json').stderr).toBe('');

    await expect(stat(at('own', 'keys', 'passphrase'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(run('keys', 'list', '--site', at('own'), '--json')).toMatchObject({ status: 0 });
  }, 60_000);
});

describe('gantry keys backup', () => {
  it('writes a new file that only its readers open, and never replaces one', async () => {
    const to = at('second.age');
    const args = ['keys', 'backup', '--site', site, '--to', to, '--passphrase-file', passphraseFile, '--json'];

    expect((await gantry(...args)).json()).toMatchObject({ verified: true, devices: 3 });
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    expect((await gantry(...args)).json()['error']).toMatchObject({ code: 'KEY_FILE_EXISTS' });
    expect((await readFile(to)).includes('PRIVATE KEY')).toBe(false);
  }, 60_000);

  it.skipIf(!hasAge)(
    'is opened by the age of Debian with the identity of a recipient',
    async () => {
      execFileSync('age-keygen', ['-o', at('hq')], { stdio: 'ignore' });
      const recipient = execFileSync('age-keygen', ['-y', at('hq')], { encoding: 'utf8' }).trim();
      const to = at('hq.age');
      expect((await gantry('keys', 'backup', '--site', site, '--to', to, '--recipient', recipient)).status).toBe(0);

      const opened = JSON.parse(execFileSync('age', ['-d', '-i', at('hq'), to], { encoding: 'utf8' })) as {
        kind: string;
        files: { path: string }[];
      };

      expect(opened.kind).toBe('gantry-site-backup');
      expect(opened.files.map(({ path }) => path)).toContain('keys/site-ca.key.pem');
      const dir = at('from-hq');
      expect((await gantry('keys', 'restore', to, '--site', dir, '--identity', at('hq'))).status).toBe(0);
      const key = await readFile(join(dir, 'keys', 'site.pub.pem'), 'utf8');
      expect(nodeSignatureVerifier.keyIdOf(key)).toBe(nodeSignatureVerifier.keyIdOf(good.pinned.siteKeyPem));
    },
    60_000,
  );

  it('never lies on a disk in plain text, not even for a moment that leaves a file', async () => {
    const entries = await readdir(work, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

    expect(files.length).toBeGreaterThan(30);
    for (const path of files) expect((await readFile(path)).includes('"gantry-site-backup"'), path).toBe(false);
  });

  it('leaves no secret in the logs of the site', async () => {
    const logs = join(site, 'logs');
    for (const name of await readdir(logs)) {
      const text = await readFile(join(logs, name), 'utf8');
      expect(text).not.toContain(PASSPHRASE);
      expect(text).not.toMatch(/PRIVATE KEY|AGE-SECRET-KEY/);
    }
  });
});
