import { expect, test } from '@playwright/test';
import { stick } from '../support/ui-station/media-service.ts';
import { UNTRUSTED_VERSION } from '../support/ui-station/imports-service.ts';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

test('a stick appears by itself and is never chosen for the person', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [] });
  await ui.go('/import');
  await expect(ui.page.getByText('No medium is connected')).toBeVisible();

  ui.served.station.plug(stick('usb-1', '1.2.0'));
  ui.served.station.plug(stick('usb-2', UNTRUSTED_VERSION));

  await expect(ui.page.getByRole('radio', { name: 'Choose GANTRY-1.2.0', exact: true })).toBeVisible();
  await expect(ui.page.getByRole('radio', { checked: true })).toHaveCount(0);
  await expect(ui.page.getByRole('button', { name: 'Show the plan' })).toBeDisabled();
  await ui.close();
});

test('plan, copy, verdict, comparison of the signer, acceptance', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/import');

  await ui.page.getByRole('radio', { name: 'Choose GANTRY-1.2.0', exact: true }).check();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(ui.page.getByText('part-0001.bin')).toBeVisible();
  ui.served.station.holdCopies(true);
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();
  await expect(ui.page.getByRole('progressbar', { name: 'Copying and hashing' })).toBeVisible();
  ui.served.station.holdCopies(false);

  // Three results, the signer readable, and only then a way to accept.
  const accept = ui.page.getByRole('button', { name: 'Accept into the store' });
  await expect(accept).toBeDisabled({ timeout: 15_000 });
  await expect(ui.page.locator('[data-aspect]')).toHaveCount(3);
  await expect(ui.page.locator('[data-aspect][data-result="established"]')).toHaveCount(3);
  await expect(ui.page.getByText('ACME Vision, model publishing').first()).toBeVisible();
  await ui.page.getByRole('checkbox', { name: /I compared the signer/ }).check();
  await expect(accept).toBeDisabled();
  await ui.page.getByLabel('Reason or change ticket').fill('CHG-20440');
  expect(await axeFindings(ui.page)).toEqual([]);
  await accept.click();

  await expect(ui.page.getByText('Dana Keller accepted this bundle: CHG-20440')).toBeVisible();
  await ui.page.getByRole('link', { name: 'Open the bundle' }).click();
  await expect(ui.page.getByRole('heading', { name: 'PCB defect detector 1.2.0' })).toBeVisible();
  await ui.close();
});

test('from the plugged stick to the accepted bundle in four clicks, when all is well', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [] });
  await ui.go('/import');
  await expect(ui.page.getByText('No medium is connected')).toBeVisible();
  await ui.page.evaluate(() => {
    const counter = window as unknown as { clicks: number };
    counter.clicks = 0;
    // A click on a label makes a second one on its field: only what the person did is trusted and has a pointer.
    window.addEventListener('pointerdown', () => (counter.clicks += 1), true);
  });

  ui.served.station.plug(stick('usb-1', '1.2.0'));
  await expect(ui.page.getByRole('radio', { name: 'Choose GANTRY-1.2.0', exact: true })).toBeChecked();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(ui.page.getByText('Signed by Data team, trusted here')).toBeVisible();
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();
  await ui.page.getByRole('checkbox', { name: /I compared the signer/ }).click({ timeout: 15_000 });
  await ui.page.getByLabel('Reason or change ticket').focus();
  await ui.page.keyboard.type('CHG-20440');
  await ui.page.getByRole('button', { name: 'Accept into the store' }).click();

  await expect(ui.page.getByText('Dana Keller accepted this bundle: CHG-20440')).toBeVisible();
  expect(await ui.page.evaluate(() => (window as unknown as { clicks: number }).clicks)).toBeLessThanOrEqual(4);
  await ui.close();
});

test('a stick is checked without being imported, and the outbox is written to it', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [stick('usb-1', '1.2.0', { readOnly: false })] });
  await ui.go('/import');

  await ui.page.getByRole('button', { name: 'Check only' }).click();
  await expect(ui.page.getByText(/Whole: 1 part, .* Nothing was copied/)).toBeVisible({ timeout: 15_000 });
  await ui.page.getByRole('button', { name: 'Write to a stick' }).click();
  await ui.page
    .getByRole('radio', { name: /GANTRY-1.2.0/ })
    .last()
    .check();
  await ui.page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(ui.page.getByText('Write receipt')).toBeVisible();
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.page.getByRole('button', { name: 'Eject' }).click();

  await expect(ui.page.getByText('No medium is connected')).toBeVisible();
  await ui.close();
});

test('an untrusted bundle is refused, says that the store is unchanged, and offers no way to accept', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await ui.go('/import');

  await ui.page.getByRole('radio', { name: `Choose GANTRY-${UNTRUSTED_VERSION}` }).check();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();

  await expect(ui.page.getByText('Refused: this bundle cannot be accepted')).toBeVisible({ timeout: 15_000 });
  await expect(ui.page.getByText(/The store is unchanged/)).toBeVisible();
  await expect(ui.page.locator('[data-aspect="identity"]')).toHaveAttribute('data-result', 'not-established');
  await expect(ui.page.locator('[data-aspect="integrity"]')).toHaveAttribute('data-result', 'established');
  await expect(ui.page.getByRole('button', { name: 'Accept into the store' })).toHaveCount(0);
  await ui.close();
});

test('a pulled stick is a state: plug it in, one tap, and it goes on', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/import');
  await ui.page.getByRole('radio', { name: 'Choose GANTRY-1.2.0', exact: true }).check();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  ui.served.station.holdCopies(true);
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();
  await expect(ui.page.getByRole('progressbar', { name: 'Copying and hashing' })).toBeVisible();

  ui.served.station.unplug('usb-1');
  await expect(ui.page.getByText('The medium is gone')).toBeVisible();
  await expect(ui.page.getByText('MEDIA_GONE').first()).toBeVisible();
  ui.served.station.plug({ ...stick('usb-stranger', '1.2.0'), label: 'OTHER-SET' });
  await expect(ui.page.getByText('A stick that is plugged in does not belong to this set')).toBeVisible();
  ui.served.station.unplug('usb-stranger');
  ui.served.station.holdCopies(false);
  await ui.page.getByRole('button', { name: 'Jobs' }).click();
  await expect(ui.page.getByRole('region', { name: 'Jobs' }).getByText('Waits for: media-removed')).toBeVisible();
  ui.served.station.plug(stick('usb-1', '1.2.0'));
  await ui.page.getByRole('button', { name: 'Go on' }).click();

  await expect(ui.page.getByRole('heading', { name: 'Your decision' })).toBeVisible({ timeout: 15_000 });
  await ui.close();
});

test('a failed import says what happened, what is unchanged, what to do, and its code', async ({ browser }) => {
  const ui = await openUiPage(browser);

  await ui.go('/import/imp-failed');

  await expect(ui.page.getByText('A part of the media set is damaged.')).toBeVisible();
  await expect(ui.page.getByText('The damaged bytes were not stored.')).toBeVisible();
  await expect(ui.page.getByText('Write the named part again, or use a copy of the stick.')).toBeVisible();
  await expect(ui.page.getByText('MEDIA_PART_DAMAGED').first()).toBeVisible();
  await expect(ui.page.getByText('The store is unchanged: nothing of this bundle can be used.')).toBeVisible();
  await ui.close();
});
