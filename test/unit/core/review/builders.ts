import type { SampleRecord } from '#core/review/index.ts';

/** A picture of 64 × 48 pixels that waits for a label. */
export function aSample(over: Partial<SampleRecord> = {}): SampleRecord {
  return {
    v: 1,
    id: 'sample-1',
    device: 'gw-1',
    line: 'line4',
    takenAt: 1_700_000_000_000,
    receivedAt: 1_700_000_001_000,
    model: {
      repository: 'line4/solder',
      version: '1.0.0',
      bundleDigest: `sha256:${'a'.repeat(64)}`,
      variantDigest: `sha256:${'b'.repeat(64)}`,
    },
    reason: 'low-confidence',
    score: 0.52,
    kind: 'image',
    contentDigest: `sha256:${'c'.repeat(64)}`,
    mediaType: 'image/png',
    width: 64,
    height: 48,
    features: null,
    classes: ['bridge', 'short'],
    state: 'waiting',
    label: null,
    labelledBy: null,
    labelledAt: null,
    decidedBy: null,
    decidedAt: null,
    revision: 0,
    ...over,
  };
}

export const aBox = (
  over: Partial<{ id: string; className: string; x: number; y: number; width: number; height: number }> = {},
) => ({ id: 'box-1', className: 'bridge', x: 1.25, y: 2, width: 10.5, height: 4, ...over });

export function anAccepted(over: Partial<SampleRecord> = {}): SampleRecord {
  return aSample({
    state: 'accepted',
    label: { imageClass: null, boxes: [aBox()], note: '' },
    labelledBy: 'Quinn',
    labelledAt: 5,
    revision: 2,
    ...over,
  });
}
