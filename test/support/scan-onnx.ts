import { createOnnxScanner, type OnnxScan } from '#core/onnx/index.ts';

/** The whole scan of bytes in memory. */
export function scanOnnx(bytes: Uint8Array, allowedLocations?: ReadonlySet<string>): OnnxScan {
  const scanner = createOnnxScanner(allowedLocations);
  scanner.push(bytes);
  return scanner.finish();
}
