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
  return { code, severity, at: oneLine(at), message: `${what} ${oneLine(detail)}`.trimEnd(), next };
}

/** Names in a model are hostile text of any length; a finding is one line without control or direction characters. */
function oneLine(text: string): string {
  return text.slice(0, 300).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
