import { basename } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { freeDevicePorts } from '#scripts/station/station-process.ts';
import { TEST_BUILDER, TEST_SOURCE } from '../support/trust.ts';
import { FOREIGN_BUILDER, FOREIGN_SOURCE } from '../support/ui-station/bundles-data.ts';
import { FOREIGN_ORIGIN_VERSION, UNTRUSTED_VERSION } from '../support/ui-station/imports-service.ts';
import { stick } from '../support/ui-station/media-service.ts';
import { plugFolder } from './support/import-steps.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder } from './support/sites.ts';
import { aPublisher, PUBLISHER } from './support/sticks.ts';
import { axeFindings, openUiPage, type UiPage } from './support/ui-station-page.ts';

const BUILDER = 'https://ci.acme.example/builders/train@v4';
const SOURCE = 'git+https://git.acme.example/vision/pcb-defect-2';

test('a fresh site says why it refuses every bundle, and what to do first', async ({ browser }) => {
  const ui = await openUiPage(browser, { empty: true });
  await ui.go('/trust');

  const main = ui.page.getByRole('main');
  await expect(main.getByText('no key is trusted for it').first()).toBeVisible();
  await expect(main.getByText('An empty list allows nobody.')).toBeVisible();
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.close();
});

test('rules change after before and after were seen and the channel was typed; once, and on record', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await ui.go('/trust');
  const changesBefore = policyChanges(ui);

  const form = await openRules(ui.page, 'production');
  const next = form.getByRole('button', { name: 'Show the difference' });
  await expect(next).toBeDisabled();
  await form.getByLabel('New builders').fill(`${BUILDER} and more`);
  await expect(form.getByRole('button', { name: 'Add builders' })).toBeDisabled();
  await expect(form.getByText('Line 1 has a space inside.')).toBeVisible();
  await form.getByLabel('New builders').fill(BUILDER);
  await expect(form.getByText('Add the new builders or clear their field.')).toBeVisible();
  await form.getByRole('button', { name: 'Add builders' }).click();
  await form.getByRole('button', { name: /^Remove https:\/\/ci.acme.example\/builders\/train@v3/ }).click();
  await form.getByLabel('New sources').fill(SOURCE);
  await form.getByRole('button', { name: 'Add sources' }).click();
  await form.getByLabel('Oldest bundle (days)').fill('');
  await form.getByRole('checkbox', { name: 'openvino' }).check();
  await form.getByLabel('Timestamps needed').selectOption('1');
  expect(await axeFindings(ui.page)).toEqual([]);
  await next.click();

  const confirm = ui.page.getByRole('dialog', { name: 'New rules for production' });
  const lines = (rule: string): Locator => confirm.locator(`[data-rule="${rule}"] [data-sign]`);
  await expect(lines('builders')).toHaveText([/Before:.*train@v3/, /After:.*train@v4/]);
  await expect(lines('sources')).toHaveText([/After:.*pcb-defect-2/, /Stays:.*pcb-defect/]);
  await expect(lines('maxAgeDays')).toHaveText([/Before:365 days/, /After:no limit/]);
  await expect(lines('runtimes')).toHaveText([/After:openvino/, /Stays:onnxruntime/]);
  await expect(lines('timestampThreshold')).toHaveText([/Before:0/, /After:1/]);
  await expect(confirm.locator('[data-rule]')).toHaveCount(5);
  await expect(confirm.getByText('3 → 4')).toBeVisible();
  expect(await axeFindings(ui.page)).toEqual([]);

  // Enter on Cancel's neighbour, Enter in the field, a wrong name: nothing of that sends anything.
  await expect(confirm.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const action = confirm.getByRole('button', { name: 'Put these rules in force' });
  await confirm.getByLabel('Type production to go on').fill('Production');
  await expect(action).toBeDisabled();
  await confirm.getByLabel('Type production to go on').fill('production');
  await ui.page.keyboard.press('Enter');
  expect(policyChanges(ui)).toBe(changesBefore);
  await action.dblclick();

  await expect(confirm).toBeHidden();
  await expect(ui.page.getByText('policy version 4 is in force and recorded')).toBeVisible();
  await expect(ui.page.getByRole('main').getByText('Version 4', { exact: true })).toBeVisible();
  await expect(ui.page.getByRole('cell', { name: BUILDER })).toBeVisible();
  expect(policyChanges(ui)).toBe(changesBefore + 1);
  expect(ui.served.station.services.trust.policy().channels).toMatchObject({
    production: { builders: [BUILDER], maxAgeDays: null, requireSbom: true },
    staging: { builders: [], runtimes: ['onnxruntime'] },
  });

  await ui.go('/audit');
  const record = ui.page.getByRole('row').filter({ hasText: 'trust.policy-changed' });
  await expect(record).toHaveCount(1);
  await expect(record).toContainText('Dana Keller');
  expect(ui.errors).toEqual([]);
  expect(await ui.violations()).toEqual([]);
  await ui.close();
});

