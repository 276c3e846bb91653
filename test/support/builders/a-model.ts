import type { ModelContract } from '#contracts/bundle.ts';
import type { DesiredDocument, FallbackEvidence, ModelRef, WatchdogLimits } from '#contracts/device.ts';
import type { Digest } from '#core/base/index.ts';
import type { InstalledModel } from '#core/slots/index.ts';

/** A digest of one repeated hex digit. */
const aDigest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

/** The reference of a model; `digit` tells models apart. */
export const aModelRef = (digit = '1'): ModelRef => ({
  repository: 'plant/model',
  version: `${digit}.0.0`,
  bundleDigest: aDigest(digit),
  variantDigest: aDigest(digit),
});

export const aContract = (change: Partial<ModelContract> = {}): ModelContract => ({
  v: 1,
  model: 'plant/model',
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 6] }],
  outputs: [{ name: 'failure_probability', datatype: 'FP32', shape: [-1, 1] }],
  preprocessing: '',
  tolerance: { rtol: 1e-3, atol: 1e-4 },
  objectives: { p99Ms: 1000, errorRate: 0.01, doubtfulShare: 1, memoryBytes: 500_000_000 },
  labelClasses: [],
  safetyClass: 'none',
  ...change,
});

export const anInstalled = (ref: ModelRef = aModelRef()): InstalledModel => ({
  ref,
  variantId: 'cpu-fp32',
  runtime: 'onnxruntime',
  providers: ['cpu'],
  weights: { digest: ref.variantDigest, size: 10 },
  contract: aContract(),
  golden: [],
  blobs: [ref.variantDigest],
  signer: 'plant key',
});

export const someLimits = (change: Partial<WatchdogLimits> = {}): WatchdogLimits => ({
  windowSeconds: 10,
  maxErrorRate: 0.01,
  maxP99Ms: 100,
  maxDoubtfulShare: 0.2,
  maxRestarts: 0,
  minRequests: 20,
  ...change,
});

export const aDesired = (change: Partial<DesiredDocument> = {}): DesiredDocument => ({
  v: 1,
  site: 'site-1',
  device: 'gw-1',
  generation: 1,
  issuedAt: 1000,
  expiresAt: 1_000_000,
  model: aModelRef(),
  phase: 'activate',
  rolloutId: 'rollout-1',
  ticket: 'CHG-1',
  watchdog: someLimits(),
  mirror: { url: 'https://127.0.0.1:1' },
  ...change,
});

export const someEvidence = (model: ModelRef, code = 'SLOT_SMOKE_FAILED'): FallbackEvidence => ({
  code,
  message: 'it failed',
  at: 2000,
  model,
  figures: null,
  findings: [],
  log: '',
});
