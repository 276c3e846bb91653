import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { serveUiStation, type ServedUiStation } from '../../support/ui-station/serve.ts';
import type { UiStationOptions } from '../../support/ui-station/create-ui-station.ts';
import { AXE_EXCEPTIONS } from './axe-exceptions.ts';

const ROOT = join(import.meta.dirname, '../../..');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface UiPageOptions extends Omit<UiStationOptions, 'clock' | 'ids'> {
  readonly theme?: 'dark' | 'light';
  readonly density?: 'desk' | 'touch' | 'glove';
}

/** The built page on an in-memory station, behind the real browser shell. */
export interface UiPage {
  readonly page: Page;
  readonly served: ServedUiStation;
  /** Requests that left the page's own origin. */
  readonly foreign: string[];
  /** Errors of the page and its console. */
  readonly errors: string[];
  violations(): Promise<string[]>;
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the page with its start link, as a person would. */
export async function openUiPage(browser: Browser, options: UiPageOptions = {}): Promise<UiPage> {
  const { theme = 'dark', density = 'desk', ...station } = options;
  const served = await serveUiStation(join(ROOT, 'dist/renderer'), station);
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, timezoneId: 'Europe/Berlin' });
  await context.addInitScript(prepare, { theme, density });
  const page = await context.newPage();
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== served.shell.origin) foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(served.shell.issueStartToken());
  await page.getByRole('navigation').first().waitFor();
  return {
    page,
    served,
    foreign,
    errors,
    violations: () => page.evaluate(() => (globalThis as { cspViolations?: string[] }).cspViolations ?? []),
    async go(path) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, path);
      await page.locator('h1:visible').first().waitFor();
    },
    async close() {
      await context.close();
      await served.close();
    },
  };
}

function prepare({ theme, density }: { theme: string; density: string }): void {
  const found: string[] = [];
  Object.assign(globalThis, { cspViolations: found });
  addEventListener('securitypolicyviolation', (event) => found.push(`${event.violatedDirective} ${event.blockedURI}`));
  // Only at the first load: a reload keeps what the person chose.
  if (localStorage.getItem('gantry.preferences') === null)
    localStorage.setItem(
      'gantry.preferences',
      JSON.stringify({ state: { theme, density, timeZone: 'local' }, version: 0 }),
    );
}

interface AxeNode {
  readonly target: readonly (string | readonly string[])[];
  readonly failureSummary: string;
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly AxeNode[] }[];
}

/** WCAG 2.2 A and AA on what is on screen now, without the listed vendor exceptions. One line a finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const result = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResult> } };
    return axe.run({ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } });
  });
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.flatMap((node) => {
      const target = node.target.map(String).join(' ');
      const isKnown = AXE_EXCEPTIONS.some((exception) => exception.rule === id && exception.target.test(target));
      return isKnown ? [] : [`${id}: ${target}: ${node.failureSummary.split('\n')[1]?.trim() ?? ''}`];
    }),
  );
}
