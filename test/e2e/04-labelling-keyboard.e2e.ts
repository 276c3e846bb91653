import { expect, test } from '@playwright/test';
import type { SampleView } from '#contracts/review.ts';
import { openUiPage, type UiPage } from './support/ui-station-page.ts';

function sampleOf(ui: UiPage, id: string): SampleView {
  return ui.served.station.services.review.get(id);
}

async function openReview(ui: UiPage): Promise<void> {
  await ui.go('/review');
  await expect(ui.page.locator('.a9s-annotationlayer')).toBeVisible();
}

test('a box is made, classed, moved and accepted with the keyboard alone, each step saved at once', async ({
  browser,
}) => {
  const ui = await openUiPage(browser);
  await openReview(ui);
  const keys = ui.page.keyboard;

  await keys.press('KeyN');
  await expect(ui.page.getByText(/Draw a box on the picture/)).toBeVisible();
  await keys.press('Enter');
  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes.length).toBe(1);
  await keys.press('Digit2');
  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes[0]?.className).toBe('short');
  await keys.press('ArrowRight');
  await keys.press('Shift+ArrowDown');
  await expect
    .poll(() => sampleOf(ui, 'smp-001').label?.boxes[0])
    .toMatchObject({ x: 260, y: 256, width: 128, height: 132 });
  await expect(ui.page.locator('[data-save="saved"]')).toBeVisible();
  await keys.press('Space');

  await expect.poll(() => sampleOf(ui, 'smp-001').state).toBe('accepted');
  await expect(ui.page.getByText(/39 waiting, 0 in work, 1 accepted/)).toBeVisible();
  await ui.close();
});

test('Del removes the selected box and Ctrl+Z brings it back', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await openReview(ui);
  const keys = ui.page.keyboard;
  await keys.press('KeyN');
  await keys.press('Enter');
  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes.length).toBe(1);

  await keys.press('Delete');
  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes.length).toBe(0);
  await keys.press('Control+KeyZ');

  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes.length).toBe(1);
  await expect(ui.page.getByRole('button', { name: /Box 1: open/ })).toBeVisible();
  await ui.close();
});

test('a box drawn with the mouse is saved where it was drawn', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await openReview(ui);
  const picture = await ui.page.getByRole('img', { name: /Picture of sample smp-001/ }).boundingBox();
  if (picture === null) throw new Error('no picture');
  const scale = 640 / picture.width;

  await ui.page.getByRole('button', { name: 'New box' }).click();
  await ui.page.mouse.move(picture.x + 100, picture.y + 120);
  await ui.page.mouse.down();
  await ui.page.mouse.move(picture.x + 180, picture.y + 170, { steps: 6 });
  await ui.page.mouse.up();

  await expect.poll(() => sampleOf(ui, 'smp-001').label?.boxes.length).toBe(1);
  const box = sampleOf(ui, 'smp-001').label?.boxes[0];
  expect(box?.x).toBeCloseTo(100 * scale, -1);
  expect(box?.width).toBeCloseTo(80 * scale, -1);
  await ui.close();
});

test('a row of figures is classed with one key and rejected with another', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await ui.go('/review?sample=smp-005');
  await expect(ui.page.getByRole('heading', { name: 'Measured values' })).toBeVisible();

  await ui.page.keyboard.press('Digit2');
  await expect.poll(() => sampleOf(ui, 'smp-005').label?.imageClass).toBe('failure');
  await ui.page.keyboard.press('KeyX');

  await expect.poll(() => sampleOf(ui, 'smp-005').state).toBe('rejected');
  await ui.close();
});

test('accepted samples are exported to the medium that the person chooses', async ({ browser }) => {
  const ui = await openUiPage(browser);
  await openReview(ui);
  await ui.page.keyboard.press('Space');
  await expect(ui.page.getByText(/1 accepted/)).toBeVisible();

  await ui.page.getByRole('button', { name: 'Export COCO' }).click();
  const dialog = ui.page.getByRole('dialog', { name: /Export labelled samples/ });

  await expect(dialog.getByRole('button', { name: 'Write the export' })).toBeDisabled();
  await expect(dialog.getByRole('radio', { checked: true })).toHaveCount(0);
  await ui.close();
});
