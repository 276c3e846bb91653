import type { ByteSource } from './byte-source.ts';
import type { ScanQuestion } from './question.ts';
import type { ArtefactScan } from './scan.ts';

/**
 * Scans a model file away from whoever asks. A scan that is killed or crashes is a refusal with a SCAN_ finding, never an
 * acceptance; only a failed read of the source is thrown.
 */
export interface ArtefactScanner {
  scan(source: ByteSource, question: ScanQuestion, signal?: AbortSignal): Promise<ArtefactScan>;
}
