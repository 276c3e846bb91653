import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, chromium, type Page } from '@playwright/test';
import { z } from 'zod';
import { findBrowser } from '#cli/app-window.ts';
import { serveStation } from '#scripts/station/station-process.ts';

const ROOT = join(import.meta.dirname, '../../..');

const DEFAULT_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron',
};

/** A shell that shows the page of a running station; a journey does not ask which one. */
export interface RunningShell {
  readonly page: Page;
  /** Requests that left the page's own origin. */
  readonly foreign: readonly string[];
  /** Errors of the page and its console. */
  readonly errors: readonly string[];
  /** Every violation of the page's security policy since it was loaded. */
  violations(): Promise<string[]>;
  /** Opens a screen by its address and waits for its heading. */
  go(path: string): Promise<void>;
  /** Kills the station as a power cut does, and returns when the page shows the one started after it. */
  crashStation(): Promise<void>;
  close(): Promise<void>;
}

export interface ShellRequest {
  /** The site to serve; created when the folder is empty. */
  readonly siteDir: string;
  /** Further options of `gantry serve`; the desktop shell has none. */
  readonly serveArgs?: readonly string[];
  readonly theme?: 'dark' | 'light';
}

/** One of the two ways to look at a station. */
export interface ShellKind {
  readonly name: 'browser' | 'desktop';
  /** Why its journeys cannot run here; null when they can. */
  readonly skipReason: string | null;
  launch(request: ShellRequest): Promise<RunningShell>;
}

/** Every journey goes through each of these. */
export const SHELL_KINDS: readonly ShellKind[] = [
  { name: 'browser', skipReason: browserSkipReason(), launch: launchBrowserShell },
  { name: 'desktop', skipReason: electronSkipReason(), launch: launchElectron },
];

function browserSkipReason(): string | null {
  return findBrowser(process.env) === undefined
    ? 'no Chromium, Chrome or Edge on this machine (set CHROMIUM to its path)'
    : null;
}

/** Looks at files only: asking the package would start a download. */
function electronSkipReason(): string | null {
  return electronBinary() === null
    ? 'the Electron binary is not on this machine (set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron)'
    : null;
}

/** Starts `gantry serve` as a person would and opens its start link in a browser. */
async function launchBrowserShell({ siteDir, serveArgs = [], theme = 'dark' }: ShellRequest): Promise<RunningShell> {
  const executablePath = findBrowser(process.env);
  if (executablePath === undefined) throw new Error(browserSkipReason() ?? '');
  let station = await serveStation(siteDir, serveArgs);
  try {
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    await context.addInitScript(preparePage, theme);
    const page = await context.newPage();
    const watched = watch(page);
    await page.goto(station.url);
    return {
      ...watched,
      async crashStation() {
        await station.kill();
        station = await serveStation(siteDir);
        await page.goto(station.url);
      },
      async close() {
        await browser.close();
        await station.stop();
      },
    };
  } catch (error) {
    await station.stop();
    throw error;
  }
}

/** Starts the desktop shell from dist/. */
async function launchElectron({ siteDir, theme = 'dark' }: ShellRequest): Promise<RunningShell> {
  const executablePath = electronBinary();
  if (executablePath === null) throw new Error(electronSkipReason() ?? '');
  const app = await _electron.launch({
    executablePath,
    args: [...(isRoot() ? ['--no-sandbox'] : []), ROOT],
    env: { ...definedEnv(), GANTRY_SITE: siteDir },
  });
  await app.context().addInitScript(preparePage, theme);
  const page = await app.firstWindow();
  const watched = watch(page);
  // The first load may have been before the recorder; this one is not.
  await page.reload();
  return {
    ...watched,
    async crashStation() {
      const pids = await app.evaluate((electron) =>
        electron.app.getAppMetrics().flatMap(({ type, pid }) => (type === 'Utility' ? [pid] : [])),
      );
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      // The shell starts the station again by itself; the page goes on with it.
      await page.reload();
    },
    close: () => app.close(),
  };
}

function watch(page: Page): Pick<RunningShell, 'page' | 'foreign' | 'errors' | 'violations' | 'go'> {
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    // Before the first page there is no origin of its own yet.
    const own = page.url() === 'about:blank' ? origin : new URL(page.url()).origin;
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== own && !request.isNavigationRequest())
      foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return {
    page,
    foreign,
    errors,
    violations: async () =>
      z.array(z.string()).parse(await page.evaluate((): unknown => Reflect.get(window, 'policyViolations'))),
    async go(path) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, path);
      await page.locator('main h1').first().waitFor();
    },
  };
}

const CHROMIUM_ARGUMENTS = [
  ...(isRoot() ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function electronBinary(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const packageDir = join(ROOT, 'node_modules/electron');
  const dist = override ?? join(packageDir, 'dist');
  const pathFile = join(packageDir, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : DEFAULT_NAMES[process.platform];
  const binary = join(dist, name ?? 'electron');
  return existsSync(join(dist, 'version')) && existsSync(binary) ? binary : null;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Runs inside the page, before its scripts. */
function preparePage(theme: string): void {
  const violations: string[] = [];
  Reflect.set(window, 'policyViolations', violations);
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${String(event.lineNumber)}`);
  });
  const preferences = { state: { theme, density: 'desk', timeZone: 'utc' }, version: 0 };
  localStorage.setItem('gantry.preferences', JSON.stringify(preferences));
}
