import { createOnnxScanner, type ExternalFiles, type OnnxScan } from '#core/onnx/index.ts';

/** The whole scan of bytes in memory. */
export function scanOnnx(bytes: Uint8Array, files?: ExternalFiles): OnnxScan {
  const scanner = createOnnxScanner(files);
  scanner.push(bytes);
  return scanner.finish();
}
