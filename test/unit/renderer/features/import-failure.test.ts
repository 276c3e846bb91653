import { describe, expect, it } from 'vitest';
import { ImportState, type ImportView } from '#contracts/media.ts';
import { ERROR_CATALOGUE } from '#contracts/errors/index.ts';
import type { Verdict } from '#contracts/verdict.ts';
import { failureOf, isStopped } from '#renderer/features/imports/import-failure.ts';

const VIEW: ImportView = {
  id: 'imp-1',
  state: 'failed',
  volumeId: 'usb-1',
  volumeLabel: 'GANTRY',
  volumeSerial: null,
  bundleDigest: `sha256:${'0'.repeat(64)}`,
  model: 'line4/solder',
  version: '1.0.0',
  title: 'Solder joints',
  totalBytes: 10,
  copiedBytes: 5,
  jobId: 'job-1',
  verdict: null,
  error: null,
  missingParts: [],
  startedBy: 'Eva',
  decidedBy: null,
  decisionReason: null,
  createdAt: 0,
  updatedAt: 0,
};

const REFUSED: Verdict = {
  verdict: 'refused',
  digest: VIEW.bundleDigest,
  model: VIEW.model,
  version: VIEW.version,
  channel: 'production',
  signer: null,
  facts: [],
  findings: [
    { code: 'SBOM_MISSING', severity: 'warn', at: 'a', message: 'there is none' },
    { code: 'BUNDLE_UNSIGNED', severity: 'block', at: 'b', message: 'there is no signature' },
  ],
  policyVersion: 1,
  checkedAt: 0,
};

describe('failureOf', () => {
  it.each(ImportState.options.filter((state) => !isStopped(state)))(
    'has nothing to say of an import that is %s',
    (state) => {
      expect(failureOf({ ...VIEW, state, error: { code: 'MEDIA_GONE', message: 'm', details: {} } })).toBeNull();
    },
  );

  it.each(ImportState.options.filter(isStopped))(
    'names a code of the catalogue and the log ids, even without a cause: %s',
    (state) => {
      const failure = failureOf({ ...VIEW, state });

      expect(Object.keys(ERROR_CATALOGUE)).toContain(failure?.code);
      expect(failure?.details).toMatchObject({ import: 'imp-1', job: 'job-1' });
    },
  );

  it('tells the error of the station with its correlation id', () => {
    const error = { code: 'MEDIA_PART_DAMAGED', message: 'part-1', details: { stick: 2 }, correlationId: 'c-1' };

    expect(failureOf({ ...VIEW, error })).toEqual({ ...error, details: { stick: 2, import: 'imp-1', job: 'job-1' } });
  });

  it('tells the first finding that blocks when a refusal has no error of its own', () => {
    expect(failureOf({ ...VIEW, state: 'refused', verdict: REFUSED })).toMatchObject({
      code: 'BUNDLE_UNSIGNED',
      message: 'there is no signature',
      details: { at: 'b' },
    });
  });
});
