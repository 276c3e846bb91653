import type { DeviceTrust } from '#contracts/device.ts';
import type { BenchmarkResult, VariantMeasurement } from '#contracts/benchmark.ts';
import type { DeviceRequest } from '#contracts/device.ts';
import { AppError, type Clock, type Digest, type IdSource } from '#core/base/index.ts';
import { fingerprintOf, OFFICIAL_SECONDS } from '#core/benchmark/index.ts';
import type { BlobStore, Hasher } from '#core/storage/ports.ts';
import { environmentFacts } from '#native/machine/index.ts';
import { onnxRuntimeVersion } from '#native/onnx/index.ts';
import type { RegistryClient } from '#native/registry-client/index.ts';
import type { AgentIdentity } from '#agent/identity/identity-file.ts';
import { refusalOf, verifyByItself } from '#agent/convergence/install.ts';
import type { VerifiedForDevice, VerifyBundle } from '#agent/convergence/ports.ts';
import { pullBundle } from '#agent/convergence/pull-bundle.ts';
import { measureVariant } from './measure-variant.ts';

export type BenchmarkOrder = Extract<DeviceRequest['request'], { type: 'benchmark' }>;

export interface BenchmarkDeps {
  readonly entryFile: string;
  readonly identity: AgentIdentity;
  /** The newest trust that the station signed for this device; null: as enrolled. */
  readonly newestTrust: () => DeviceTrust | null;
  readonly store: BlobStore;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly verify: VerifyBundle;
  readonly registry: (mirrorUrl: string) => RegistryClient;
}

export interface BenchmarkRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { done: number; total: number; step: string }) => void;
}

/** Pulls, verifies and measures, one variant after another, beside the serving model. What cannot be verified is never run. */
export async function runBenchmark(
  order: BenchmarkOrder,
  deps: BenchmarkDeps,
  run: BenchmarkRun,
): Promise<BenchmarkResult> {
  const startedAt = Math.round(deps.clock.now());
  const total = order.variantDigests.length + 1;
  run.onProgress({ done: 0, total, step: 'pull' });
  const { bundle, version } = await fetchVerified(order, deps, run);
  const environment = fingerprintOf(environmentFacts(onnxRuntimeVersion()), deps.hasher);
  const variants: VariantMeasurement[] = [];
  for (const digest of order.variantDigests) {
    const done = variants.length + 1;
    variants.push(
      await measureOne(digest, bundle, {
        order,
        deps,
        run,
        onStep: (step) => {
          run.onProgress({ done, total, step });
        },
      }),
    );
  }
  return {
    v: 1,
    id: deps.ids.next(),
    device: deps.identity.device,
    bundleDigest: order.model.bundleDigest,
    model: order.model.repository,
    version,
    seed: order.seed,
    seconds: order.seconds,
    startedAt,
    endedAt: Math.round(deps.clock.now()),
    percentileRule: 'nearest-rank',
    quick: order.seconds < OFFICIAL_SECONDS,
    environment,
    variants,
  };
}

async function fetchVerified(
  order: BenchmarkOrder,
  deps: BenchmarkDeps,
  run: BenchmarkRun,
): Promise<{ bundle: VerifiedForDevice; version: string }> {
  const { store, clock } = deps;
  const pulled = await pullBundle(order.model, {
    registry: deps.registry(order.mirrorUrl),
    store,
    signal: run.signal,
    onProgress: () => undefined,
  });
  const verification = await verifyByItself(deps.verify, deps.identity, {
    bundleDigest: order.model.bundleDigest,
    referrers: pulled.referrers,
    now: Math.round(clock.now()),
    newest: deps.newestTrust(),
  });
  if (!verification.ok)
    throw new AppError('SLOT_VERIFICATION_FAILED', `not measured: ${refusalOf(verification.verdict)}`);
  return { bundle: verification.bundle, version: verification.verdict.version };
}

async function measureOne(
  digest: Digest,
  bundle: VerifiedForDevice,
  at: { order: BenchmarkOrder; deps: BenchmarkDeps; run: BenchmarkRun; onStep: (step: string) => void },
): Promise<VariantMeasurement> {
  const variant = bundle.variants.find((candidate) => candidate.digest === digest);
  if (variant === undefined) throw new AppError('NOT_FOUND', `the bundle has no variant ${digest}`, { digest });
  const { store, entryFile } = at.deps;
  const path = (descriptor: { digest: Digest }): string => store.pathOf(descriptor.digest);
  return measureVariant({
    entryFile,
    model: {
      path: path(variant.weights),
      digest: variant.weights.digest,
      providers: variant.target.providers,
      golden: bundle.golden.map((vector) => ({ inputs: vector.inputs.map(path), outputs: vector.outputs.map(path) })),
      tolerance: bundle.contract.tolerance,
    },
    variant: {
      variantDigest: digest,
      variantId: variant.target.id,
      runtime: variant.target.runtime,
      precision: variant.target.precision,
    },
    seconds: at.order.seconds,
    coldStarts: at.order.coldStarts,
    seed: at.order.seed,
    signal: at.run.signal,
    onStep: at.onStep,
  });
}
