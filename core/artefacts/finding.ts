import { errorEntry } from '#contracts/errors/index.ts';
import type { ArtefactRule } from '#contracts/errors/artefact.ts';
import type { Finding } from '#core/base/index.ts';

/** One finding of an artefact scan, with the catalogue's advice. Text of the file is hostile: one line, no control characters. */
export function artefactFinding(
  code: ArtefactRule,
  at: string,
  detail = '',
  severity: Finding['severity'] = 'block',
): Finding {
  const { what, next } = errorEntry(code);
  return { code, severity, at: oneLine(at), message: `${what} ${oneLine(detail)}`.trimEnd(), next };
}

function oneLine(text: string): string {
  return text.slice(0, 300).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
