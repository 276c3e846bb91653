import { defineConfig } from '@playwright/test';
import { findBrowser } from './cli/app-window.ts';

/** Operator journeys in the browser that the machine has; Playwright downloads none. */
const browser = findBrowser(process.env);

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './test/e2e/support/run-folder.ts',
  // A folder of its own: Playwright empties it, and the results of the slow suites lie beside it.
  outputDir: 'test-results/journeys',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'line',
  use: {
    viewport: { width: 1366, height: 860 },
    // A control that never comes fails its step, not the whole journey's time.
    actionTimeout: 15_000,
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser }),
      args: [
        '--no-sandbox',
        '--headless',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
