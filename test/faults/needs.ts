import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

const onPath = (program: string): boolean =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  );

/** What a suite may need of the machine. */
export type Need =
  'root' | 'loop' | 'fuse' | { readonly program: string } | { readonly file: string; readonly what: string };

/** The first need that this machine does not meet, in words; undefined when it meets all. */
function unmet(needs: readonly Need[]): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  for (const need of needs) {
    if (need === 'root' && process.getuid?.() !== 0) return 'needs root';
    if (need === 'loop' && !existsSync('/dev/loop-control')) return 'needs loop devices';
    if (need === 'fuse' && !existsSync('/dev/fuse')) return 'needs /dev/fuse';
    if (typeof need === 'string') continue;
    if ('program' in need && !onPath(need.program)) return `needs ${need.program}`;
    if ('file' in need && !existsSync(need.file)) return `needs ${need.what}`;
  }
  return undefined;
}

/** A suite that runs where the machine allows it, or is one skipped test that says why. */
export function describeWith(title: string, needs: readonly Need[], suite: () => void): void {
  const reason = unmet(needs);
  describe(title, () => {
    if (reason === undefined) suite();
    else it.skip(`cannot be tried here (skipped: ${reason})`);
  });
}
