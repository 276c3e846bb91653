import type { Finding } from '#contracts/primitives.ts';

export type { Finding } from '#contracts/primitives.ts';

/** `block` refuses, `warn` needs a look, `info` is stated only. */
export type Severity = Finding['severity'];

/** Whether any finding refuses the input. */
export function isBlocking(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'block');
}
