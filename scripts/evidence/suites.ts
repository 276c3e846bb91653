/** A target and the test files whose tests are its proof. They run with GANTRY_FAULTS=full, so that counts are those of the target. */
export interface SuiteOfTarget {
  readonly targets: string;
  readonly what: string;
  /** Paths in the repository: `.test.ts` runs under Vitest, `.e2e.ts` under Playwright. A folder stands for all in it. */
  readonly files: readonly string[];
}

/** Everything that is proven by tests that count themselves. The fault suites, the fuzzer and the sticks keep results of their own. */
export const SUITES: readonly SuiteOfTarget[] = [
  {
    targets: 'D1',
    what: 'media sets on three sticks: 200 bit flips, 50 removed, duplicated, renamed, stale and swapped parts, each named',
    files: ['test/integration/media/media-set-proof.test.ts'],
  },
  {
    targets: 'D2',
    what: 'imports stopped at 200 random bytes and killed 100 times, re-read bytes measured, sticks in any order',
    files: [
      'test/integration/imports/stop-points.test.ts',
      'test/integration/imports/kill-and-resume.test.ts',
      'test/integration/imports/sticks-of-an-import.test.ts',
      'test/integration/media/yank.test.ts',
    ],
  },
  {
    targets: 'D4',
    what: 'negative vectors: hostile bundles and evidence, each refused with its own code',
    files: ['test/integration/trust/hostile-bundles.test.ts', 'test/integration/trust/negative-vectors.test.ts'],
  },
  {
    targets: 'D5',
    what: 'trust rotation by stick: root chains, thresholds, forks, missing links',
    files: ['test/integration/tuf/root-rotation.test.ts', 'test/integration/trust/trust-repository.test.ts'],
  },
  {
    targets: 'D6, S17',
    what: 'floors of sequence and time, wrong clocks, restored databases',
    files: [
      'test/integration/trust/clock.test.ts',
      'test/integration/trust/way-back.test.ts',
      'test/integration/trust/witnessed-times.test.ts',
      'test/integration/trust/trust-service.test.ts',
    ],
  },
  {
    targets: 'D7',
    what: 'deltas on media against a receipt, measured choice, full fallback',
    files: ['test/integration/media/delta-set.test.ts', 'test/unit/core/delta'],
  },
  {
    targets: 'S1',
    what: 'published Sigstore cases, by path and by digest, and through the program',
    files: ['test/integration/sigstore/conformance.test.ts'],
  },
  {
    targets: 'S2',
    what: 'identities compared exactly, content and subjects bound, strict JSON, every byte of a bundle changed',
    files: [
      'test/integration/trust/identity-vectors.test.ts',
      'test/integration/sigstore/every-byte.test.ts',
      'test/integration/sigstore/hostile-evidence.test.ts',
      'test/integration/sigstore/demands.test.ts',
      'test/unit/core/strict-json',
    ],
  },
  {
    targets: 'S4',
    what: 'TUF client command: published cases, refresh, rollback, freeze, delegations',
    files: ['test/integration/tuf'],
  },
  {
    targets: 'S5',
    what: 'OCI layouts accepted and refused, exchanged with skopeo',
    files: ['test/integration/trust/skopeo.test.ts', 'test/integration/archives/skopeo.test.ts'],
  },
  {
    targets: 'S8',
    what: 'model scanner on hostile and good models, in a limited child',
    files: ['test/integration/scan'],
  },
  {
    targets: 'S9',
    what: 'hostile archives; a canary tree beside the target stays unchanged',
    files: ['test/integration/archives/hostile-archives.test.ts'],
  },
  {
    targets: 'U3, U4, U5, U6',
    what: 'import journeys in a browser: nothing preselected with two media, failures told, resume, three results apart',
    files: ['test/e2e/02-import-wizard.e2e.ts', 'test/e2e/11-import-by-hand.e2e.ts'],
  },
];
