export { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
export type { CliIo } from './io.ts';
