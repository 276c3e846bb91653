import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { createKeyPair, signingKeyFromPem } from '#native/keys/index.ts';
import { draftRoot, publishTargets, signRoot } from '#native/tuf/index.ts';
import { freeDevicePorts } from '#scripts/station/station-process.ts';
import { plugFolder } from './support/import-steps.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder } from './support/sites.ts';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

const DAY = 86_400_000;

/** A headquarters with two keyholders, which writes a stick for each state of its trust repository. */
async function aHeadquarters(work: string): Promise<{ stick: (name: string, version: number) => Promise<string> }> {
  const [ann, bob, online, publisher] = ['ann', 'bob', 'online', 'publisher'].map(() => createKeyPair('ecdsa-p256'));
  if (ann === undefined || bob === undefined || online === undefined || publisher === undefined)
    throw new Error('no keys');
  const repository = join(work, 'repository');
  const named = ({ publicKeyPem }: typeof ann) => ({ publicKeyPem, algorithm: 'ecdsa-p256' }) as const;
  const expires = Date.now() + 90 * DAY;
  return {
    stick: async (name, version) => {
      await draftRoot(repository, { rootKeys: [ann, bob].map(named), threshold: 2, signer: named(online), expires });
      for (const keyholder of [ann, bob]) await signRoot(repository, signingKeyFromPem(keyholder.privateKeyPem));
      const plantKeys = {
        v: 1,
        keys: [
          { name: `Vision team ${String(version)}`, publicKeyPem: publisher.publicKeyPem, channels: ['production'] },
        ],
      };
      const knownBad = { v: 1, version, issuedAt: Date.now(), entries: [] };
      const targets = new Map([
        ['plant-keys.json', Buffer.from(JSON.stringify(plantKeys))],
        ['known-bad.json', Buffer.from(JSON.stringify(knownBad))],
      ]);
      await publishTargets(repository, { targets, key: signingKeyFromPem(online.privateKeyPem), expires });
      const stick = join(work, name);
      await mkdir(join(stick, 'gantry'), { recursive: true });
      await cp(repository, join(stick, 'gantry', 'trust'), { recursive: true });
      return stick;
    },
  };
}

async function lookAt({ page, go }: RunningShell, stick: string, button: string): Promise<void> {
  await go('/trust');
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog', { name: button });
  const option = dialog.getByRole('option', { name: basename(stick) });
  await dialog.getByLabel('Medium').selectOption(await option.getAttribute('value'));
  await dialog.getByRole('button', { name: 'Show what would change' }).click();
}

