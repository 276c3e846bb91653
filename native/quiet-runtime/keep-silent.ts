/** Since 1.29 ONNX Runtime reports to its maker from threads of its own, unless one of these is set before it is loaded. */
const OPT_OUT = ['ORT_DISABLE_TELEMETRY', 'ORT_TELEMETRY_DISABLED'] as const;

/**
 * Forbids ONNX Runtime to report, for this process and those that it starts. The main thread of every program calls it first: the
 * environment of a worker thread is a copy, which native code does not see.
 */
export function keepOnnxRuntimeSilent(env: NodeJS.ProcessEnv): void {
  for (const name of OPT_OUT) env[name] = '1';
}
