import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type Page } from '@playwright/test';
import { z } from 'zod';
import { findBrowser } from '#cli/app-window.ts';

const ROOT = join(import.meta.dirname, '../../..');
const START_LIMIT_MS = 60_000;

/** A shell that shows the page of a running station; a journey does not ask which one. */
export interface RunningShell {
  readonly name: 'browser' | 'desktop';
  readonly page: Page;
  /** Every violation of the page's security policy since it was opened. */
  violations(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ShellRequest {
  /** The site to serve; created when the folder is empty. */
  readonly siteDir: string;
}

/** Why the browser journeys cannot run here; null when they can. */
export function browserSkipReason(): string | null {
  return findBrowser(process.env) === undefined ? 'no Chromium, Chrome or Edge on this machine (set CHROMIUM to its path)' : null;
}

/** Why the desktop journeys cannot run here; null when they can. Looks at files only: asking the package would start a download. */
export function electronSkipReason(): string | null {
  return electronBinary() === null ? 'the Electron binary is not on this machine (set ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron)' : null;
}

/** Starts `gantry serve` as a person would and opens its start link in a browser. */
export async function launchBrowserShell({ siteDir }: ShellRequest): Promise<RunningShell> {
  const executablePath = findBrowser(process.env);
  if (executablePath === undefined) throw new Error(browserSkipReason() ?? '');
  const station = spawn(process.execPath, [join(ROOT, 'cli/bin.mjs'), 'serve', '--site', siteDir, '--port', '0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const { url } = await firstDocument(station);
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
    const context = await browser.newContext();
    await context.addInitScript(recordViolations);
    const page = await context.newPage();
    await page.goto(url);
    return {
      name: 'browser',
      page,
      violations: () => violationsOf(page),
      async close() {
        await browser.close();
        await end(station);
      },
    };
  } catch (error) {
    await end(station);
    throw error;
  }
}

/** Starts the desktop shell from dist/. */
export async function launchElectron({ siteDir }: ShellRequest): Promise<RunningShell> {
  const executablePath = electronBinary();
  if (executablePath === null) throw new Error(electronSkipReason() ?? '');
  const app = await _electron.launch({ executablePath, args: [...(isRoot() ? ['--no-sandbox'] : []), ROOT], env: { ...definedEnv(), GANTRY_SITE: siteDir } });
  await app.context().addInitScript(recordViolations);
  const page = await app.firstWindow();
  // The first load may have been before the recorder; this one is not.
  await page.reload();
  return {
    name: 'desktop',
    page,
    violations: () => violationsOf(page),
    close: () => app.close(),
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

const Served = z.object({ url: z.url() });

/** `gantry serve --json` prints one document, once the page can be opened. */
async function firstDocument(station: ChildProcess): Promise<z.infer<typeof Served>> {
  if (station.stdout === null) throw new Error('the station has no output');
  const lines = createInterface({ input: station.stdout });
  const timer = setTimeout(() => station.kill('SIGKILL'), START_LIMIT_MS);
  try {
    let text = '';
    for await (const line of lines) {
      text += line;
      const parsed = parseJson(text);
      if (parsed !== null) return Served.parse(parsed);
    }
    throw new Error(`the station ended before it served: ${text}`);
  } finally {
    clearTimeout(timer);
    station.stdout.resume();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The document may span lines; more follow.
    return null;
  }
}

async function end(station: ChildProcess): Promise<void> {
  if (station.exitCode !== null || station.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => {
    station.once('exit', () => {
      resolve();
    });
  });
  station.kill('SIGTERM');
  const timer = setTimeout(() => station.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}

function electronBinary(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const packageDir = join(ROOT, 'node_modules/electron');
  const dist = override ?? join(packageDir, 'dist');
  const pathFile = join(packageDir, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : DEFAULT_NAMES[process.platform];
  const binary = join(dist, name ?? 'electron');
  return existsSync(join(dist, 'version')) && existsSync(binary) ? binary : null;
}

const DEFAULT_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Runs inside the page, before its scripts. */
function recordViolations(): void {
  const violations: string[] = [];
  Reflect.set(window, 'policyViolations', violations);
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}:${String(event.lineNumber)}`);
  });
}

async function violationsOf(page: Page): Promise<string[]> {
  return z.array(z.string()).parse(await page.evaluate(() => Reflect.get(window, 'policyViolations')));
}
