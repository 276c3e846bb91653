import { expect, test } from '@playwright/test';
import { startLine } from './support/line.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder, aPopulatedSite, bringNewerVersions } from './support/sites.ts';

/** What the demonstration calls its site; a start without `gantry init` does. */
const SITE_NAME = 'Plant';

for (const kind of SHELL_KINDS) {
  test.describe(`rolling out in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    let shell: RunningShell;
    let stopLine: () => Promise<void>;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      const siteDir = await aPopulatedSite({ gateways: 'revived' });
      await bringNewerVersions(siteDir, ['1.3.0', '1.4.0']);
      shell = await kind.launch({ siteDir });
      await expect(shell.page.getByText('3 of 3 online')).toBeVisible({ timeout: 30_000 });
      stopLine = await startLine(siteDir, await aFolder('line'));
    });
    test.afterAll(async () => {
      await stopLine();
      await shell.close();
    });

    test('an older version reaches no gateway that runs a newer one, and the plan says how two people allow it', async () => {
      const { page } = shell;
      await planRollout(shell, { version: '1.0.0', ticket: 'CHG-5000' });

      await expect(page.getByText(/let two administrators approve going back/).first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Start this rollout' })).toBeDisabled();
    });

    test('a bad version falls back at the canary by itself, and no other gateway gets it', async () => {
      test.setTimeout(90_000);
      await planRollout(shell, { version: '1.2.0', ticket: 'CHG-5002' });
      await startPlan(shell, 'CHG-5002');

      await expect(cohort(shell, 'Canary')).toContainText('Fell back 1', { timeout: 60_000 });
      await expect(cohort(shell, 'Canary')).toContainText(/doubtful answers must be at most/);
      await expect(stateOf(shell)).toHaveText(/Rolled back/);
      for (const name of ['Early', 'Rest']) await expect(cohort(shell, name)).toContainText('Queued 1');
      await allLinesRun(shell, '1.1.0');
    });

    test('an abort during the second cohort ends in the counts that it promised', async () => {
      test.setTimeout(120_000);
      const { page } = shell;
      await planRollout(shell, { version: '1.3.0', ticket: 'CHG-5003', soakSeconds: '12' });
      await startPlan(shell, 'CHG-5003');
      await expect(cohort(shell, 'Early')).toContainText('Soaking 1', { timeout: 60_000 });

      await page.getByRole('button', { name: 'Abort' }).click();
      const dialog = page.getByRole('dialog', { name: 'Abort this rollout' });
      for (const count of ['keep', 'neverStart', 'rollBack'])
        await expect(dialog.locator(`[data-count="${count}"] .figure__value`)).toHaveText('1');
      await dialog.getByLabel(/Reason/).fill('Changed shift plan');
      await dialog.getByRole('textbox', { name: /Type CHG-5003/ }).fill('CHG-5003');
      await dialog.getByRole('button', { name: 'Abort' }).click();

      await expect(stateOf(shell)).toHaveText(/Aborted/);
      await expect(page.getByText('Changed shift plan')).toBeVisible();
      await expect(cohort(shell, 'Canary')).toContainText('Confirmed 1');
      await expect(cohort(shell, 'Early')).toContainText('Fell back 1', { timeout: 30_000 });
      await expect(cohort(shell, 'Rest')).toContainText('Queued 1');
      await shell.go('/');
      await expect.poll(() => versionsOfLines(shell)).toEqual(['1.1.0', '1.1.0', '1.3.0']);
    });

    test('a planned version goes out in cohorts after the scope was typed, and finishes', async () => {
      test.setTimeout(120_000);
      const { page } = shell;
      await planRollout(shell, { version: '1.4.0', ticket: 'CHG-5001' });
      await startPlan(shell, 'CHG-5001');

      await expect(page.getByRole('heading', { name: 'Canary' })).toBeVisible();
      await expect(stateOf(shell)).toHaveText(/Running/);
      await expect(cohort(shell, 'Canary')).toContainText('Passed', { timeout: 40_000 });
      await expect(stateOf(shell)).toHaveText(/Finished/, { timeout: 80_000 });
      for (const name of ['Canary', 'Early', 'Rest']) await expect(cohort(shell, name)).toContainText('Confirmed 1');
      await allLinesRun(shell, '1.4.0');
      expect(shell.errors).toEqual([]);
    });
  });
}

async function planRollout(
  { page, go }: RunningShell,
  wanted: { version: string; ticket: string; soakSeconds?: string },
): Promise<void> {
  await go('/rollout/new');
  const bundle = page.getByLabel('Bundle', { exact: true });
  const value = await bundle.getByRole('option', { name: new RegExp(wanted.version) }).getAttribute('value');
  await bundle.selectOption(value);
  await page.getByLabel(/Change ticket/).fill(wanted.ticket);
  for (const [field, text] of [
    ['Soak time (seconds)', wanted.soakSeconds ?? '3'],
    ['p99 at most (ms)', '2000'],
    ['Doubtful answers at most (%)', '60'],
    ['Requests needed before it counts', '5'],
  ] as const)
    await page.getByLabel(field).fill(text);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByText('Plan digest')).toBeVisible();
}

async function startPlan({ page }: RunningShell, ticket: string): Promise<void> {
  await page.getByRole('button', { name: 'Start this rollout' }).click();
  const dialog = page.getByRole('dialog', { name: /Start the rollout of/ });
  await expect(dialog.getByText(ticket)).toBeVisible();
  await expect(dialog.getByText('Canary 1 · Early 1 · Rest 1')).toBeVisible();
  const start = dialog.getByRole('button', { name: 'Start the rollout' });
  await expect(start).toBeDisabled();
  await dialog.getByRole('textbox', { name: `Type ${SITE_NAME} to go on` }).fill(SITE_NAME);
  await start.click();
}

function cohort({ page }: RunningShell, name: string) {
  return page
    .getByRole('region', { name: 'Cohorts' })
    .locator('section')
    .filter({ has: page.getByRole('heading', { name }) });
}

function stateOf({ page }: RunningShell) {
  return page.getByRole('main').locator('.page__lead');
}

async function allLinesRun(shell: RunningShell, version: string): Promise<void> {
  await shell.go('/');
  await expect.poll(() => versionsOfLines(shell)).toEqual([version, version, version]);
}

/** The version that each line's tile shows, sorted. */
async function versionsOfLines({ page }: RunningShell): Promise<string[]> {
  const tiles = await page.getByRole('region', { name: 'Lines' }).getByRole('link').allTextContents();
  return tiles.map((text) => /\d+\.\d+\.\d+/.exec(text)?.[0] ?? text).sort();
}
