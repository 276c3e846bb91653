import { expect, test, type Page } from '@playwright/test';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

async function planForLine4(page: Page): Promise<void> {
  await page.getByLabel(/Change ticket/).fill('CHG-20450');
  await page.getByRole('checkbox', { name: 'Line 4' }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByText('Plan digest')).toBeVisible();
}

test('a rollout starts only with the typed scope, never by Enter, and exactly once on a double tap', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await ui.go('/rollout/new');
  await planForLine4(ui.page);

  await ui.page.getByRole('button', { name: 'Start this rollout' }).click();
  const dialog = ui.page.getByRole('dialog', { name: /Start the rollout of/ });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(dialog.getByText('Line 4: 4')).toBeVisible();
  await expect(dialog.getByText(/of soaking/)).toBeVisible();
  const start = dialog.getByRole('button', { name: 'Start the rollout' });
  await expect(start).toBeDisabled();
  const scope = dialog.getByRole('textbox', { name: /Type Line 4/ });
  await scope.fill('Line 5');
  await expect(start).toBeDisabled();
  await scope.fill('Line 4');
  await scope.press('Enter');
  expect(ui.served.station.rolloutStarts()).toBe(0);
  expect(await axeFindings(ui.page)).toEqual([]);
  await expect(start).toBeEnabled();
  await start.dblclick();

  await expect(ui.page.getByRole('heading', { name: 'Canary' })).toBeVisible();
  await ui.page.waitForTimeout(500);
  expect(ui.served.station.rolloutStarts()).toBe(1);
  await ui.close();
});

test('a changed form makes the shown plan stale', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/rollout/new');
  await planForLine4(ui.page);

  await ui.page.getByRole('checkbox', { name: 'Line 5' }).check();

  await expect(ui.page.getByRole('button', { name: 'Start this rollout' })).toBeDisabled();
  await ui.close();
});

test('abort says three counts before, wants a reason, and the board closes', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/rollout/ro-110');

  await ui.page.getByRole('button', { name: 'Abort' }).click();
  const dialog = ui.page.getByRole('dialog', { name: 'Abort this rollout' });
  await expect(dialog.locator('[data-count="keep"]')).toContainText('3');
  await expect(dialog.locator('[data-count="neverStart"]')).toContainText('3');
  await expect(dialog.locator('[data-count="rollBack"]')).toContainText('0');
  await dialog.getByLabel(/Reason/).fill('Scrap rate rises on line 5');
  await dialog.getByRole('textbox', { name: /Type CHG-20417/ }).fill('CHG-20417');
  await dialog.getByRole('button', { name: 'Abort' }).click();

  await expect(ui.page.getByText('The rollout is closed.')).toBeVisible();
  await expect(ui.page.getByText('Scrap rate rises on line 5')).toBeVisible();
  await ui.close();
});

test('revoking a gateway wants its name and leaves the fleet without it', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/fleet/aoi-4-01');

  await ui.page.getByRole('button', { name: 'Revoke this gateway' }).click();
  const dialog = ui.page.getByRole('dialog', { name: 'Revoke AOI-4-01' });
  await dialog.getByLabel(/Reason/).fill('Machine was sold');
  await dialog.getByRole('textbox', { name: /Type AOI-4-01/ }).fill('AOI-4-01');
  await dialog.getByRole('button', { name: 'Revoke this gateway' }).click();

  await expect(ui.page.getByText('9 of 9 shown')).toBeVisible();
  await ui.close();
});
