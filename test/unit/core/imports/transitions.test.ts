import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '#contracts/verdict.ts';
import {
  canHappen,
  evolveImport,
  isClosedImport,
  noteCopied,
  removableBlobs,
  type ImportEvent,
  type ImportRecord,
} from '#core/imports/index.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

function aVerdict(outcome: Verdict['verdict']): Verdict {
  return {
    verdict: outcome,
    digest: digest('a'),
    model: 'm',
    version: '1',
    channel: 'production',
    signer: null,
    facts: [],
    findings: [],
    policyVersion: 1,
    checkedAt: 1,
  };
}

function anImport(over: Partial<ImportRecord> = {}): ImportRecord {
  return {
    v: 1,
    id: 'imp-1',
    state: 'planned',
    volumeId: 'stick-1',
    volumeLabel: 'PLANT',
    volumeSerial: null,
    setId: 'set-1',
    indexDigest: digest('b'),
    bundleDigest: digest('a'),
    model: 'm',
    version: '1',
    title: 't',
    blobs: [],
    referrers: [],
    added: [digest('a'), digest('c')],
    totalBytes: 100,
    copiedBytes: 0,
    jobId: 'job-1',
    verdict: null,
    error: null,
    missingParts: [],
    startedBy: 'Eva',
    decidedBy: null,
    decisionReason: null,
    createdAt: 1,
    updatedAt: 1,
    ...over,
  };
}

const medium = { volumeId: 'stick-2', label: 'PLANT 2', serial: '123' };
const error = { code: 'MEDIA_GONE', message: 'gone', details: {} };
const bytes = fc.integer({ min: 0, max: 150 });
const anyEvent: fc.Arbitrary<ImportEvent> = fc.oneof(
  bytes.map((copiedBytes): ImportEvent => ({ type: 'import.copying', medium, copiedBytes })),
  bytes.map((copiedBytes): ImportEvent => ({
    type: 'import.waiting-for-media',
    missingParts: ['part-0001.bin'],
    copiedBytes,
    error,
  })),
  bytes.map((copiedBytes): ImportEvent => ({ type: 'import.verifying', copiedBytes })),
  fc
    .constantFrom('accepted' as const, 'refused' as const)
    .map((outcome): ImportEvent => ({ type: 'import.verdict-given', verdict: aVerdict(outcome), error: null })),
  fc.constant<ImportEvent>({ type: 'import.accepted', by: 'Eva', reason: '' }),
  fc.constant<ImportEvent>({ type: 'import.rejected', by: 'Eva', reason: '' }),
  bytes.map((copiedBytes): ImportEvent => ({ type: 'import.failed', error, copiedBytes })),
  fc.constant<ImportEvent>({ type: 'import.resumed', jobId: 'job-2' }),
);

describe('evolveImport', () => {
  it('never runs progress backwards, never leaves a closed state, and accepts only after a positive verdict', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let record = anImport();
        for (const event of events) {
          if (!canHappen(record.state, event.type)) {
            expect(() => evolveImport(record, event, 2)).toThrow();
            continue;
          }
          expect(isClosedImport(record.state)).toBe(false);
          const next = evolveImport(record, event, 2);
          expect(next.copiedBytes).toBeGreaterThanOrEqual(record.copiedBytes);
          expect(next.copiedBytes).toBeLessThanOrEqual(next.totalBytes);
          if (next.state === 'accepted') expect(next.verdict?.verdict).toBe('accepted');
          record = next;
        }
      }),
    );
  });

  it('remembers which medium the bytes come from now', () => {
    expect(
      evolveImport(anImport({ state: 'waiting-for-media' }), { type: 'import.copying', medium, copiedBytes: 5 }, 2),
    ).toMatchObject({ volumeId: 'stick-2', volumeSerial: '123', missingParts: [], error: null });
  });

  it.each([
    ['refused', 'IMPORT_REFUSED'],
    ['accepted', 'IMPORT_NOT_DECIDABLE'],
    ['copying', 'IMPORT_NOT_DECIDABLE'],
  ] as const)('answers a decision on a %s import with %s', (state, code) => {
    expect(() => evolveImport(anImport({ state }), { type: 'import.accepted', by: 'Eva', reason: '' }, 2)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('noteCopied', () => {
  it('only ever grows', () => {
    expect(noteCopied(noteCopied(anImport(), 60, 2), 40, 3).copiedBytes).toBe(60);
  });
});

describe('removableBlobs', () => {
  it('gives back what the import brought and nobody else needs', () => {
    expect(removableBlobs(anImport({ state: 'refused' }), new Set([digest('c')]))).toEqual([digest('a')]);
  });

  it('is a bug for an import that is still open', () => {
    expect(() => removableBlobs(anImport({ state: 'copying' }), new Set())).toThrow('invariant');
  });
});
