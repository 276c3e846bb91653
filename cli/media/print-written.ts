import type { MediaPart, MediaSet } from '#contracts/media.ts';
import { visibleText } from '#core/media/index.ts';
import type { ReadBackMode } from '#core/media/ports.ts';
import type { CliIo } from '../output/index.ts';

/** What `gantry media write --json` prints. */
export interface WrittenSet {
  readonly setId: string;
  readonly createdAt: string;
  readonly folders: readonly string[];
  readonly bundles: readonly Pick<MediaSet['bundles'][number], 'digest' | 'model' | 'version'>[];
  readonly parts: readonly Pick<MediaPart, 'name' | 'stick' | 'sizeBytes' | 'digest'>[];
  readonly signed: boolean;
  readonly readBack: readonly (ReadBackMode | null)[];
  readonly delta: {
    readonly siteId: string;
    readonly receiptId: string;
    readonly fullBytes: number;
    readonly carriedBytes: number;
    readonly omitted: number;
    readonly patched: number;
    readonly blobs: readonly object[];
  } | null;
  readonly encrypted: boolean;
}

/** Says what was written, and why no difference travels when none does. */
export function printWritten(set: WrittenSet, hasBase: boolean, io: Pick<CliIo, 'out'>): void {
  const { setId, bundles, parts, delta, readBack, folders } = set;
  io.out(`Wrote media set ${setId} with ${String(bundles.length)} bundles in ${String(parts.length)} parts`);
  if (delta !== null) {
    const { carriedBytes, fullBytes, omitted, patched } = delta;
    const share = ((100 * carriedBytes) / Math.max(1, fullBytes)).toFixed(1);
    io.out(
      `Carries ${String(carriedBytes)} of ${String(fullBytes)} bytes (${share} %): ${String(omitted)} blobs left out, ${String(patched)} as a difference`,
    );
    if (patched === 0 && carriedBytes > 0 && !hasBase) io.out('No --base was given, so what changed travels whole');
    else if (patched === 0 && carriedBytes > 0)
      io.out('No difference was smaller than what it makes, so what changed travels whole');
  }
  if (readBack.includes('cache'))
    io.out(
      'Read back from the memory of this machine: run gantry media check on another one, or after plugging the stick in again',
    );
  for (const [index, folder] of folders.entries()) io.out(`Stick ${String(index + 1)}  ${visibleText(folder, 4096)}`);
}
