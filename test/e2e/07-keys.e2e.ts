import { expect, test } from '@playwright/test';
import { stick } from '../support/ui-station/media-service.ts';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

const RECIPIENT = `age1${'q'.repeat(58)}`;

test('the keys of a site are shown whole, with the age of the backup and who can read exports', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/keys');

  const main = ui.page.getByRole('main');
  await expect(main.getByRole('row')).toHaveCount(5);
  await expect(main.getByText('security token')).toBeVisible();
  await expect(main.getByText('Last backup 12 days ago')).toBeVisible();
  await expect(main.getByText('Headquarters')).toBeVisible();
  await expect(main.getByText(/obey no other/)).toBeVisible();
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.close();
});

test('a ceremony is recorded only when every fingerprint was ticked and two people are named', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/keys');
  await ui.page.getByRole('button', { name: 'Hold a ceremony' }).click();

  const dialog = ui.page.getByRole('dialog', { name: 'Key ceremony' });
  const record = dialog.getByRole('button', { name: 'Write into the records' });
  await expect(record).toBeDisabled();
  for (const box of await dialog.getByRole('checkbox').all()) await box.check();
  await dialog.getByLabel('First witness').fill('Kim Berg');
  await dialog.getByLabel('Second witness').fill('kim berg');
  await expect(record).toBeDisabled();
  await dialog.getByLabel('Second witness').fill('Lee Stahl');
  expect(await axeFindings(ui.page)).toEqual([]);
  await record.click();

  await expect(ui.page.getByRole('main').getByText(/witnessed by Kim Berg and Lee Stahl/)).toBeVisible();
  await ui.close();
});

test('a backup asks for its passphrase twice and for a medium', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [stick('empty', '1.2.0', { readOnly: false, set: null })] });
  await ui.go('/keys');
  await ui.page.getByRole('button', { name: 'Back up the keys' }).click();

  const dialog = ui.page.getByRole('dialog', { name: 'Back up the keys of this site' });
  const write = dialog.getByRole('button', { name: 'Write the backup' });
  await dialog.getByRole('radio').check();
  await expect(write).toBeDisabled();
  await dialog.getByLabel('Passphrase of the backup').fill('correct horse battery');
  await dialog.getByLabel('The same passphrase again').fill('correct horse batterz');
  await expect(write).toBeDisabled();
  await dialog.getByLabel('The same passphrase again').fill('correct horse battery');
  await write.click();

  await expect(ui.page.getByText(/The backup is written to gantry\/outbox\/keys/)).toBeVisible();
  await ui.close();
});

test('a recipient is added, and removing the last one says what that means', async ({ browser }) => {
  const ui = await openUiPage(browser, { empty: true });
  await ui.go('/keys');
  const main = ui.page.getByRole('main');
  await expect(main.getByText(/exports leave readable for everybody/)).toBeVisible();
  await main.getByRole('button', { name: 'Add a recipient' }).click();

  const dialog = ui.page.getByRole('dialog', { name: 'Add a recipient for exports' });
  await dialog.getByLabel('Name').fill('HQ');
  await dialog.getByLabel('Recipient (age1…)').fill(RECIPIENT);
  await dialog.getByRole('button', { name: 'Add a recipient' }).click();
  await expect(main.getByText(/exports leave encrypted for/)).toBeVisible();

  await main.getByRole('button', { name: 'Remove HQ' }).click();
  await expect(ui.page.getByRole('dialog').getByText(/No recipient is left then/)).toBeVisible();
  await ui.close();
});

test('a role that may not change keys reads them and sees no button', async ({ browser }) => {
  const ui = await openUiPage(browser, { role: 'viewer' });
  await ui.go('/keys');

  await expect(ui.page.getByRole('main').getByRole('row')).toHaveCount(5);
  await expect(ui.page.getByRole('button', { name: 'Back up the keys' })).toHaveCount(0);
  await expect(ui.page.getByRole('button', { name: 'Rotate the audit key' })).toHaveCount(0);
  await ui.close();
});
