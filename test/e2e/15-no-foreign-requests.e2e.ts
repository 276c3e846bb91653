import { expect, test } from '@playwright/test';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aPopulatedSite } from './support/sites.ts';
import { axeFindings } from './support/ui-station-page.ts';

const SCREENS = [
  '/',
  '/fleet',
  '/fleet/gateway-1',
  '/import',
  '/bundles',
  '/benchmark',
  '/rollout',
  '/rollout/new',
  '/review',
  '/telemetry?range=1h',
  '/audit',
  '/trust',
] as const;

/** Screens of one thing: its list, and the first link to it there. */
const DETAILS = [
  ['/import', /Surface defects/],
  ['/bundles', /Surface defects/],
  ['/rollout', /surface-detector/],
] as const;

for (const kind of SHELL_KINDS) {
  test.describe(`every screen of a populated site in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    let shell: RunningShell;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      shell = await kind.launch({ siteDir: await aPopulatedSite({ gateways: 'revived' }) });
      await expect(shell.page.getByText('3 of 3 online')).toBeVisible({ timeout: 30_000 });
    });
    test.afterAll(async () => {
      await shell.close();
    });

    for (const theme of ['Dark', 'Light'] as const) {
      test(`asks only its own origin, breaks no policy, logs no error, and is readable for all (${theme})`, async () => {
        test.setTimeout(120_000);
        await chooseTheme(shell, theme);
        const findings: string[] = [];

        for (const route of [...SCREENS, ...(await detailRoutes(shell))]) {
          await shell.go(route);
          await isSettled(shell);
          for (const finding of await axeFindings(shell.page)) findings.push(`${route} ${finding}`);
        }

        expect.soft(findings).toEqual([]);
        expect.soft(shell.foreign).toEqual([]);
        expect.soft(await shell.violations()).toEqual([]);
        expect.soft(shell.errors).toEqual([]);
      });
    }
  });
}

async function chooseTheme({ page }: RunningShell, theme: 'Dark' | 'Light'): Promise<void> {
  await page.getByRole('button', { name: 'Display settings' }).click();
  await page.getByRole('dialog', { name: 'Display settings' }).getByRole('radio', { name: theme }).check();
  await page.keyboard.press('Escape');
  await expect(page.locator('html')).toHaveAttribute('data-ix-color-schema', theme.toLowerCase());
}

async function detailRoutes({ page, go }: RunningShell): Promise<string[]> {
  const routes: string[] = [];
  for (const [list, name] of DETAILS) {
    await go(list);
    const href = await page.getByRole('main').getByRole('link', { name }).first().getAttribute('href');
    routes.push((href ?? '').replace(/^.*#/, ''));
  }
  return routes;
}

/** Nothing loads any more, and the icons and pictures of the components are drawn. */
async function isSettled({ page }: RunningShell): Promise<void> {
  await expect(page.getByText('Loading from the station…')).toHaveCount(0);
  await page.waitForFunction(
    () => document.querySelectorAll('ix-button:not(.hydrated), ix-icon:not(.hydrated)').length === 0,
  );
}
