import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { UNTRUSTED_VERSION } from '../support/ui-station/imports-service.ts';
import { stick } from '../support/ui-station/media-service.ts';
import { axeFindings, openUiPage, type UiPage } from './support/ui-station-page.ts';

/** Copies a stick up to where its import stands still. */
async function importOf(ui: UiPage, version: string): Promise<void> {
  await ui.go('/import');
  await ui.page.getByRole('radio', { name: `Choose GANTRY-${version}`, exact: true }).check();
  await ui.page.getByRole('button', { name: 'Show the plan' }).click();
  await ui.page.getByRole('button', { name: 'Copy and verify' }).click();
}

test('Accept stays shut until the whole signer was on screen, and the keyboard brings it there', async ({
  browser,
}) => {
  const ui = await openUiPage(browser, { volumes: [stick('usb-1', '1.2.0')] });
  // So low that neither card fits: nothing counts as seen before a person goes there.
  await ui.page.setViewportSize({ width: 1366, height: 420 });
  await importOf(ui, '1.2.0');
  const accept = ui.page.getByRole('button', { name: 'Accept into the store' });
  await expect(accept).toBeAttached({ timeout: 15_000 });
  // A person who never looks: everything is filled in without scrolling.
  await ui.page.evaluate(() => scrollTo(0, 0));
  await ui.page
    .getByRole('checkbox', { name: /I compared the signer/ })
    .evaluate((box: HTMLInputElement) => box.click());
  await expect(ui.page.getByText('First bring the whole signer into view.')).toBeAttached();
  await expect(accept).toBeDisabled();

  await ui.page.setViewportSize({ width: 1366, height: 860 });
  await ui.page.locator('[data-signer]').first().focus();

  await expect(ui.page.locator('[data-signer]').first()).toBeInViewport({ ratio: 0.99 });
  await expect(ui.page.getByText('First bring the whole signer into view.')).toHaveCount(0);
  await expect(ui.page.getByText('First give a reason or ticket.').first()).toBeAttached();
  await ui.close();
});

test('a verdict keeps three results apart, each with symbol, letter and word, and tells code, age and next step', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await importOf(ui, UNTRUSTED_VERSION);
  await expect(ui.page.locator('[data-aspect]')).toHaveCount(3, { timeout: 15_000 });

  for (const [aspect, word, letter] of [
    ['integrity', 'Established', 'E'],
    ['identity', 'Not established', 'F'],
    ['permission', 'Not established', 'F'],
  ] as const) {
    const result = ui.page.locator(`[data-aspect="${aspect}"] .status`);
    await expect(result).toContainText(word);
    await expect(result.locator('.status__letter')).toHaveText(letter);
    await expect(result.locator('ix-icon, svg').first()).toBeAttached();
  }
  const missing = ui.page.locator('[data-facts="not-established"] li').filter({ hasText: 'SIGNATURE_HOLDS' });
  await expect(missing).toContainText('Ask the publisher for a bundle that is signed');
  await expect(ui.page.locator('[data-facts="established"] li').filter({ hasText: 'PARTS_LISTED' })).toContainText(
    'evidence',
  );
  await expect(ui.page.locator('[data-facts="not-demanded"]')).toContainText('decides nothing');
  await expect(ui.page.locator('[data-signer]')).toContainText('No signer could be established');
  await expect(ui.page.locator('[data-signer]')).toContainText('https://ci.acme.example/builders/train@v3');
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.close();
});

const FAILURE_TERMS = ['Cause', 'Unchanged', 'Next step', 'Code', 'In the log as'];

/** What a view says about an import that stands still, term by term. */
async function failureIn(page: Page, importId: string): Promise<[string, string][]> {
  const story = page.locator(`[data-failure="${importId}"]`);
  await expect(story).toBeVisible();
  const terms = await story.locator('dt').allInnerTexts();
  const values = await story.locator('dd').allInnerTexts();
  return terms.map((term, index) => [term, values[index] ?? '']);
}

test('list and import say the same about what failed, was refused, or waits for its stick', async ({ browser }) => {
  const ui = await openUiPage(browser, { volumes: [stick('usb-1', '1.2.0'), stick('usb-2', UNTRUSTED_VERSION)] });
  await importOf(ui, UNTRUSTED_VERSION);
  await expect(ui.page.getByText('Refused: this bundle cannot be accepted')).toBeVisible({ timeout: 15_000 });
  const refused = new URL(ui.page.url()).hash.split('/').at(-1) ?? '';
  ui.served.station.holdCopies(true);
  await importOf(ui, '1.2.0');
  await expect(ui.page.getByRole('progressbar', { name: 'Copying and hashing' })).toBeVisible();
  ui.served.station.unplug('usb-1');
  await expect(ui.page.getByText('The medium is gone')).toBeVisible();
  const waiting = new URL(ui.page.url()).hash.split('/').at(-1) ?? '';

  for (const id of ['imp-failed', refused, waiting]) {
    await ui.go(`/import/${id}`);
    const onItsScreen = await failureIn(ui.page, id);
    await ui.go('/import');
    const row = ui.page.locator('tr').filter({ has: ui.page.locator(`a[href$="/import/${id}"]`) });
    await row.locator('xpath=following-sibling::tr[1]').locator('summary').first().click();

    expect(await failureIn(ui.page, id)).toEqual(onItsScreen);
    expect(onItsScreen.map(([term]) => term)).toEqual(FAILURE_TERMS);
    for (const [, value] of onItsScreen) expect(value.trim()).not.toBe('');
    expect(onItsScreen.at(-1)?.[1]).toContain(id);
  }
  expect(await axeFindings(ui.page)).toEqual([]);
  await ui.close();
});

for (const [name, ending] of [
  ['Report as PDF', 'pdf'],
  ['Report as JSON', 'json'],
] as const)
  test(`${name} hands over the file that the station made, and says so`, async ({ browser }) => {
    const ui = await openUiPage(browser, { volumes: [stick('usb-1', '1.2.0')] });
    await importOf(ui, '1.2.0');
    await expect(ui.page.getByRole('heading', { name: 'Your decision' })).toBeVisible({ timeout: 15_000 });

    const [download] = await Promise.all([
      ui.page.waitForEvent('download'),
      ui.page.getByRole('button', { name }).click(),
    ]);

    const bytes = await readFile(await download.path());
    expect(download.suggestedFilename()).toMatch(new RegExp(`^gantry-import-.+\\.${ending}$`));
    expect(bytes.subarray(0, 5).toString()).toBe(ending === 'pdf' ? '%PDF-' : '{\n  "');
    await expect(ui.page.getByText('was handed to the downloads of this computer')).toBeVisible();
    const digest = createHash('sha256').update(bytes).digest('hex');
    await expect(ui.page.getByRole('status').locator(`code[title="sha256:${digest}"]`)).toBeVisible();
    expect(ui.foreign).toEqual([]);
    await ui.close();
  });

test('an import that was never verified offers no report and says why', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/import/imp-failed');

  await expect(ui.page.getByRole('button', { name: 'Report as PDF' })).toBeDisabled();
  await expect(ui.page.getByText('There is no report: this import was not verified.')).toBeVisible();
  await ui.close();
});
