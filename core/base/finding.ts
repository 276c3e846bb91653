/** `block` refuses, `warn` needs a look, `info` is stated only. */
export type Severity = 'block' | 'warn' | 'info';

/** One thing that is not as it must be. Bad input gives all of its findings at once. */
export interface Finding {
  /** Stable code, AREA_WHAT_HAPPENED. */
  readonly code: string;
  readonly severity: Severity;
  /** Where: a path in the document, file or graph. */
  readonly at: string;
  readonly message: string;
  /** What the reader can do about it. */
  readonly next?: string;
}

export function isBlocking(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'block');
}
