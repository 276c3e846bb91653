import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** The folder of real data beside the checkout. It is not part of the repository, so a test may not count on it. */
const SHARED_ROOT = join(import.meta.dirname, '..', '..', '..', 'shared');

/** Where a file or folder of the shared data lies, or null when this machine does not have it. */
function findSharedData(relativePath: string): string | null {
  const path = join(SHARED_ROOT, relativePath);
  return existsSync(path) ? path : null;
}

/** Why a test on shared data does not run here; written into the title of the skipped suite. */
function absenceReason(relativePath: string): string {
  return `skipped: ../shared/${relativePath} is not on this machine`;
}

/** A suite on real data: runs with the absolute path, or is skipped with the reason in its title. */
export function describeWithShared(title: string, relativePath: string, suite: (path: string) => void): void {
  const path = findSharedData(relativePath);
  if (path === null)
    describe.skip(`${title} (${absenceReason(relativePath)})`, () => {
      suite('');
    });
  else
    describe(title, () => {
      suite(path);
    });
}