test('cancelling the confirmation keeps the form; a change by another person ends it and sends nothing', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await ui.go('/trust');
  const form = await openRules(ui.page, 'staging');
  await form.getByRole('checkbox', { name: 'Refuse bundles without a parts list' }).uncheck();
  await form.getByRole('button', { name: 'Show the difference' }).click();
  const confirm = ui.page.getByRole('dialog', { name: 'New rules for staging' });
  await expect(confirm.getByText('With these rules the channel refuses every bundle')).toBeVisible();
  await confirm.getByRole('button', { name: 'Cancel' }).click();
  await expect(form.getByRole('checkbox', { name: 'Refuse bundles without a parts list' })).not.toBeChecked();

  const { trust } = ui.served.station.services;
  const other = { id: 'otto', name: 'Otto Brandt', role: 'admin' } as const;
  trust.setChannelPolicy({ channel: 'staging', policy: trust.policy().channels.production }, other);

  await expect(form.getByText('Another person put policy version 4 in force meanwhile')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Show the difference' })).toHaveCount(0);
  await form.getByRole('button', { name: 'Close' }).click();
  await expect(form).toBeHidden();
  expect(trust.policy()).toMatchObject({ version: 4, channels: { staging: { requireSbom: true } } });
  await ui.close();
});

test('a role that may not change trust reads the rules and sees no button', async ({ browser }) => {
  const ui = await openUiPage(browser, { role: 'operator' });
  await ui.go('/trust');

  await expect(ui.page.getByText('Your role (Operator) may read trust and not change it.')).toBeVisible();
  await expect(ui.page.getByRole('rowheader', { name: 'Builders allowed' })).toBeVisible();
  await expect(ui.page.getByRole('button', { name: /Change rules/ })).toHaveCount(0);
  await expect(ui.page.getByRole('button', { name: 'Trust a key' })).toHaveCount(0);
  await ui.close();
});

test('a refusal for its origin shows builder and source to compare, and only points to the Trust screen', async ({
  browser,
}) => {
  const ui = await openUiPage(browser, { volumes: [stick('usb-1', FOREIGN_ORIGIN_VERSION)] });
  const main = ui.page.getByRole('main');
  await importFrom(ui, FOREIGN_ORIGIN_VERSION);

  await expect(main.getByText('This site does not allow what the bundle states about its origin')).toBeVisible();
  await expect(main.getByText(FOREIGN_BUILDER, { exact: true }).first()).toBeVisible();
  await expect(main.getByRole('button', { name: `Copy ${FOREIGN_SOURCE}` })).toBeVisible();
  await expect(main.getByRole('button', { name: /trust|allow|change/i })).toHaveCount(0);
  expect(await axeFindings(ui.page)).toEqual([]);

  await main.getByRole('link', { name: 'Open the Trust screen' }).click();
  const form = await openRules(ui.page, 'production');
  await expect(form.getByLabel('New builders')).toHaveValue('');
  await expect(form.getByText(FOREIGN_BUILDER)).toHaveCount(0);
  await ui.close();
});

test('a refusal for its signer points to the Trust screen as well', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [stick('usb-1', UNTRUSTED_VERSION)] });
  await importFrom(ui, UNTRUSTED_VERSION);

  await expect(ui.page.getByText('The signing key is not trusted, or not for this channel.')).toBeVisible();
  await expect(ui.page.getByRole('link', { name: 'Open the Trust screen' })).toHaveAttribute('href', /\/trust$/);
  await ui.close();
});

test('form and confirmation fit the screen at touch size, and everything can be hit', async ({ browser }) => {
  const ui = await openUiPage(browser, { density: 'touch', theme: 'light' });
  await ui.go('/trust');
  const form = await openRules(ui.page, 'production');
  await form.getByRole('button', { name: /^Remove git/ }).click();
  expect(await sidewaysScroll(form)).toBe(0);
  await form.getByRole('button', { name: 'Show the difference' }).click();

  const confirm = ui.page.getByRole('dialog', { name: 'New rules for production' });
  const action = await confirm.getByRole('button', { name: 'Put these rules in force' }).boundingBox();
  expect(action?.height).toBeGreaterThanOrEqual(72);
  expect(await sidewaysScroll(confirm)).toBe(0);
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.close();
});

