import { fileURLToPath } from 'node:url';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';
import { scanInChild } from './scan-in-child.ts';

export { scanInChild, SCAN_LIMITS, type ScanLimits } from './scan-in-child.ts';
export { serveScan } from './serve-scan.ts';
export { dataFilesBeside, openFileSource, type FileSource } from './file-source.ts';
export type { ScanChildFile } from './scan-peer.ts';

/** The scanner of a program that runs from source. `file` is the built child of a bundled one. */
export function createModelScanner(file?: string): ArtefactScanner {
  const entryFile = file ?? fileURLToPath(new URL('./scan-child.ts', import.meta.url));
  // The packaged desktop program has the fuse that keeps it from running as Node.
  return scanInChild({ entryFile, as: 'electron' in process.versions ? 'thread' : 'process' });
}
