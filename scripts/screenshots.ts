import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { findBrowser } from '../cli/app-window.ts';
import { freeDevicePorts, runGantry, serveStation, type StationProcess } from './station/station-process.ts';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run screenshots [SITE]`: every screen of a populated site into docs/screenshots. Without SITE the demonstration is told first.

const OUT = join(REPOSITORY_ROOT, 'docs/screenshots');
const VIEWPORT = { width: 1366, height: 768 };
/** What a page of the documentation can carry. */
const LIMIT_BYTES = 150_000;
const SETTLE_LIMIT_MS = 20_000;

type Theme = 'dark' | 'light';

interface Picture {
  readonly name: string;
  /** An address, or how to find it: the first link of a list whose text matches. */
  readonly route: string | { readonly list: string; readonly named: RegExp };
  /** What must be there before the picture is taken. */
  readonly shows: string | RegExp;
  readonly theme?: Theme;
  /** A choice to make first: label of the list and text of the option. */
  readonly choose?: readonly [label: string, option: RegExp];
}

const POPULATED: readonly Picture[] = [
  { name: 'site-overview', route: '/', shows: '3 of 3 online' },
  { name: 'site-overview-light', route: '/', shows: '3 of 3 online', theme: 'light' },
  { name: 'fleet', route: '/fleet', shows: 'gateway-3' },
  { name: 'device', route: '/fleet/gateway-1', shows: /Slot A/ },
  { name: 'import', route: '/import', shows: 'Imports so far' },
  { name: 'import-verdict', route: { list: '/import', named: /Surface|PCB/i }, shows: 'Integrity' },
  { name: 'bundles', route: '/bundles', shows: '1.1.0' },
  { name: 'bundle-trust-chain', route: { list: '/bundles', named: /Surface|PCB/i }, shows: /Trust chain/i },
  { name: 'benchmark', route: '/benchmark', choose: ['Bundle', /^1\.1\.0/], shows: /p99/ },
  { name: 'rollouts', route: '/rollout', shows: 'CHG-1002' },
  { name: 'rollout-plan', route: '/rollout/new', shows: 'Change ticket' },
  { name: 'rollout-board', route: { list: '/rollout', named: /1\.2\.0/ }, shows: 'Canary' },
  { name: 'review', route: '/review', shows: 'Classes' },
  { name: 'telemetry', route: '/telemetry?range=15m', shows: 'Latency p99 by model version' },
  { name: 'audit', route: '/audit', shows: /chain intact/ },
  { name: 'trust', route: '/trust', shows: 'Demonstration publisher' },
];

const EMPTY: readonly Picture[] = [{ name: 'site-empty', route: '/', shows: 'Run the demonstration' }];

const executablePath = findBrowser(process.env);
if (executablePath === undefined) throw new Error('no Chromium, Chrome or Edge on this machine (set CHROMIUM)');
const work = await mkdtemp(join(tmpdir(), 'gantry-screenshots-'));
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  await mkdir(OUT, { recursive: true });
  await picture(join(work, 'empty'), EMPTY);
  await picture(process.argv[2] ?? (await tellDemonstration()), POPULATED);
} finally {
  await browser.close();
  await rm(work, { recursive: true, force: true });
}

async function tellDemonstration(): Promise<string> {
  console.log('Telling the demonstration ...');
  const site = join(work, 'populated');
  // What every checkout can make: the pictures do not depend on data beside it.
  await runGantry(['demo', '--headless', '--source', 'generated', '--keep', site]);
  return site;
}

/** Serves a site and takes its pictures, one page for each theme. */
async function picture(siteDir: string, pictures: readonly Picture[]): Promise<void> {
  const station = await serveStation(siteDir, pictures === EMPTY ? await freeDevicePorts() : []);
  try {
    const page = await openPage(browser, station);
    for (const wanted of pictures) await take(page, wanted);
  } finally {
    await station.stop();
  }
}

async function openPage(from: Browser, station: StationProcess): Promise<Page> {
  const page = await from.newPage({ viewport: VIEWPORT, deviceScaleFactor: 1, locale: 'en-GB', timezoneId: 'UTC' });
  page.setDefaultTimeout(SETTLE_LIMIT_MS);
  await page.goto(station.url);
  return page;
}

async function take(page: Page, { name, route, shows, choose, theme = 'dark' }: Picture): Promise<void> {
  await chooseTheme(page, theme);
  await open(page, typeof route === 'string' ? route : await linkOf(page, route));
  if (choose !== undefined) await chooseOption(page, ...choose);
  await page.getByText(shows).first().waitFor();
  await settle(page);
  const bytes = smaller(await page.screenshot({ animations: 'disabled' }));
  await writeFile(join(OUT, `${name}.png`), bytes);
  const size = bytes.length;
  console.log(`${name}.png  ${String(Math.round(size / 1000))} kB`);
  if (size > LIMIT_BYTES) throw new Error(`${name}.png is larger than ${String(LIMIT_BYTES)} bytes`);
}

/** The browser packs for speed; flat surfaces and text pack best unfiltered, and nothing of a page shows through. */
function smaller(screenshot: Buffer): Buffer {
  const packing = { colorType: 2, inputHasAlpha: true, filterType: 0, deflateLevel: 9, deflateStrategy: 0 } as const;
  return PNG.sync.write(PNG.sync.read(screenshot), packing);
}

async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  const html = page.locator('html');
  if ((await html.getAttribute('data-ix-color-schema')) === theme) return;
  await page.getByRole('button', { name: 'Display settings' }).click();
  await page.getByRole('radio', { name: theme === 'dark' ? 'Dark' : 'Light' }).check();
  await page.keyboard.press('Escape');
}

async function chooseOption(page: Page, label: string, option: RegExp): Promise<void> {
  const list = page.getByLabel(label, { exact: true });
  await list.selectOption(await list.getByRole('option', { name: option }).getAttribute('value'));
}

async function linkOf(page: Page, { list, named }: { list: string; named: RegExp }): Promise<string> {
  await open(page, list);
  const href = await page.getByRole('main').getByRole('link', { name: named }).first().getAttribute('href');
  return (href ?? '').replace(/^.*#/, '');
}

async function open(page: Page, route: string): Promise<void> {
  await page.goto(new URL(`#${route}`, page.url()).href);
  await page.locator('main h1').first().waitFor();
}

/** Nothing loads any more, pictures and fonts are there, and the icons of the components are drawn. */
async function settle(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  // The ring around what was pressed last belongs to no screen.
  await page.evaluate('document.activeElement?.blur()');
  // As text: what runs in the page is no part of this program.
  await page.evaluate('document.fonts.ready.then(() => true)');
  await page.evaluate('Promise.all([...document.images].map((image) => image.decode().catch(() => null)))');
  await page.locator('ix-button:not(.hydrated), ix-icon:not(.hydrated)').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}
