import { expect, test } from '@playwright/test';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

/** The help is fetched this long after the first screen, and a little more for a busy machine. */
const HELP_AT_HAND_MS = 4_000;

test('F1 opens the page of the present screen beside it, on two screens, and Esc goes back', async ({ browser }) => {
  const ui = await openUiPage(browser);

  for (const [route, title] of [
    ['/review', 'Review'],
    ['/fleet/aoi-4-03', 'Gateway'],
  ] as const) {
    await ui.go(route);
    await ui.page.keyboard.press('F1');
    const help = ui.page.getByRole('dialog', { name: title, exact: true });
    await expect(help.getByRole('heading', { name: 'What to do first' })).toBeVisible();
    await ui.page.keyboard.press('Escape');
    await expect(help).toBeHidden();
    expect(await ui.page.evaluate(() => location.hash)).toContain(route);
  }
  expect(ui.foreign).toEqual([]);
  expect(await ui.violations()).toEqual([]);
  expect(ui.errors).toEqual([]);
  await ui.close();
});

test('F1 in a half-filled form keeps what was typed, and follows links in place', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/rollout/new');
  const ticket = ui.page.getByLabel('Change ticket');
  await ticket.fill('CHG-77');
  await ticket.press('F1');

  const help = ui.page.getByRole('dialog', { name: 'Plan a rollout', exact: true });
  await help.getByRole('link', { name: 'Benchmark' }).click();
  const next = ui.page.getByRole('dialog', { name: 'Benchmark', exact: true });
  await expect(next.getByText('quick run').first()).toBeVisible();
  await next.getByRole('button', { name: 'Close' }).click();

  await expect(next).toBeHidden();
  await expect(ticket).toHaveValue('CHG-77');
  await ui.close();
});

test('the rail leads to the help; its search finds a word and opens the page that says it', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Help' }).click();
  await expect(ui.page.getByRole('heading', { name: 'Getting started', level: 1 })).toBeVisible();
  const contents = ui.page.getByRole('navigation', { name: 'Contents of the help' });

  await contents.getByLabel('Search the help').fill('power cut');
  await expect(contents.getByRole('status')).toHaveText(/^\d+ pages?$/);
  await contents.getByRole('link', { name: /Recovery/ }).click();

  await expect(ui.page.getByRole('heading', { name: 'Recovery', level: 1 })).toBeVisible();
  await expect(ui.page.getByRole('heading', { name: 'Back up a site' })).toBeVisible();
  await ui.page.getByRole('article').getByRole('link', { name: 'Audit' }).first().click();
  await expect(ui.page.getByRole('heading', { name: 'Audit', level: 1 })).toBeVisible();
  await ui.page.getByRole('link', { name: 'Open this screen' }).click();
  await expect(ui.page.getByRole('button', { name: 'Verify now' })).toBeVisible();
  await ui.close();
});

for (const theme of ['dark', 'light'] as const) {
  test(`help keeps the policy, its own origin and WCAG A/AA in the ${theme} theme`, async ({ browser }) => {
    const ui = await openUiPage(browser, { theme });
    const findings: string[] = [];

    for (const route of ['/help', '/help/fleet', '/help/command-line', '/help/trust-and-policy?q=key', '/help/none']) {
      await ui.go(route);
      for (const finding of await axeFindings(ui.page)) findings.push(`${route} ${finding}`);
    }
    await ui.go('/audit');
    await ui.page.keyboard.press('F1');
    await ui.page.getByRole('dialog').waitFor();
    for (const finding of await axeFindings(ui.page)) findings.push(`drawer ${finding}`);

    expect(findings).toEqual([]);
    expect(ui.foreign).toEqual([]);
    expect(await ui.violations()).toEqual([]);
    expect(ui.errors).toEqual([]);
    await ui.close();
  });
}

test('the help is there when the station is not', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.page.waitForTimeout(HELP_AT_HAND_MS);

  await ui.served.close();
  await expect(ui.page.getByText('The connection to the station was lost.')).toBeVisible();
  await ui.page.keyboard.press('F1');
  await ui.page
    .getByRole('dialog', { name: 'Site overview' })
    .getByRole('button', { name: 'Open in the help' })
    .click();
  await ui.page.getByRole('article').getByRole('link', { name: 'Recovery' }).click();

  await expect(ui.page.getByRole('heading', { name: 'The station was killed, or the power was cut' })).toBeVisible();
  await ui.page.context().close();
});