for (const kind of SHELL_KINDS) {
  test.describe(`a fresh station in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    test('comes from "refuses everything" to an accepted bundle by screens alone', async () => {
      test.setTimeout(120_000);
      const publisher = await aPublisher(await aFolder('publisher'));
      const shell = await kind.launch({ siteDir: await aFolder('by-screens'), serveArgs: await freeDevicePorts() });
      const { page, go } = shell;
      const stick = await publisher.writeStick({ sequence: 1, signed: true });
      await plugFolder(shell, stick);

      // Nobody is trusted: the signer is what the refusal names first.
      await verifyFrom(shell, stick);
      await expect(page.getByText('The signing key is not trusted, or not for this channel.')).toBeVisible();
      await page.getByRole('link', { name: 'Open the Trust screen' }).click();
      await expect(page.getByText('production: no key is trusted for it, no builder is allowed')).toBeVisible();
      await trustKey(page, await publisher.publicKeyPem());
      await expect(page.getByText('production: no builder is allowed, no source is allowed')).toBeVisible();

      // The key holds now, so what it states about builder and source can be read.
      await verifyFrom(shell, stick);
      await expect(page.getByText(TEST_BUILDER, { exact: true }).first()).toBeVisible();
      await expect(page.getByText(TEST_SOURCE, { exact: true }).first()).toBeVisible();
      await page.getByRole('link', { name: 'Open the Trust screen' }).click();
      const form = await openRules(page, 'production');
      await form.getByLabel('New builders').fill(TEST_BUILDER);
      await form.getByRole('button', { name: 'Add builders' }).click();
      await form.getByLabel('New sources').fill(TEST_SOURCE);
      await form.getByRole('button', { name: 'Add sources' }).click();
      await form.getByRole('button', { name: 'Show the difference' }).click();
      await page.getByLabel('Type production to go on').fill('production');
      await page.getByRole('button', { name: 'Put these rules in force' }).click();
      await expect(page.getByText('policy version 2 is in force and recorded')).toBeVisible();

      await verifyFrom(shell, stick);
      await expect(page.locator('[data-aspect][data-result="established"]')).toHaveCount(3);
      await page.getByRole('checkbox', { name: /I compared the signer/ }).check();
      await page.getByLabel('Reason or change ticket').fill('CHG-1');
      await page.getByRole('button', { name: 'Accept into the store' }).click();
      await expect(page.getByText(/accepted this bundle: CHG-1/)).toBeVisible();

      await go('/audit');
      await expect(page.getByRole('row').filter({ hasText: 'trust.policy-changed' })).toHaveCount(1);
      await expect(page.getByText(/chain intact/).first()).toBeVisible();
      expect(shell.errors).toEqual([]);
      await shell.close();
    });
  });
}

async function verifyFrom({ page, go }: RunningShell, stick: string): Promise<void> {
  await go('/import');
  await page.getByRole('radio', { name: `Choose ${basename(stick)}` }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('button', { name: 'Copy and verify' }).click();
  await expect(page.locator('[data-aspect]')).toHaveCount(3);
}

async function trustKey(page: Page, pem: string): Promise<void> {
  await page.getByRole('button', { name: 'Trust a key' }).first().click();
  const dialog = page.getByRole('dialog', { name: "Trust a publisher's key" });
  await dialog.getByLabel('Name of the publisher').fill(PUBLISHER);
  await dialog.getByLabel('Public key (PEM)').fill(pem);
  await dialog.getByRole('checkbox', { name: 'I compared the fingerprint with the publisher' }).check();
  await dialog.getByRole('button', { name: 'Trust this key' }).click();
  await expect(dialog).toBeHidden();
}

async function openRules(page: Page, channel: string): Promise<Locator> {
  await page.getByRole('button', { name: `Change rules: ${channel}` }).click();
  return page.getByRole('dialog', { name: `Change the rules for ${channel}` });
}

async function importFrom(ui: UiPage, version: string): Promise<void> {
  await ui.go('/import');
  await ui.page.getByRole('radio', { name: `Choose GANTRY-${version}` }).check();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();
  await expect(ui.page.getByText('Refused: this bundle cannot be accepted')).toBeVisible({ timeout: 15_000 });
}

function policyChanges(ui: UiPage): number {
  return ui.served.station.services.audit.list({ type: 'trust.policy-changed', limit: 100 }).length;
}

/** How far the widest part of a dialog goes beyond it, in pixels. */
async function sidewaysScroll(dialog: Locator): Promise<number> {
  return dialog.locator('.dialog__body').evaluate((body) => Math.max(0, body.scrollWidth - body.clientWidth));
}
