/**
 * P9 for the station: idle memory of `gantry serve` with an empty site and with a told demonstration, start to a usable page, and the
 * JavaScript of the first route. Run: node test/bench/station.bench.ts [--quick]. `--quick` leaves the demonstration out.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from '@playwright/test';
import { findBrowser } from '#cli/app-window.ts';
import { processMemory } from '#native/machine/index.ts';
import { median, printResult } from '#scripts/benchmarks/bench-result.ts';

const GANTRY = join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const IDLE_AFTER_MS = 10_000;
const STARTS = 3;
/** The rules of the requirement count a kilobyte as 1000 bytes. */
const KB = 1000;
const MB = 1_000_000;

interface Served {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to the link that a person would open. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

const isQuick = process.argv.includes('--quick');
const work = await mkdtemp(join(tmpdir(), 'gantry-bench-station-'));
try {
  const empty = join(work, 'empty');
  // The first start makes the site with its keys, and compiles code that later starts take from the cache.
  await (await serve(empty, ['--create'])).stop();
  await measureStart(empty);
  await measureIdle('empty site', empty);
  if (isQuick) console.log('the populated site is left out (--quick)');
  else {
    const told = join(work, 'told');
    console.log('telling the demonstration …');
    await promisify(execFile)(process.execPath, [
      GANTRY,
      'demo',
      '--headless',
      '--json',
      '--source',
      'generated',
      '--keep',
      told,
    ]);
    await measureIdle('populated site', told);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Without a page open: what a station takes that only serves its gateways. */
async function measureIdle(name: string, siteDir: string): Promise<void> {
  const served = await serve(siteDir);
  try {
    await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
    const { rssBytes } = processMemory(served.pid);
    if (rssBytes === null) console.log(`${name}: this system does not tell the memory of a process`);
    else
      printResult({
        id: 'P9',
        what: `station idle RSS, ${name}`,
        value: `${(rssBytes / MB).toFixed(0)} MB`,
        goal: 'at most 300 MB',
        ofGoal: rssBytes / (300 * MB),
      });
  } finally {
    await served.stop();
  }
}

async function measureStart(siteDir: string): Promise<void> {
  const executablePath = findBrowser(process.env);
  if (executablePath === undefined) {
    console.log('no browser on this machine: start to usable page and first-route JavaScript are left out');
    return;
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const starts: number[] = [];
    let scriptBytes = 0;
    for (let start = 0; start < STARTS; start += 1) {
      const served = await serve(siteDir);
      try {
        scriptBytes = await openFirstPage(browser, served.url);
        starts.push(performance.now() - served.startedAt);
      } finally {
        await served.stop();
      }
    }
    const ms = median(starts);
    printResult({
      id: 'P9',
      what: `serve to usable page, median of ${String(STARTS)}`,
      value: `${ms.toFixed(0)} ms`,
      goal: 'at most 3000 ms',
      ofGoal: ms / 3000,
    });
    printResult({
      id: 'P9',
      what: 'first-route JavaScript, gzip',
      value: `${(scriptBytes / KB).toFixed(0)} kB`,
      goal: 'at most 400 kB',
      ofGoal: scriptBytes / (400 * KB),
    });
  } finally {
    await browser.close();
  }
}

/** Opens the start link with an empty cache; resolves with the gzip size of all scripts when the first screen's heading stands. */
async function openFirstPage(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const bodies = await Promise.all(scripts);
  await context.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
}

async function serve(siteDir: string, args: readonly string[] = []): Promise<Served> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [GANTRY, 'serve', '--site', siteDir, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await startLink(child);
  return {
    url,
    pid: child.pid ?? 0,
    startedAt,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** The link in the JSON document that `gantry serve --json` prints. */
async function startLink(child: ChildProcess): Promise<string> {
  let text = '';
  if (child.stdout === null) throw new Error('invariant: stdout is a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    const link = /"url":\s*"([^"]+)"/.exec(text)?.[1];
    if (link !== undefined) return link;
  }
  throw new Error(`gantry serve ended without a start link: ${text}`);
}
