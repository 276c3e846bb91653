import { z } from 'zod';

/** A test that did not run, and why. */
export const SkippedTest = z.object({ name: z.string(), reason: z.string() });
export type SkippedTest = z.infer<typeof SkippedTest>;

/** What one runner reports when it ends. Both reporters write this form; main.ts reads it. */
export const SuiteResults = z.object({
  passed: z.number().int().nonnegative(),
  /** Names of the failed tests, and errors that belong to no test. */
  failures: z.array(z.string()),
  skipped: z.array(SkippedTest),
});
export type SuiteResults = z.infer<typeof SuiteResults>;

/** The environment variable that tells a reporter where to write. */
export const RESULTS_FILE_VARIABLE = 'GANTRY_TEST_RESULTS';

/** Set when the browser is missing: the journeys are listed, not run, and each counts as skipped for this reason. */
export const SKIP_ALL_VARIABLE = 'GANTRY_TEST_SKIP_ALL';

/** The reason of a skip that its author left without one. */
export const NO_REASON = 'no reason given in the test';
