import { KIB, MIB } from '#core/base/index.ts';
import { createOnnxScanner, type ExternalFiles, type OnnxScan } from '#core/onnx/index.ts';
import type { ByteSource } from './byte-source.ts';

const SMALL = 64 * KIB;
const LARGE = MIB;
/** A shorter gap costs less to read than to jump over. */
const WORTH_A_JUMP = 256 * KIB;

/** Reads an ONNX file from front to back and jumps over its weights. */
export async function scanOnnxSource(source: ByteSource, files: ExternalFiles): Promise<OnnxScan> {
  const scanner = createOnnxScanner(files);
  let at = 0;
  let window = SMALL;
  while (at < source.sizeBytes) {
    const gap = Math.min(scanner.skippable, source.sizeBytes - at);
    if (gap >= WORTH_A_JUMP || gap === source.sizeBytes - at) {
      scanner.skip(gap);
      at += gap;
      window = SMALL;
      continue;
    }
    const piece = await source.read(at, Math.min(window, source.sizeBytes - at));
    // Shorter than it said it was: the scanner then says that the model is cut short.
    if (piece.length === 0) break;
    scanner.push(piece);
    at += piece.length;
    window = Math.min(window * 2, LARGE);
  }
  return scanner.finish();
}