for (const kind of SHELL_KINDS) {
  test.describe(`trust by stick in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    test('is pinned once, then rotated: plug, look, confirm, and the screen says who took which root when', async () => {
      test.setTimeout(120_000);
      const headquarters = await aHeadquarters(await aFolder('headquarters'));
      const first = await headquarters.stick('stick-1', 1);
      const shell = await kind.launch({ siteDir: await aFolder('trust-by-stick'), serveArgs: await freeDevicePorts() });
      const { page, go } = shell;

      await plugFolder(shell, first);
      await lookAt(shell, first, 'Pin a first root');
      const pin = page.getByRole('dialog', { name: 'Pin a first root' });
      const fingerprint = (await pin.locator('.fingerprint').innerText()).replaceAll(/[^0-9a-f]/g, '');
      await pin.getByLabel('Fingerprint as the keyholders told it').fill(fingerprint);
      await pin.getByLabel('Type root 1 to go on').fill('root 1');
      await pin.getByRole('button', { name: 'Pin this root' }).click();
      await expect(pin).toBeHidden();

      const second = await headquarters.stick('stick-2', 2);
      await plugFolder(shell, second);
      await lookAt(shell, second, 'Update from a medium');
      const confirm = page.getByRole('dialog', { name: 'Update trust' });
      await expect(confirm.getByText('Vision team 2')).toBeVisible();
      await expect(confirm.getByText('known-bad.json: version 0 → 2')).toBeVisible();
      const action = confirm.getByRole('button', { name: 'Put it in force' });
      await expect(action).toBeDisabled();
      await confirm.getByLabel('Type root 2 to go on').fill('root 2');
      await action.click();
      await expect(confirm).toBeHidden();

      await expect(page.getByText('Trust is updated: root 2.')).toBeVisible();
      const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Trust repository' }) });
      await expect(panel.getByText('root 2', { exact: true })).toBeVisible();
      await expect(panel.getByText('timestamp 2, snapshot 2, targets 2')).toBeVisible();
      await expect(page.getByRole('rowheader', { name: 'Vision team 2' })).toBeVisible();
      await panel.getByRole('button', { name: 'Compare' }).click();
      const compare = page.getByRole('dialog', { name: 'root 2' });
      await expect(compare.getByRole('img', { name: 'QR code with the fingerprint of root 2' })).toBeVisible();
      await compare.getByRole('button', { name: 'Close' }).last().click();

      await go('/audit');
      await expect(page.getByRole('row').filter({ hasText: 'trust.repository-updated' })).toHaveCount(1);
      await expect(page.getByText(/chain intact/).first()).toBeVisible();
      expect(shell.errors).toEqual([]);
      await shell.close();
    });
  });
}

test('the alarm of a restored copy is closed with a reason, and stays closed', async ({ browser }) => {
  const ui = await openUiPage(browser, {
    storesAlarm: { at: Date.now(), state: 'database-older', acknowledgedBy: null, detail: '' },
  });
  await ui.go('/trust');
  await expect(ui.page.getByText('The database is older than the second store')).toBeVisible();
  await ui.page.getByRole('button', { name: 'I looked at it' }).click();
  const dialog = ui.page.getByRole('dialog', { name: 'Close the alarm of a restored copy' });
  expect(await axeFindings(ui.page)).toEqual([]);
  const close = dialog.getByRole('button', { name: 'Close the alarm' });
  await dialog.getByLabel('Type restored copy to go on').fill('restored copy');
  await expect(close).toBeDisabled();
  await dialog.getByLabel('Reason').fill('the disk was replaced');
  await close.click();

  await expect(ui.page.getByText('The records of what was accepted differ')).toBeHidden();
  expect(recordsOf(ui.served.station.services.audit, 'trust.stores-acknowledged')).toBe(1);
  await ui.close();
});

test('an identity is trusted after everything that it allows was shown, and nothing that looks like a pattern', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await ui.go('/trust');
  await ui.page.getByRole('button', { name: 'Trust an identity' }).click();
  const form = ui.page.getByRole('dialog', { name: 'Trust a certificate identity' });
  const next = form.getByRole('button', { name: 'Show what it allows' });
  await form.getByLabel('Name that people know it by').fill('release workflow 2027');
  await form.getByLabel('Subject').fill('https://git.acme.example/models/*');
  await form.getByLabel('Issuer').fill('https://token.acme.example');
  await expect(next).toBeDisabled();
  await expect(form.getByText('Wildcards and patterns match nothing here')).toBeVisible();
  await form.getByLabel('Subject').fill('https://git.acme.example/models/release.yml@refs/heads/main');
  await form.getByLabel('Source repository').fill('https://git.acme.example/models');
  expect(await axeFindings(ui.page)).toEqual([]);
  await next.click();

  const confirm = ui.page.getByRole('dialog', { name: 'Trust release workflow 2027' });
  await expect(confirm.getByText('bundles for production can be accepted')).toBeVisible();
  await expect(confirm.getByText(/Not demanded, any value passes: Source ref, Builder/)).toBeVisible();
  await expect(confirm.getByText('The rules of production demand a key.')).toBeVisible();
  await confirm.getByLabel('Type release workflow 2027 to go on').fill('release workflow 2027');
  await confirm.getByRole('button', { name: 'Trust this identity' }).click();

  await expect(ui.page.getByRole('rowheader', { name: 'release workflow 2027' })).toBeVisible();
  expect(ui.served.station.services.trust.trust().identities.at(-1)).toMatchObject({
    extensions: { sourceRepositoryUri: 'https://git.acme.example/models' },
    channels: ['production'],
  });
  await ui.close();
});

test('two people go back to the version before, on one screen; one person cannot', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/trust');
  await ui.page.getByRole('button', { name: 'Ask to go back' }).click();
  const ask = ui.page.getByRole('dialog', { name: 'Ask to go back' });
  await expect(ask.getByText('12 → 11')).toBeVisible();
  await ask.getByLabel('Reason').fill('it counts doubles');
  await ask.getByLabel('Type vision/pcb-defect to go on').fill('vision/pcb-defect');
  await ask.getByRole('button', { name: 'Ask for an exception' }).click();
  await expect(ui.page.getByText('sequence 12 back to 11')).toBeVisible();

  await approveAs(ui.page, 'Dana Keller');
  await expect(ui.page.getByRole('dialog').getByText('PERSON_NOT_PROVEN', { exact: true })).toBeVisible();
  await approveAs(ui.page, 'Otto Brandt', true);
  await expect(ui.page.getByRole('cell', { name: 'approved', exact: true })).toBeVisible();
  await ui.close();
});

test('a person is added with a passphrase of their own and removed again', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/trust');
  await ui.page.getByRole('button', { name: 'Add a person' }).click();
  const add = ui.page.getByRole('dialog', { name: 'Add a person' });
  await add.getByLabel('Name').fill('Mina Sato');
  await add.getByLabel('Role').selectOption('admin');
  await add.getByLabel('Passphrase of the new person').fill('a long passphrase');
  await add.getByLabel('The same again').fill('another passphrase');
  await expect(add.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
  await add.getByLabel('The same again').fill('a long passphrase');
  await add.getByRole('button', { name: 'Add', exact: true }).click();
  const row = ui.page.getByRole('row').filter({ hasText: 'Mina Sato' });
  await expect(row).toContainText('Administrator');
  await row.getByRole('button', { name: 'Remove' }).click();
  const remove = ui.page.getByRole('dialog', { name: 'Remove Mina Sato' });
  await remove.getByLabel('Type Mina Sato to go on').fill('Mina Sato');
  await remove.getByRole('button', { name: 'Remove this person' }).click();

  await expect(row).toHaveCount(0);
  await ui.close();
});

async function approveAs(page: Page, name: string, isOpen = false): Promise<void> {
  if (!isOpen) await page.getByRole('button', { name: 'Approve as second person' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Approve as second person' });
  await dialog.getByLabel('Your name').fill(name);
  await dialog.getByLabel('Your passphrase').fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Approve as second person' }).click();
}

function recordsOf(audit: { list(filter: { type: string; limit: number }): readonly unknown[] }, type: string): number {
  return audit.list({ type, limit: 100 }).length;
}
