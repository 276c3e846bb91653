import type { ErrorCode } from '#contracts/errors/index.ts';
import { isAppError, type Finding } from '#core/base/index.ts';

/** One good thing with one named change, and the one reason for which it must be refused. */
export interface Vector {
  readonly what: string;
  readonly code: ErrorCode;
  /** Codes that block: empty when it was accepted. */
  readonly judge: () => Promise<readonly string[]>;
  /** What necessarily follows from the change, and is rightly told as well. */
  readonly also?: readonly ErrorCode[];
}

/** Vectors that all start from the same good thing. */
export interface VectorSuite {
  readonly name: string;
  /** The good thing itself; it must be accepted, or the vectors prove nothing. */
  readonly judge: () => Promise<readonly string[]>;
  readonly vectors: readonly Vector[];
}

/** Codes of the findings that block, each once. */
export function blocking(findings: readonly Pick<Finding, 'code' | 'severity'>[]): string[] {
  return [...new Set(findings.filter(({ severity }) => severity === 'block').map(({ code }) => code))];
}

/** The code with which something is refused; empty when it is not. */
export async function codesOf(attempt: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    if (isAppError(error)) return [error.code];
    throw error;
  }
}
