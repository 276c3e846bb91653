import { expect, type Page } from '@playwright/test';
import type { RunningShell } from './shells.ts';

/** Opens a folder as if a stick were plugged in; the browser shell asks for its path. */
export async function plugFolder({ page, go }: Pick<RunningShell, 'page' | 'go'>, folder: string): Promise<void> {
  await go('/import');
  await page.getByRole('button', { name: 'Open a folder' }).click();
  const dialog = page.getByRole('dialog', { name: 'Open a folder' });
  await dialog.getByLabel('Folder on the station').fill(folder);
  await dialog.getByRole('button', { name: 'Open this folder' }).click();
  await expect(dialog).toBeHidden();
}

/** Counts presses of the pointer in the page from now on. */
export async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    Reflect.set(window, 'countedClicks', 0);
    addEventListener(
      'pointerdown',
      () => Reflect.set(window, 'countedClicks', Number(Reflect.get(window, 'countedClicks')) + 1),
      true,
    );
  });
  return () => page.evaluate(() => Number(Reflect.get(window, 'countedClicks')));
}
