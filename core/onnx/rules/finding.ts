import { errorEntry } from '#contracts/errors/index.ts';
import type { Finding } from '#core/base/index.ts';
import type { OnnxRule } from '#contracts/errors/onnx.ts';

/** One finding of the scanner, with the catalogue's advice. */
export function onnxFinding(
  code: OnnxRule,
  at: string,
  detail: string,
  severity: Finding['severity'] = 'block',
): Finding {
  const { what, next } = errorEntry(code);
  // Names in a model are hostile text of any length; a finding is one line.
  return { code, severity, at: at.slice(0, 300), message: `${what} ${detail.slice(0, 300)}`, next };
}
