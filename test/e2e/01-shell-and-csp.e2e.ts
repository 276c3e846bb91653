import { expect, test } from '@playwright/test';
import { axeFindings, openUiPage } from './support/ui-station-page.ts';

const ROUTES = [
  '/',
  '/fleet',
  '/fleet/aoi-4-03',
  '/import',
  '/import/imp-refused',
  '/import/imp-failed',
  '/bundles',
  '/benchmark',
  '/rollout',
  '/rollout/new',
  '/rollout/ro-110',
  '/rollout/ro-120',
  '/review',
  '/telemetry?range=6h',
  '/audit',
  '/trust',
  '/keys',
  '/help',
] as const;

/** Long enough for icons and charts once the heading stands. */
const SETTLE_MS = 700;

for (const theme of ['dark', 'light'] as const) {
  test(`every screen keeps the policy, its own origin and WCAG A/AA in the ${theme} theme`, async ({ browser }) => {
    test.setTimeout(300_000);
    const ui = await openUiPage(browser, { theme });
    const findings: string[] = [];
    const bundle = ui.served.station.services.bundles.list()[0]?.digest ?? '';

    for (const route of [...ROUTES, `/bundles/${bundle}`]) {
      await ui.go(route);
      await ui.page.waitForTimeout(SETTLE_MS);
      for (const finding of await axeFindings(ui.page)) findings.push(`${route} ${finding}`);
    }

    expect.soft(findings).toEqual([]);
    expect.soft(ui.foreign).toEqual([]);
    expect.soft(await ui.violations()).toEqual([]);
    expect.soft(ui.errors).toEqual([]);
    await ui.close();
  });
}

test('an empty site says on every screen what to do first', async ({ browser }) => {
  const ui = await openUiPage(browser, { empty: true });

  for (const [route, text] of [
    ['/', 'See the whole story first'],
    ['/fleet', 'No gateway is enrolled yet'],
    ['/import', 'No medium is connected'],
    ['/bundles', 'No bundle is in the store yet'],
    ['/benchmark', 'There is no bundle to measure'],
    ['/rollout', 'No rollout was made yet'],
    ['/review', 'No sample is waiting'],
    ['/telemetry', 'No telemetry was collected yet'],
    ['/audit', 'No record yet'],
    ['/trust', 'This site trusts no publisher yet'],
  ] as const) {
    await ui.go(route);
    await expect(ui.page.getByText(text, { exact: true }).first()).toBeVisible();
  }
  await ui.close();
});

test('one click on an empty site runs the demonstration and fills the overview', async ({ browser }) => {
  const ui = await openUiPage(browser, { empty: true });

  await ui.page.getByRole('button', { name: 'Run the demonstration' }).click();

  await expect(ui.page.getByText('3 open alarms').first()).toBeVisible({ timeout: 15_000 });
  await expect(ui.page.getByRole('link', { name: /Line 5/ })).toBeVisible();
  await ui.close();
});

test('theme, size and time zone change from one panel and stay after a reload', async ({ browser }) => {
  const ui = await openUiPage(browser);

  await ui.page.getByRole('button', { name: 'Display settings' }).click();
  const panel = ui.page.getByRole('dialog', { name: 'Display settings' });
  await panel.getByRole('radio', { name: 'Light' }).check();
  await panel.getByRole('radio', { name: 'Touch' }).check();
  await panel.getByRole('radio', { name: 'UTC' }).check();
  await ui.page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await ui.page.reload();

  const html = ui.page.locator('html');
  await expect(html).toHaveAttribute('data-ix-color-schema', 'light');
  await expect(html).toHaveAttribute('data-density', 'touch');
  await ui.go('/import');
  await expect(ui.page.getByText(/\+00:00/).first()).toBeVisible();
  await expect(ui.page.getByRole('main').getByText(/\+01:00/)).toHaveCount(0);
  await ui.close();
});

test('? shows the shortcuts of the present screen', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/review');
  await expect(ui.page.getByRole('heading', { name: 'Classes' })).toBeVisible();

  await ui.page.keyboard.press('?');

  const sheet = ui.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Accept the sample and go on')).toBeVisible();
  await ui.close();
});

for (const [name, viewport] of [
  ['1366 × 768', { width: 1366, height: 768 }],
  ['1280 × 800', { width: 1280, height: 800 }],
] as const) {
  test(`touch size at ${name}: every control is at least 48 px and nothing scrolls sideways`, async ({ browser }) => {
    test.setTimeout(240_000);
    const ui = await openUiPage(browser, { density: 'touch' });
    await ui.page.setViewportSize(viewport);
    const problems: string[] = [];

    for (const route of ROUTES) {
      await ui.go(route);
      await ui.page.waitForTimeout(SETTLE_MS);
      for (const problem of await ui.page.evaluate(touchProblems)) problems.push(`${route} ${problem}`);
    }

    expect(problems).toEqual([]);
    await ui.close();
  });
}

/** Runs in the page: small controls (through open shadow roots) and sideways scrolling (U9). */
function touchProblems(): string[] {
  const found: string[] = [];
  const main = document.querySelector('main');
  if (document.documentElement.scrollWidth > innerWidth || (main !== null && main.scrollWidth > main.clientWidth))
    found.push('scrolls sideways');
  const visit = (root: ParentNode): void => {
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element.shadowRoot !== null) visit(element.shadowRoot);
      if (!element.matches('button, a[href], select, input, textarea, summary, [role=button]')) continue;
      // A choice is as large as its label; a word in a sentence is a link, not a control; the skip link shows on focus.
      const target = element.closest('label') ?? element;
      if (element.matches('.shell__skip') || (element.matches('a') && getComputedStyle(element).display === 'inline'))
        continue;
      const { width, height } = target.getBoundingClientRect();
      if (width > 0 && height > 0 && (height < 47.5 || width < 47.5))
        found.push(
          `${element.tagName} ${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)} ${String(Math.round(width))}×${String(Math.round(height))}`,
        );
    }
  };
  visit(document);
  return found;
}
