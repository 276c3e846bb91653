import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSiteFolder } from '#native/site-folder/index.ts';
import { OLGA } from '#test/support/fleet-rig.ts';

const CLI = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');

let dir: string;
let children: ChildProcess[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-cli-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly exit: Promise<number | null>;
}

function gantry(...args: string[]): Run {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const firstLine = new Promise<string>((resolve) => {
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8');
      if (text.includes('\n')) resolve(text);
    });
    void exit.then(() => {
      resolve(text);
    });
  });
  return { child, firstLine, exit };
}

describe('gantry mirror serve', () => {
  it('serves the registry of a site on loopback until it is ended', async () => {
    await createSiteFolder(
      join(dir, 'site'),
      { v: 1, id: 'plant', name: 'Plant', createdAt: 1, administrator: OLGA },
      null,
    );
    const run = gantry('mirror', 'serve', '--site', join(dir, 'site'), '--port', '0', '--json');

    const { url, repositories } = JSON.parse(await run.firstLine) as { url: string; repositories: string[] };

    expect(repositories).toEqual([]);
    expect((await fetch(`${url}/v2/`)).status).toBe(200);
    expect((await fetch(`${url}/v2/x/manifests/1`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/site.json`)).status).toBe(404);
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
  });

  it('refuses a second one on the same site, and leaves the first alone', async () => {
    await createSiteFolder(
      join(dir, 'site'),
      { v: 1, id: 'plant', name: 'Plant', createdAt: 1, administrator: OLGA },
      null,
    );
    const first = gantry('mirror', 'serve', '--site', join(dir, 'site'), '--port', '0', '--json');
    const { url } = JSON.parse(await first.firstLine) as { url: string };

    const second = gantry('mirror', 'serve', '--site', join(dir, 'site'), '--port', '0');

    expect(await second.exit).not.toBe(0);
    expect((await fetch(`${url}/v2/`)).status).toBe(200);
  });

  it.each([
    ['a folder without a site', ['--site', 'nowhere']],
    ['a port that is none', ['--site', 'nowhere', '--port', 'x']],
  ])('refuses %s', async (_name, args) => {
    expect(await gantry('mirror', 'serve', ...args).exit).not.toBe(0);
  });
});
