import { describe, expect, it } from 'vitest';
import type { DeviceRolloutState, ReportedDocument } from '#contracts/device.ts';
import {
  deviceView,
  lineTiles,
  nextDesired,
  renewedDesired,
  STATUS_LIMITS,
  type DeviceRecord,
} from '#core/fleet/index.ts';

const NOW = 1_800_000_000_000;
const DIGEST = `sha256:${'a'.repeat(64)}` as const;
const MODEL = { repository: 'plant/defects', version: '1.2.0', bundleDigest: DIGEST, variantDigest: DIGEST };

const aReport = (change: Partial<ReportedDocument> = {}): ReportedDocument => ({
  v: 1,
  site: 'plant',
  device: 'cam-1',
  at: NOW,
  epoch: 'e1',
  sequence: 1,
  generation: 3,
  rolloutId: null,
  state: 'confirmed',
  active: 'a',
  previous: null,
  slots: { a: { state: 'committed', model: MODEL }, b: { state: 'empty', model: null } },
  figures: null,
  fallback: null,
  agent: {
    version: '1',
    os: 'linux',
    architecture: 'x64',
    hostname: 'h',
    cpu: 'c',
    cores: 1,
    memoryBytes: 1,
    rssBytes: 1,
    runtimes: [],
    servingUrl: null,
  },
  ...change,
});
const aRecord = (change: Partial<DeviceRecord> = {}): DeviceRecord => ({
  id: 'cam-1',
  name: 'Camera 1',
  line: 'Line 4',
  cell: 'A',
  redundancyGroup: null,
  safety: false,
  enrolledAt: 1,
  certificate: { serial: '01', fingerprint: 'f', notBefore: 0, notAfter: NOW + 60 * 86_400_000 },
  publicKeyPem: '',
  revoked: null,
  lastSeenAt: NOW,
  clockOffsetMs: 0,
  desired: null,
  reported: aReport(),
  reportOrder: null,
  eventWindow: [],
  ...change,
});
const LATER = NOW + STATUS_LIMITS.silentMs + 1;

describe('NE 107 status of a device', () => {
  it.each([
    ['normal while it serves', aRecord(), true, NOW, 'N', 'plant/defects 1.2.0'],
    ['normal just after it went offline', aRecord(), false, NOW + STATUS_LIMITS.silentMs, 'N', 'Serving'],
    ['out of specification after silence', aRecord(), false, LATER, 'S', 'Not seen since'],
    ['unknown before its first report', aRecord({ reported: null }), true, NOW, 'unknown', 'No report yet'],
    ['failed after a fall-back', aRecord({ reported: aReport({ state: 'fell-back' }) }), true, NOW, 'F', 'Fell back'],
    [
      'failed after a fall-back, also in silence',
      aRecord({ reported: aReport({ state: 'fell-back' }) }),
      false,
      LATER,
      'F',
      'Fell back',
    ],
    ['failed when it needs hands', aRecord({ reported: aReport({ state: 'stuck' }) }), true, NOW, 'F', 'needs hands'],
    [
      'out of specification when it went silent in a change',
      aRecord({ reported: aReport({ state: 'soaking' }) }),
      false,
      LATER,
      'S',
      'Not seen',
    ],
    [
      'out of specification with a wrong clock',
      aRecord({ clockOffsetMs: -STATUS_LIMITS.clockOffsetMs - 1 }),
      true,
      NOW,
      'S',
      'clock',
    ],
    [
      'due for maintenance before its certificate ends',
      aRecord({ certificate: { serial: '', fingerprint: '', notBefore: 0, notAfter: NOW + 86_400_000 } }),
      true,
      NOW,
      'M',
      'certificate',
    ],
    [
      'due for maintenance without a model',
      aRecord({ reported: aReport({ state: 'idle', active: null }) }),
      true,
      NOW,
      'M',
      'No model',
    ],
  ])('is %s', (_name, record, online, now, letter, reason) => {
    const view = deviceView(record, online, now);

    expect(view.ne107).toBe(letter);
    expect(view.ne107Reason).toContain(reason);
  });

  it.each<DeviceRolloutState>(['queued', 'staging', 'staged', 'verified', 'armed', 'swapping', 'smoke', 'soaking'])(
    'is function check while %s',
    (state) => {
      expect(deviceView(aRecord({ reported: aReport({ state }) }), true, NOW).ne107).toBe('C');
    },
  );
});

describe('lineTiles', () => {
  it('shows each line with its worst status, counts, models and the oldest contact', () => {
    const views = [
      deviceView(aRecord(), true, NOW),
      deviceView(aRecord({ id: 'cam-2', lastSeenAt: NOW - 9, reported: aReport({ state: 'fell-back' }) }), true, NOW),
      deviceView(aRecord({ id: 'cam-3', line: 'Line 1', reported: null, lastSeenAt: null }), false, NOW),
    ];

    expect(lineTiles(views)).toEqual([
      { line: 'Line 1', worst: 'unknown', counts: { unknown: 1 }, devices: 1, models: [], oldestSeenAt: null },
      {
        line: 'Line 4',
        worst: 'F',
        counts: { N: 1, F: 1 },
        devices: 2,
        models: ['plant/defects 1.2.0'],
        oldestSeenAt: NOW - 9,
      },
    ]);
  });
});

describe('desired documents', () => {
  const change = {
    model: null,
    phase: 'stage',
    rolloutId: null,
    ticket: null,
    watchdog: { windowSeconds: 1, maxErrorRate: 0, maxP99Ms: 1, maxDoubtfulShare: 0, maxRestarts: 0, minRequests: 0 },
  } as const;
  const at = { site: 'plant', now: NOW, mirrorUrl: 'https://s' };

  it('rise above what was sent and above what the device has seen', () => {
    const first = nextDesired(aRecord({ reported: aReport({ generation: 7 }) }), change, at);
    const envelope = { payloadType: '', payload: '', signatures: [] };

    expect(first.generation).toBe(8);
    expect(
      nextDesired(aRecord({ desired: { document: { ...first, generation: 12 }, envelope } }), change, at).generation,
    ).toBe(13);
  });

  it('are renewed in the second half of their life or when the mirror moves, and keep their generation', () => {
    const document = nextDesired(aRecord(), change, at);
    const day = 86_400_000;

    expect(renewedDesired(document, { now: NOW + 14 * day, mirrorUrl: 'https://s' })).toBeUndefined();
    expect(renewedDesired(document, { now: NOW + 15 * day, mirrorUrl: 'https://s' })).toMatchObject({
      generation: document.generation,
      expiresAt: NOW + 45 * day,
    });
    expect(renewedDesired(document, { now: NOW, mirrorUrl: 'https://t' })).toMatchObject({
      mirror: { url: 'https://t' },
      generation: document.generation,
    });
  });
});
