import { createRequire } from 'node:module';
import type * as OnnxRuntimeModule from 'onnxruntime-node';
import { AppError } from '#core/base/index.ts';

/** What this build can run on. More providers come with their own native files, not with a fallback. */
export const SUPPORTED_PROVIDERS = ['cpu'] as const;
export type Provider = (typeof SUPPORTED_PROVIDERS)[number];

/** Spellings that bundles use for the same provider. */
const ALIASES: Readonly<Record<string, Provider>> = { cpu: 'cpu', CPUExecutionProvider: 'cpu' };

/**
 * The provider that a variant asks for first. A later one in its list is a fallback, and a silent fallback is a failure:
 * BENCHMARK_RUNTIME_MISSING when the first is not here.
 */
export function providerFor(wanted: readonly string[]): Provider {
  const first = wanted[0] ?? '';
  const provider = ALIASES[first];
  if (provider === undefined) {
    throw new AppError(
      'BENCHMARK_RUNTIME_MISSING',
      `the variant needs execution provider ${first}; this machine has ${SUPPORTED_PROVIDERS.join()}`,
      { provider: first },
    );
  }
  return provider;
}

/** The installed runtime version, without loading the runtime itself. */
export function onnxRuntimeVersion(): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return manifest.version;
}

export type OnnxRuntime = typeof OnnxRuntimeModule;

/** Loads the native addon on first use: an idle agent never pays for it. */
export function loadOnnxRuntime(): Promise<OnnxRuntime> {
  return import('onnxruntime-node');
}
