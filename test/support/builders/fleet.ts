import type { DeviceView, ModelRef, ReportedDocument, ServingFigures } from '#contracts/device.ts';
import type { RolloutRequest } from '#contracts/rollout.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import type { Digest } from '#core/base/index.ts';

/** A digest that is easy to tell apart: 64 times the same hex digit. */
export const digestOf = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

export function aModelRef(change: Partial<ModelRef> = {}): ModelRef {
  return {
    repository: 'plant/model',
    version: '1.0.0',
    bundleDigest: digestOf('a'),
    variantDigest: digestOf('1'),
    ...change,
  };
}

export function someFigures(change: Partial<ServingFigures> = {}): ServingFigures {
  return {
    requests: 500,
    errors: 0,
    doubtful: 5,
    p50Ms: 4,
    p95Ms: 6,
    p99Ms: 8,
    restarts: 0,
    windowSeconds: 10,
    ...change,
  };
}

export function aReport(change: Partial<ReportedDocument> = {}): ReportedDocument {
  return {
    v: 1,
    site: 'plant-1',
    device: 'gw-1',
    at: 1_000,
    epoch: 'epoch-1',
    sequence: 1,
    generation: 1,
    rolloutId: null,
    state: 'idle',
    active: 'a',
    previous: null,
    slots: { a: { state: 'committed', model: aModelRef() }, b: { state: 'empty', model: null } },
    figures: null,
    fallback: null,
    agent: {
      version: '0.1.0',
      os: 'linux',
      architecture: 'amd64',
      hostname: 'gw-1',
      cpu: 'cpu',
      cores: 2,
      memoryBytes: 1e9,
      rssBytes: 1e8,
      runtimes: [{ runtime: 'onnxruntime', version: '1.30.0', providers: ['cpu'] }],
      servingUrl: null,
    },
    ...change,
  };
}

export function aDevice(change: Partial<DeviceView> = {}): DeviceView {
  const id = change.id ?? 'gw-1';
  return {
    id,
    name: id,
    line: 'line-1',
    cell: id,
    redundancyGroup: null,
    safety: false,
    enrolledAt: 0,
    certificate: { serial: '01', fingerprint: 'ff', notBefore: 0, notAfter: 1e12 },
    online: true,
    lastSeenAt: 1_000,
    clockOffsetMs: 0,
    ne107: 'N',
    ne107Reason: '',
    desiredGeneration: 1,
    reported: aReport({ device: id }),
    ...change,
  };
}

export function aBundleSummary(change: Partial<BundleSummary> = {}): BundleSummary {
  return {
    digest: digestOf('b'),
    model: 'plant/model',
    version: '1.1.0',
    title: 'model',
    sequence: 2,
    channel: 'production',
    sizeBytes: 1000,
    variants: [
      { id: 'cpu-fp32', runtime: 'onnxruntime', precision: 'fp32', digest: digestOf('2'), sizeBytes: 900 },
      { id: 'cpu-int8', runtime: 'onnxruntime', precision: 'int8', digest: digestOf('3'), sizeBytes: 300 },
    ],
    acceptedAt: 500,
    acceptedBy: 'Ada',
    importId: 'import-1',
    signer: null,
    ...change,
  };
}

export function aRolloutRequest(change: Partial<RolloutRequest> = {}): RolloutRequest {
  return {
    bundleDigest: digestOf('b'),
    lines: [],
    ticket: 'CHG-1',
    cohorts: [
      { name: 'canary', share: 0.05, minDevices: 1 },
      { name: 'early', share: 0.25, minDevices: 1 },
      { name: 'rest', share: 1, minDevices: 1 },
    ],
    gate: { maxP99Ms: 50, maxErrorRate: 0.01, maxDoubtfulShare: 0.2, minRequests: 50, soakSeconds: 10 },
    ...change,
  };
}
