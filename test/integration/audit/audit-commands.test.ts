import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuditTrail } from '#cli/audit-trail.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair } from '#native/keys/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';

const GANTRY = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const RECORDS = 60;

let work: string;
let site: string;
let out: string;

interface Answer {
  readonly status: number | null;
  readonly text: string;
  json(): unknown;
}

function gantry(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [GANTRY, ...args], { encoding: 'utf8' });
  return { status, text: stdout + stderr, json: () => JSON.parse(stdout) as unknown };
}

/** A copy of the export with one file changed. */
async function altered(name: string, change: (text: string) => string): Promise<string> {
  const folder = await mkdtemp(join(work, 'altered-'));
  for (const file of await readdir(out)) await copyFile(join(out, file), join(folder, file));
  await writeFile(join(folder, name), change(await readFile(join(folder, name), 'utf8')));
  return folder;
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-audit-'));
  site = join(work, 'site');
  out = join(work, 'export');
});
afterAll(async () => {
  await rm(work, { recursive: true });
});

describe('gantry init', () => {
  it('creates a site whose keys only its owner can open, and says where the passphrase is', async () => {
    const answer = gantry('init', '--site', site, '--name', 'Plant North', '--admin', 'Eva Field', '--json');

    expect(answer.status).toBe(0);
    expect(answer.json()).toMatchObject({
      name: 'Plant North',
      administrator: { name: 'Eva Field', role: 'admin' },
      passphraseFile: join(site, 'keys', 'passphrase'),
    });
    for (const name of ['passphrase', 'site.key.pem', 'audit.key.pem'])
      expect((await stat(join(site, 'keys', name))).mode & 0o077).toBe(0);
    expect(await readFile(join(site, 'keys', 'audit.key.pem'), 'utf8')).toContain('ENCRYPTED');
  });

  it('refuses a folder that holds a site, and leaves it as it is', async () => {
    const before = await readFile(join(site, 'site.json'), 'utf8');

    const answer = gantry('init', '--site', site, '--name', 'Another');

    expect(answer.status).toBe(2);
    expect(answer.text).toContain('SITE_EXISTS');
    expect(await readFile(join(site, 'site.json'), 'utf8')).toBe(before);
  });

  it('keeps a passphrase that was given out of the site folder', async () => {
    const file = join(work, 'passphrase.txt');
    await writeFile(file, 'correct horse battery staple\n');

    const answer = gantry(
      'init',
      '--site',
      join(work, 'guarded'),
      '--name',
      'Guarded',
      '--passphrase-file',
      file,
      '--json',
    );

    expect(answer.json()).toMatchObject({ passphraseFile: null });
    expect(await readdir(join(work, 'guarded', 'keys'))).not.toContain('passphrase');
    expect(gantry('audit', 'export', '--site', join(work, 'guarded'), '--out', join(work, 'none')).text).toContain(
      'SITE_KEY_UNAVAILABLE',
    );
  });
});

