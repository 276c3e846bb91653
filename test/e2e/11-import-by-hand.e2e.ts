import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { freeDevicePorts } from '#scripts/station/station-process.ts';
import { countClicks, plugFolder } from './support/import-steps.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder } from './support/sites.ts';
import { aPublisher, flipBit, PUBLISHER, takePartAway, type Publisher } from './support/sticks.ts';

for (const kind of SHELL_KINDS) {
  test.describe(`importing a stick in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    let publisher: Publisher;
    let siteDir: string;
    let shell: RunningShell;

    test.beforeAll(async () => {
      publisher = await aPublisher(await aFolder('publisher'));
      siteDir = await aFolder('import');
      await publisher.beTrustedBy(siteDir);
      shell = await kind.launch({ siteDir, serveArgs: await freeDevicePorts() });
    });
    test.afterAll(async () => {
      await shell.close();
    });

    test('an unsigned bundle is refused with its code, and the store is unchanged', async () => {
      const { page } = shell;
      const before = await blobsOf(siteDir);
      await plugFolder(shell, await publisher.writeStick({ sequence: 1, signed: false }));
      await copyAndVerify(shell);

      await expect(page.getByText('Refused: this bundle cannot be accepted')).toBeVisible();
      await expect(page.locator('[data-aspect="identity"]')).toHaveAttribute('data-result', 'not-established');
      const finding = page.getByRole('listitem').filter({ hasText: 'BUNDLE_UNSIGNED' }).filter({ hasText: 'Blocks' });
      await expect(finding.getByText(/signature/i).first()).toBeVisible();
      await expect(page.getByText(/The store is unchanged and no gateway can get this bundle/)).toBeVisible();
      await expect(page.getByText(/ask the publisher/).first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Accept into the store' })).toHaveCount(0);
      expect(await blobsOf(siteDir)).toBe(before);
      await storeIsEmpty(shell);
    });

    test('a flipped bit is named by part and byte range, and the store is unchanged', async () => {
      const { page } = shell;
      const before = await blobsOf(siteDir);
      const stick = await publisher.writeStick({ sequence: 2, signed: true });
      const part = await flipBit(stick);
      await plugFolder(shell, stick);
      await copyAndVerify(shell);

      await expect(page.getByText('A part of the media set is damaged.')).toBeVisible();
      await expect(page.getByText('The store is unchanged: nothing of this bundle can be used.')).toBeVisible();
      await expect(page.getByText('Write the named part again, or use a copy of the stick.')).toBeVisible();
      await page.getByText('Details, code').click();
      await expect(page.getByText('MEDIA_PART_DAMAGED').first()).toBeVisible();
      await expect(page.locator('pre').filter({ hasText: part })).toBeVisible();
      expect(await blobsOf(siteDir)).toBe(before);
      await storeIsEmpty(shell);
    });

    test('a missing part is waited for by name; once it is there the import goes on to the decision', async () => {
      const { page } = shell;
      const stick = await publisher.writeStick({ sequence: 3, signed: true });
      const part = await takePartAway(stick);
      await plugFolder(shell, stick);
      await page.getByRole('button', { name: 'Show the plan' }).click();
      await expect(page.getByRole('row').filter({ hasText: part.name })).toContainText('On another stick');
      await page.getByRole('button', { name: 'Copy and verify' }).click();

      await expect(page.getByText(`Still needed: ${part.name}`)).toBeVisible();
      await expect(page.getByText(/already copied are kept. The store is unchanged/)).toBeVisible();
      await part.putBack();
      await page.getByRole('button', { name: 'Go on' }).click();

      await expect(page.getByRole('heading', { name: 'Your decision' })).toBeVisible();
      await page.getByLabel('Reason or change ticket').fill('Not needed at this plant');
      await page.getByRole('button', { name: 'Reject' }).click();
      await expect(page.getByText(/rejected this bundle: Not needed at this plant/)).toBeVisible();
      await storeIsEmpty(shell);
    });

    test('a good stick is accepted in four presses, after its signer was read', async () => {
      const { page } = shell;
      await plugFolder(shell, await publisher.writeStick({ sequence: 4, signed: true }));
      const clicks = await countClicks(page);
      await copyAndVerify(shell);

      await expect(page.locator('[data-aspect][data-result="established"]')).toHaveCount(3);
      const accept = page.getByRole('button', { name: 'Accept into the store' });
      await expect(accept).toBeDisabled();
      await expect(page.getByText(PUBLISHER).first()).toBeVisible();
      await page.getByRole('checkbox', { name: /I compared the signer/ }).check();
      await expect(accept).toBeDisabled();
      await page.getByLabel('Reason or change ticket').focus();
      await page.keyboard.type('CHG-4711');
      await accept.click();

      await expect(page.getByText(/accepted this bundle: CHG-4711/)).toBeVisible();
      expect(await clicks()).toBeLessThanOrEqual(4);
      await page.getByRole('link', { name: 'Open the bundle' }).click();
      await expect(page.getByRole('heading', { name: 'Scale 4' })).toBeVisible();
      expect(shell.errors).toEqual([]);
    });
  });
}

async function copyAndVerify({ page }: RunningShell): Promise<void> {
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('button', { name: 'Copy and verify' }).click();
}

async function storeIsEmpty({ page, go }: RunningShell): Promise<void> {
  await go('/bundles');
  await expect(page.getByText('No bundle is in the store yet').first()).toBeVisible();
}

/** A digest over the name and bytes of every stored blob; what is only partly here is no blob. */
async function blobsOf(siteDir: string): Promise<string> {
  const hash = createHash('sha256');
  const store = join(siteDir, 'store');
  for (const name of (await readdir(store, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('partial'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort())
    hash.update(name).update(await readFile(name));
  return hash.digest('hex');
}
