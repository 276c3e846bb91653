import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gantry } from '../cli/gantry.ts';
import { TufSimulator } from '../../support/tuf-simulator.ts';

let dir: string;
let sim: TufSimulator;
let server: Server;
let base: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-tuf-'));
  sim = new TufSimulator();
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const raw = (request.url ?? '').replace('/metadata/', '');
    const bytes = path.startsWith('/metadata/')
      ? (sim.files.get(raw) ?? sim.files.get(decodeURIComponent(raw)))
      : sim.targetFiles.get(path.replace('/targets/', ''));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  await writeFile(join(dir, 'first.json'), sim.rootBytes(1));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true });
});

const metadataDir = (): string => join(dir, 'metadata');
const tuf = (...args: string[]): ReturnType<typeof gantry> => gantry('tuf', '--metadata-dir', metadataDir(), ...args);
const refresh = (): ReturnType<typeof gantry> => tuf('--metadata-url', `${base}/metadata`, 'refresh');
const download = (...names: string[]): ReturnType<typeof gantry> =>
  tuf(
    ...['--metadata-url', `${base}/metadata`, 'download'],
    ...names.flatMap((name) => ['--target-name', name]),
    ...['--target-base-url', `${base}/targets`, '--target-dir', join(dir, 'targets')],
  );

describe('gantry tuf', () => {
  it('trusts a root, refreshes, and keeps each file as it came', async () => {
    expect((await tuf('init', join(dir, 'first.json'))).status).toBe(0);
    expect((await refresh()).status).toBe(0);

    expect((await readdir(metadataDir())).sort()).toEqual([
      'root.json',
      'snapshot.json',
      'targets.json',
      'timestamp.json',
    ]);
    expect(await readFile(join(metadataDir(), 'timestamp.json'))).toEqual(sim.files.get('timestamp.json'));
  });

  it('ends with 1 for what is refused, as the protocol says, and keeps what it had', async () => {
    await tuf('init', join(dir, 'first.json'));
    sim.publish();
    await refresh();
    sim.versions.timestamp = 0;
    sim.publishTimestamp();

    const refused = await refresh();

    expect(refused.status).toBe(1);
    expect(refused.err).toContain('TUF_ROLLED_BACK');
    expect(await readFile(join(metadataDir(), 'timestamp.json'), 'utf8')).toContain('"version": 2');
  });

  it('refuses a first root that nobody signed', async () => {
    sim.signers['root'] = [];
    sim.publishRoot();
    await writeFile(join(dir, 'unsigned.json'), sim.rootBytes());

    expect((await tuf('init', join(dir, 'unsigned.json'))).status).toBe(1);
    expect((await refresh()).status).not.toBe(0);
  });

  it('downloads a target, and does not fetch again what is there and right', async () => {
    sim.addTarget('models/trusted_root.json', Buffer.from('{"a":1}'));
    sim.publish();
    await tuf('init', join(dir, 'first.json'));
    expect((await download('models/trusted_root.json')).status).toBe(0);
    const path = join(dir, 'targets', encodeURIComponent('models/trusted_root.json'));
    expect(await readFile(path, 'utf8')).toBe('{"a":1}');
    const { mtimeMs } = await stat(path);
    sim.targetFiles.clear();

    expect((await download('models/trusted_root.json')).status).toBe(0);

    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
  });

  it.each([
    [
      'has other bytes',
      'TUF_CONTENT_MISMATCH',
      () => {
        const [name] = sim.targetFiles.keys();
        sim.targetFiles.set(name ?? '', Buffer.from('forged!'));
      },
    ],
    [
      'is longer than it may be',
      'INPUT_TOO_LARGE',
      () => {
        const [name] = sim.targetFiles.keys();
        sim.targetFiles.set(name ?? '', Buffer.from('genuine and more'));
      },
    ],
    [
      'is not there',
      'TUF_FILE_MISSING',
      () => {
        sim.targetFiles.clear();
      },
    ],
  ])('refuses a target that %s', async (_name, code, spoil) => {
    sim.addTarget('file.txt', Buffer.from('genuine'));
    sim.publish();
    await tuf('init', join(dir, 'first.json'));
    spoil();

    const refused = await download('file.txt');

    expect(refused.status).not.toBe(0);
    expect(refused.err).toContain(code);
    expect(await readdir(join(dir, 'targets')).catch(() => [])).toEqual([]);
  });

  it.each(['?', '#', '../role', 'a b', 'ü'])(
    'finds a target of the delegated role "%s" and stays in its folder',
    async (name) => {
      const targets = {};
      sim.addTarget('deep/file.txt', Buffer.from('delegated'), targets);
      sim.delegate({ name, paths: ['deep/*'], terminating: false }, targets);
      sim.publish();
      await tuf('init', join(dir, 'first.json'));

      expect((await download('deep/file.txt')).status).toBe(0);

      expect(await readdir(metadataDir())).toContain(`${encodeURIComponent(name)}.json`);
      expect(await readdir(dir)).toEqual(['first.json', 'metadata', 'targets']);
    },
  );

  it('stops the search at a terminating delegation', async () => {
    const targets = {};
    sim.addTarget('deep/file.txt', Buffer.from('second'), targets);
    sim.delegate({ name: 'first', paths: ['deep/*'], terminating: true }, {});
    sim.delegate({ name: 'second', paths: ['deep/*'], terminating: false }, targets);
    sim.publish();
    await tuf('init', join(dir, 'first.json'));

    expect((await download('deep/file.txt')).err).toContain('TUF_FILE_MISSING');
  });

  it('takes the options of a download before the verb, as the suite writes them', async () => {
    sim.addTarget('file.txt', Buffer.from('genuine'));
    sim.publish();
    await tuf('init', join(dir, 'first.json'));

    const ran = await tuf(
      ...['--metadata-url', `${base}/metadata`, '--target-name', 'file.txt'],
      ...['--target-dir', join(dir, 'targets'), '--target-base-url', `${base}/targets`, 'download'],
    );

    expect(ran.status).toBe(0);
    expect(await readdir(join(dir, 'targets'))).toEqual(['file.txt']);
  });

  it('says how it is used', async () => {
    await tuf('init', join(dir, 'first.json'));

    expect((await tuf('refresh')).status).toBe(2);
    expect((await tuf('init', join(dir, 'absent.json'))).status).toBe(1);
  });
});
