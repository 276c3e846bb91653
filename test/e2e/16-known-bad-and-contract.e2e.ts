import { expect, test } from '@playwright/test';
import { LineContract } from '#contracts/bundle.ts';
import { stick } from '../support/ui-station/media-service.ts';
import { axeFindings, openUiPage, type UiPage } from './support/ui-station-page.ts';

/** Pictures for people who look at the screens: `GANTRY_LOOK=FOLDER playwright test 16`. */
const LOOK = process.env['GANTRY_LOOK'];
const SIZES = [
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
] as const;

async function look(ui: UiPage, name: string): Promise<void> {
  if (LOOK === undefined) return;
  for (const size of SIZES)
    for (const theme of ['dark', 'light']) {
      await ui.page.setViewportSize(size);
      await ui.page.evaluate((wanted) => {
        document.documentElement.dataset['theme'] = wanted;
      }, theme);
      await ui.page.screenshot({ path: `${LOOK}/${name}-${String(size.width)}-${theme}.png` });
    }
}

async function showPlan(ui: UiPage, digest: string): Promise<void> {
  await ui.go(`/rollout/new?bundle=${digest}`);
  await ui.page.getByLabel(/Change ticket/).fill('CHG-7');
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
}

test('a list on a stick is shown, confirmed and recorded; a named bundle goes to no further gateway', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  ui.served.station.plug(stick('vol-list', '9.9.9', { label: 'KNOWN-BAD' }));
  await ui.go('/trust');
  await look(ui, 'trust-none');
  await ui.page.getByRole('button', { name: 'Bring a list from a medium' }).click();
  await ui.page.getByLabel('Medium', { exact: true }).selectOption('vol-list');
  await ui.page.getByRole('button', { name: 'Show what it names' }).click();

  const confirm = ui.page.getByRole('dialog', { name: 'Put a list of known-bad parts in force' });
  await expect(confirm.getByText('goes to no further gateway').first()).toBeVisible();
  await expect(confirm.getByRole('button', { name: 'Put it in force' })).toBeDisabled();
  await look(ui, 'confirm');
  expect(await axeFindings(ui.page)).toEqual([]);
  await confirm.getByLabel(/type/i).fill('list 4');
  await confirm.getByRole('button', { name: 'Put it in force' }).click();
  await expect(confirm).toBeHidden();
  const panel = ui.page.getByRole('main');
  await expect(panel.getByText(/accepted bundles? (is|are) named/)).toBeVisible();
  const [digest = ''] = ui.served.station.services.bundles.list().map((bundle) => bundle.digest);

  await ui.go('/bundles');
  await expect(ui.page.getByText('may not be deployed').first()).toBeVisible();
  await look(ui, 'bundles');
  await ui.go(`/bundles/${digest}`);
  await expect(ui.page.getByText('it may not go to further gateways today')).toBeVisible();
  await expect(ui.page.getByText('PART_KNOWN_BAD').first()).toBeVisible();
  expect(await axeFindings(ui.page)).toEqual([]);
  await look(ui, 'bundle');
  await showPlan(ui, digest);
  await expect(ui.page.getByText('PART_KNOWN_BAD').first()).toBeVisible();
  await expect(ui.page.getByRole('button', { name: 'Start this rollout' }).first()).toBeDisabled();
  expect(ui.errors).toEqual([]);
  await ui.close();
});

test('a line that changed after the import refuses the plan and shows both sides', async ({ browser }) => {
  const ui = await openUiPage(browser);
  const { bundles, trust } = ui.served.station.services;
  const [bundle] = bundles.list();
  if (bundle === undefined) throw new Error('the sample station has no bundle');
  const contract = await bundles.contractOf(bundle.digest);
  const inputs = contract.inputs.map((input) => ({ ...input, unit: 'grey value 0..255', shape: [-1, 2, 512, 512] }));
  trust.setLineContract(
    { model: bundle.model, contract: LineContract.parse({ inputs }), reason: 'new cameras' },
    ui.served.station.person,
  );

  await showPlan(ui, bundle.digest);
  await expect(ui.page.getByText('CONTRACT_MISMATCH').first()).toBeVisible();
  await expect(ui.page.getByRole('row', { name: /unit/ }).first()).toContainText('grey value 0..255');
  await expect(ui.page.getByRole('button', { name: 'Start this rollout' }).first()).toBeDisabled();
  expect(await axeFindings(ui.page)).toEqual([]);
  await look(ui, 'plan-contract');
  await ui.go(`/bundles/${bundle.digest}`);
  await expect(ui.page.getByRole('row', { name: /unit/ }).first()).toContainText('grey value 0..255');
  await look(ui, 'bundle-contract');
  await ui.close();
});
