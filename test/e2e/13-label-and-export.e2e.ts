import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { plugFolder } from './support/import-steps.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder, aPopulatedSite } from './support/sites.ts';
import { exportOn, readCoco } from './support/sticks.ts';

for (const kind of SHELL_KINDS) {
  test.describe(`labelling real samples in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    let shell: RunningShell;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      shell = await kind.launch({ siteDir: await aPopulatedSite({ gateways: 'off' }) });
    });
    test.afterAll(async () => {
      await shell.close();
    });

    test('a box made with the keyboard is there after a reload', async () => {
      const { page } = shell;
      await openQueue(shell);
      const sample = await currentSample(shell);
      await page.keyboard.press('KeyN');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Digit2');
      await page.keyboard.press('ArrowRight');
      await isSaved(shell);
      const box = await page.getByRole('button', { name: /^Box 1: scratch/ }).textContent();

      await page.reload();

      expect(await currentSample(shell)).toBe(sample);
      await expect(page.getByRole('button', { name: /^Box 1: scratch/ })).toHaveText(box ?? '');
    });

    test('an acknowledged box survives a station that is killed with SIGKILL', async () => {
      const { page } = shell;
      await openQueue(shell);
      const sample = await currentSample(shell);
      await page.keyboard.press('KeyN');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Digit1');
      await isSaved(shell);
      const before = await boxNames(shell);

      await shell.crashStation();

      await shell.go(`/review?sample=${sample}`);
      await expect.poll(() => boxNames(shell)).toEqual(before);
    });

    test('accepted samples leave as COCO on the chosen folder, with their boxes', async () => {
      const { page } = shell;
      const stick = await aFolder('evidence');
      await plugFolder(shell, stick);
      await openQueue(shell);
      const label = await boxNames(shell);
      expect(label).toHaveLength(2);
      await page.keyboard.press('Space');
      await expect(page.getByText(/4 accepted/)).toBeVisible();

      await page.getByRole('button', { name: 'Export COCO' }).click();
      const dialog = page.getByRole('dialog', { name: /Export labelled samples/ });
      await dialog.getByRole('radio', { name: new RegExp(stick.split('/').at(-1) ?? '') }).check();
      await dialog.getByRole('button', { name: 'Write the export' }).click();
      await expect(dialog).toBeHidden();
      await page.getByRole('button', { name: /^Jobs/ }).click();
      await expect(page.getByRole('region', { name: 'Jobs' }).getByRole('listitem').first()).toContainText('Done');

      const folder = await exportOn(stick, 'review');
      const coco = await readCoco(folder);
      expect(coco.images).toHaveLength(4);
      const names = new Map(coco.categories.map((category) => [category.id, category.name]));
      const ours = coco.images
        .map((image) => coco.annotations.filter(({ image_id }) => image_id === image.id))
        .find((boxes) => boxes.length === 2);
      expect(ours?.map(({ category_id }) => names.get(category_id)).sort()).toEqual(['scratch', 'spot']);
      const files = await readdir(folder, { recursive: true });
      for (const { file_name } of coco.images) expect(files.some((file) => join(file).endsWith(file_name))).toBe(true);
      // The station was killed before: what the page asked meanwhile was refused.
      expect(shell.errors.filter((error) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(error))).toEqual([]);
    });
  });
}

async function openQueue({ page, go }: RunningShell): Promise<void> {
  await go('/review');
  await expect(page.getByRole('heading', { name: 'Classes' })).toBeVisible();
  await expect(page.locator('.a9s-annotationlayer')).toBeVisible();
}

async function currentSample({ page }: RunningShell): Promise<string> {
  const label = await page.locator('.queue__item[aria-current]').getAttribute('aria-label');
  return /Sample (\S+),/.exec(label ?? '')?.[1] ?? '';
}

async function isSaved({ page }: RunningShell): Promise<void> {
  await expect(page.locator('[data-save="saved"]')).toBeVisible();
}

async function boxNames({ page }: RunningShell): Promise<string[]> {
  return page.getByRole('button', { name: /^Box \d+:/ }).allTextContents();
}
