/** Compile-time proof that a switch is exhaustive; at run time, a bug. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** A broken invariant is a bug, caught at process and React boundaries only. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === null || condition === undefined) throw new Error(`invariant: ${message}`);
}
