import type { Finding } from '#core/base/index.ts';
import type { CliIo } from './io.ts';

const MARKS: Readonly<Record<Finding['severity'], string>> = { block: 'REFUSED', warn: 'warning', info: 'note' };

/** One paragraph per finding: code, place, sentence, next step. */
export function printFindings(findings: readonly Finding[], io: Pick<CliIo, 'out'>): void {
  for (const { severity, code, at, message, next } of findings) {
    io.out(`  ${MARKS[severity]}  ${code}  at ${printable(at)}`);
    io.out(`           ${printable(message)}`);
    if (next !== undefined) io.out(`           Next: ${next}`);
  }
}

/** Text of a bundle may hold terminal commands: control and direction characters are shown, not sent. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
