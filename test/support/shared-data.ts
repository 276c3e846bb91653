import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

/** The folder of real data beside the checkout. It is not part of the repository, so a test may not count on it. */
const SHARED_ROOT = join(import.meta.dirname, '..', '..', '..', 'shared');

/** A suite on real data: runs with the absolute path, or is one skipped test that says why. */
export function describeWithShared(title: string, relativePath: string, suite: (path: string) => void): void {
  const path = join(SHARED_ROOT, relativePath);
  describe(title, () => {
    if (existsSync(path)) suite(path);
    // The suite itself is not called: it may read the data while it declares its tests.
    else it.skip(`needs real data (skipped: ../shared/${relativePath} is not on this machine)`);
  });
}
