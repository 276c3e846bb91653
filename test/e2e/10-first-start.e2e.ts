import { expect, test } from '@playwright/test';
import { freeDevicePorts } from '#scripts/station/station-process.ts';
import { SHELL_KINDS } from './support/shells.ts';
import { aFolder, keepPopulatedSite } from './support/sites.ts';

for (const kind of SHELL_KINDS) {
  test.describe(`an empty site in the ${kind.name} shell`, () => {
    test.skip(kind.skipReason !== null, kind.skipReason ?? '');

    test('one click tells the whole story, with progress in sight, and ends on a populated site', async () => {
      test.setTimeout(240_000);
      const siteDir = await aFolder('first-start');
      const shell = await kind.launch({
        siteDir,
        serveArgs: ['--demo-source', 'generated', ...(await freeDevicePorts())],
      });
      const { page } = shell;
      await expect(page.getByText('This site is empty. Where to begin')).toBeVisible();

      await page.getByRole('button', { name: 'Run the demonstration' }).click();

      // Progress is on every screen, and grows.
      await page.getByRole('button', { name: /^Jobs/ }).click();
      const demonstration = page
        .getByRole('region', { name: 'Jobs' })
        .getByRole('listitem')
        .filter({ hasText: /demonstration/i });
      await expect(demonstration.getByRole('progressbar')).toBeVisible();
      await expect(demonstration).toContainText('Running');
      await expect(demonstration).toContainText(/[3-9] of 11/, { timeout: 60_000 });
      await expect(demonstration).toContainText('Done', { timeout: 180_000 });

      await expect(page.getByText('3 of 3 online')).toBeVisible();
      for (const line of ['pressing', 'soldering', 'packing'])
        await expect(page.getByRole('link', { name: new RegExp(line) }).first()).toBeVisible();
      await shell.go('/bundles');
      for (const version of ['1.0.0', '1.1.0', '1.2.0'])
        await expect(page.getByRole('main').getByText(version).first()).toBeVisible();
      await shell.go('/rollout');
      for (const [ticket, state] of [
        ['CHG-1001', 'Finished'],
        ['CHG-1002', 'Finished'],
        ['CHG-1003', 'Rolled back'],
      ] as const)
        await expect(page.getByRole('row').filter({ hasText: ticket })).toContainText(state);
      await shell.go('/telemetry');
      await expect(
        page
          .getByRole('main')
          .getByText(/1\.1\.0/)
          .first(),
      ).toBeVisible();
      expect(shell.errors).toEqual([]);
      await shell.close();
      await keepPopulatedSite(siteDir);
    });
  });
}