describe('gantry audit', () => {
  beforeAll(() => {
    const store = openStationStore({
      path: join(site, 'station.db'),
      clock: systemClock,
      ids: randomIds(systemClock),
      hasher: nodeHasher,
    });
    for (let n = 1; n < RECORDS; n += 1) {
      store.events.append({
        actor: { kind: 'person', id: 'eva', name: 'Eva "hash":"sha256: Field' },
        stream: 'rollout',
        type: 'rollout.started',
        subject: `r${String(n)}`,
        ticket: 'CHG-1',
        payload: { step: n, note: 'ä\u2028€', ratio: 0.1 + n },
      });
    }
    store.close();
  });

  it('exports every record and verifies it with the public key alone', () => {
    const exported = gantry('audit', 'export', '--site', site, '--out', out, '--json');
    expect(exported.json()).toMatchObject({ entries: RECORDS });

    const verified = gantry('audit', 'verify', out, '--key', join(site, 'keys', 'audit.pub.pem'), '--json');

    expect(verified.status).toBe(0);
    expect(verified.json()).toMatchObject({ verified: true, entries: RECORDS, problem: null });
  });

  it('records the export itself', async () => {
    const trail = await openAuditTrail(site, { clock: systemClock, ids: randomIds(systemClock), env: {} });

    expect(trail.records().at(-1)).toMatchObject({ type: 'audit.exported', payload: { entries: RECORDS } });
    trail.close();
  });

  it('does not write over an export', () => {
    expect(gantry('audit', 'export', '--site', site, '--out', out)).toMatchObject({ status: 2 });
  });

  it.each([
    ['a changed word', 'records.jsonl', (text: string) => text.replace('CHG-1', 'CHG-2')],
    ['a removed record', 'records.jsonl', (text: string) => text.split('\n').toSpliced(7, 1).join('\n')],
    ['a cut end', 'records.jsonl', (text: string) => text.split('\n').slice(0, -3).join('\n') + '\n'],
    ['a changed count', 'checkpoint.txt', (text: string) => text.replace(/^60$/m, '59')],
    ['a changed table', 'records.csv', (text: string) => text.replace('CHG-1', 'CHG-2')],
  ])('refuses %s with exit code 3', async (_, name, change) => {
    const answer = gantry('audit', 'verify', await altered(name, change), '--key', join(site, 'keys', 'audit.pub.pem'));

    expect(answer.status).toBe(3);
    expect(answer.text).toContain('REFUSED');
  });

  it('refuses the key of another site, and a file that is no key', async () => {
    const other = join(work, 'other.pub.pem');
    await writeFile(other, createKeyPair('ed25519').publicKeyPem);
    const noKey = join(work, 'no-key.pem');
    await writeFile(noKey, 'text');

    expect(gantry('audit', 'verify', out, '--key', other).status).toBe(3);
    expect(gantry('audit', 'verify', out, '--key', noKey)).toMatchObject({ status: 2 });
    expect(gantry('audit', 'verify', join(work, 'nowhere'), '--key', other).text).toContain('AUDIT_EXPORT_INVALID');
  });
});

/** The fenced commands of VERIFY.txt, as a person would copy them. */
async function commandsOf(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'VERIFY.txt'), 'utf8');
  const begin = text.indexOf('openssl pkey');
  const lines = text.slice(begin, text.indexOf('Step 2 prints')).split('\n');
  const isProse = (line: string): boolean => /^[23]\. /.test(line) || /^ {3}[a-z"(]/.test(line);
  return ['set -e', `cd '${folder}'`, ...lines.filter((line) => !isProse(line))].join('\n');
}

const hasTools = ['openssl', 'python3', 'sed', 'awk', 'base64', 'sha256sum'].every(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
);

describe.skipIf(!hasTools)(
  `VERIFY.txt${hasTools ? '' : ' (skipped: openssl, python3 or coreutils are not here)'}`,
  () => {
    it('verifies the export with OpenSSL and Python, without this program', async () => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', await commandsOf(out)], { encoding: 'utf8' });

      expect(stderr).toBe('');
      expect(stdout).toContain('Signature Verified Successfully');
      expect(stdout).toContain(`${String(RECORDS)} records, chain and root are whole`);
      expect(status).toBe(0);
    });

    it.each([
      ['a changed word', 'records.jsonl', (text: string) => text.replace('CHG-1', 'CHG-2')],
      ['a cut end', 'records.jsonl', (text: string) => text.split('\n').slice(0, -3).join('\n') + '\n'],
      [
        'a changed root',
        'checkpoint.txt',
        (text: string) => text.replace(/^([A-Za-z0-9+/]{43}=)$/m, `${'A'.repeat(43)}=`),
      ],
    ])('finds %s', async (_, name, change) => {
      expect(spawnSync('sh', ['-c', await commandsOf(await altered(name, change))]).status).not.toBe(0);
    });
  },
);
