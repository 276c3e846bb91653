import type { DeviceView, ModelRef, ServingFigures } from '#contracts/device.ts';
import { digestOf, hexOf } from './digests.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

export const modelRef = (version: string): ModelRef => ({
  repository: 'acme/pcb-defect',
  version,
  bundleDigest: digestOf(`pcb ${version}`),
  variantDigest: digestOf(`pcb ${version} fp32`),
});

export const figures = (p99: number, requests = 41_200, errors = 3): ServingFigures => ({
  requests,
  errors,
  doubtful: Math.round(requests * 0.031),
  p50Ms: p99 * 0.42,
  p95Ms: p99 * 0.8,
  p99Ms: p99,
  restarts: 0,
  windowSeconds: 86_400,
});

interface DeviceSpec {
  readonly id: string;
  readonly line: string;
  readonly cell: string;
  readonly ne107?: DeviceView['ne107'];
  readonly reason?: string;
  readonly online?: boolean;
  readonly seenAgoMs?: number;
  readonly offsetMs?: number;
  readonly version?: string | null;
  readonly fellBack?: boolean;
  readonly safety?: boolean;
  readonly pair?: string;
}

function reportedOf(spec: DeviceSpec, now: number): DeviceView['reported'] {
  const version = spec.version === undefined ? '1.0.0' : spec.version;
  if (version === null) return null;
  const active = modelRef(version);
  return {
    v: 1,
    site: 'north-plant',
    device: spec.id,
    at: now - (spec.seenAgoMs ?? 4000),
    epoch: 'e1',
    sequence: 812,
    generation: 7,
    rolloutId: null,
    state: spec.fellBack === true ? 'fell-back' : 'confirmed',
    active: 'a',
    previous: spec.fellBack === true ? null : 'b',
    slots: {
      a: { state: 'committed', model: active },
      b:
        spec.fellBack === true
          ? { state: 'rolled-back', model: modelRef('1.2.0'), reason: 'p99 212 ms above its limit of 120 ms' }
          : { state: 'committed', model: modelRef('0.9.2') },
    },
    figures: figures(38 + (spec.id.length % 7) * 3),
    fallback:
      spec.fellBack === true
        ? {
            code: 'WATCHDOG_LATENCY',
            message: 'p99 212 ms above its limit of 120 ms for 30 s',
            at: now - 42 * MINUTE,
            model: modelRef('1.2.0'),
            figures: { ...figures(212, 640, 0), doubtful: 301 },
            findings: [
              {
                code: 'WATCHDOG_LATENCY',
                severity: 'block',
                at: 'figures.p99Ms',
                message: 'p99 212 ms, limit 120 ms',
                next: 'Compare the benchmark of this variant on this device type.',
              },
            ],
            log: 'loaded slot b in 812 ms\nsmoke test: 2 of 2 golden cases within tolerance\nwatchdog: p99 212 ms > 120 ms (640 requests)\nswapped back to slot a in 41 ms\n',
          }
        : null,
    agent: {
      version: '0.1.0',
      os: 'linux 6.12',
      architecture: 'amd64',
      hostname: spec.id,
      cpu: 'Intel Atom x6425E',
      cores: 4,
      memoryBytes: 8_230_000_000,
      rssBytes: 94_000_000,
      runtimes: [{ runtime: 'onnxruntime', version: '1.30.0', providers: ['cpu'] }],
      servingUrl: 'http://127.0.0.1:8500',
    },
  };
}

function deviceOf(spec: DeviceSpec, now: number): DeviceView {
  return {
    id: spec.id,
    name: spec.id.toUpperCase(),
    line: spec.line,
    cell: spec.cell,
    redundancyGroup: spec.pair ?? null,
    safety: spec.safety ?? false,
    enrolledAt: now - 40 * DAY,
    certificate: {
      serial: hexOf(spec.id).slice(0, 20),
      fingerprint: hexOf(`cert ${spec.id}`),
      notBefore: now - 40 * DAY,
      notAfter: now + 50 * DAY,
    },
    online: spec.online ?? true,
    lastSeenAt: spec.version === null ? null : now - (spec.seenAgoMs ?? 4000),
    clockOffsetMs: spec.offsetMs ?? 120,
    ne107: spec.ne107 ?? 'N',
    ne107Reason: spec.reason ?? 'Serving within its objectives',
    desiredGeneration: 7,
    reported: reportedOf(spec, now),
  };
}

const PCB_LINES: readonly DeviceSpec[] = [
  { id: 'aoi-4-01', line: 'Line 4', cell: 'AOI in', pair: 'aoi-4' },
  { id: 'aoi-4-02', line: 'Line 4', cell: 'AOI in', pair: 'aoi-4' },
  {
    id: 'aoi-4-03',
    line: 'Line 4',
    cell: 'AOI out',
    ne107: 'M',
    reason: 'Fell back to 1.0.0: p99 above its limit',
    fellBack: true,
  },
  { id: 'aoi-4-04', line: 'Line 4', cell: 'AOI out' },
  { id: 'aoi-5-01', line: 'Line 5', cell: 'AOI in', ne107: 'S', reason: 'Clock differs by 9.4 s', offsetMs: 9400 },
  {
    id: 'aoi-5-02',
    line: 'Line 5',
    cell: 'AOI in',
    online: false,
    seenAgoMs: 47 * MINUTE,
    ne107: 'F',
    reason: 'No report for 47 min',
  },
  { id: 'aoi-5-03', line: 'Line 5', cell: 'AOI out' },
  { id: 'saw-1-01', line: 'Depaneling', cell: 'Saw 1', safety: true, ne107: 'C', reason: 'Benchmark running' },
  { id: 'saw-1-02', line: 'Depaneling', cell: 'Saw 1', safety: true },
  {
    id: 'new-7-01',
    line: 'Line 7',
    cell: 'AOI in',
    version: null,
    online: false,
    ne107: 'unknown',
    reason: 'Enrolled, not heard of yet',
  },
];

/** A small site with one of each trouble, or `many` healthy gateways for the grid's speed. */
export function sampleDevices(now: number, many = 0): DeviceView[] {
  const extra = Array.from({ length: many }, (_, index): DeviceSpec => ({
    id: `gw-${String(index + 1).padStart(4, '0')}`,
    line: `Line ${10 + (index % 40)}`,
    cell: `Cell ${index % 9}`,
    seenAgoMs: 2000 + (index % 60) * 1000,
  }));
  return [...PCB_LINES, ...extra].map((spec) => deviceOf(spec, now));
}
