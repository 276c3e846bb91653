import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { runGantry } from '#scripts/station/station-process.ts';
import { AUDIT_EXPORT_FILES } from '#contracts/audit.ts';
import { plugFolder } from './support/import-steps.ts';
import { SHELL_KINDS, type RunningShell } from './support/shells.ts';
import { aFolder, aPopulatedSite } from './support/sites.ts';
import { exportOn } from './support/sticks.ts';

for (const kind of SHELL_KINDS) {
  test.describe(`evidence in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    let shell: RunningShell;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      shell = await kind.launch({ siteDir: await aPopulatedSite({ gateways: 'off' }) });
    });
    test.afterAll(async () => {
      await shell.close();
    });

    test('the chain of records is checked on the screen, and its export verifies without the station', async () => {
      const { page } = shell;
      const stick = await aFolder('auditor');
      await plugFolder(shell, stick);
      await shell.go('/audit');
      const bar = page.getByRole('region', { name: 'Chain of records' });
      await expect(bar).toContainText(/\d+ records, chain intact/);
      await bar.getByRole('button', { name: 'Verify now' }).click();
      await expect(bar).toContainText(/\d+ records, chain intact/);
      await expect(page.getByRole('row').filter({ hasText: 'rollout.' }).first()).toBeVisible();

      await page.getByRole('button', { name: 'Export for an auditor' }).click();
      const dialog = page.getByRole('dialog', { name: 'Export the audit records' });
      await dialog.getByRole('radio', { name: new RegExp(stick.split('/').at(-1) ?? '') }).check();
      await dialog.getByRole('button', { name: 'Write the export' }).click();
      await expect(dialog).toBeHidden();
      await page.getByRole('button', { name: /^Jobs/ }).click();
      await expect(page.getByRole('region', { name: 'Jobs' }).getByRole('listitem').first()).toContainText('Done');

      const folder = await exportOn(stick, 'audit');
      expect(await readdir(folder)).toContain('VERIFY.txt');
      const key = join(folder, AUDIT_EXPORT_FILES.publicKey);
      const verified = z
        .object({ verified: z.literal(true) })
        .loose()
        .safeParse(await runGantry(['audit', 'verify', folder, '--key', key]));
      expect(verified.error).toBeUndefined();
    });

    test('a measured variant shows its p99 with its interval', async () => {
      const { page } = shell;
      await shell.go('/benchmark');
      const bundle = page.getByLabel('Bundle', { exact: true });
      await bundle.selectOption(await bundle.getByRole('option', { name: /1\.1\.0/ }).getAttribute('value'));

      for (const variant of ['cpu-fp32', 'cpu-int8'])
        await expect(page.getByRole('row').filter({ hasText: variant })).toContainText(/p99\s*[\d.,]+\sms/);
    });

    test('the charts hold a line for each version that ran, and the gates as markers', async () => {
      const { page } = shell;
      await shell.go('/telemetry?range=1h');

      for (const title of ['Latency p99 by model version', 'Requests by model version']) {
        const panel = page.getByRole('region', { name: title });
        await expect(panel.locator('canvas')).toBeVisible();
        await expect.poll(() => panel.locator('.legend__swatch').count()).toBeGreaterThanOrEqual(2);
        for (const version of ['1.1.0', '1.2.0']) await expect(panel).toContainText(version);
      }
      expect(shell.errors).toEqual([]);
    });
  });
}
