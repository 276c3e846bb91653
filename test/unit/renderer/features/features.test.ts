import { describe, expect, it } from 'vitest';
import { ImportState } from '#contracts/media.ts';
import { RolloutState } from '#contracts/rollout.ts';
import { filtersOf } from '#renderer/features/audit/audit-filter.ts';
import { stepStates } from '#renderer/features/imports/import-steps.ts';
import {
  allowedActions,
  confirmedCount,
  countByLine,
  countStates,
  requestOf,
  scopeName,
  shortestDurationMs,
} from '#renderer/features/rollouts/rollout-actions.ts';
import { sortAlarms } from '#renderer/features/site/alarm-order.ts';
import { rangeOf, stepFor, windowOf } from '#renderer/features/telemetry/time-range.ts';
import { derOfPem, fingerprintOfPem } from '#renderer/features/trust/key-fingerprint.ts';
import { screenOf } from '#renderer/app/shell/screens.ts';
import { splitHash } from '#renderer/app/hash-location.ts';

describe('stepStates', () => {
  it('shows at most one step as current in every state', () => {
    for (const state of ImportState.options) {
      const current = Object.values(stepStates(state, false)).filter((step) => step === 'current');

      expect(current.length).toBeLessThanOrEqual(1);
    }
  });

  it('never shows a refused import as decided', () => {
    expect(stepStates('refused', true)).toMatchObject({ verify: 'failed', decide: 'open' });
  });

  it('puts a failure where it happened', () => {
    expect(stepStates('failed', false).copy).toBe('failed');
    expect(stepStates('failed', true).verify).toBe('failed');
  });
});

describe('allowedActions', () => {
  it('knows every state and lets nothing be done to a closed rollout', () => {
    for (const state of RolloutState.options) expect(Array.isArray(allowedActions(state))).toBe(true);
    expect(allowedActions('aborted')).toEqual([]);
    expect(allowedActions('rolled-back')).toEqual([]);
  });

  it('lets a held rollout go on, stop or go back', () => {
    expect(allowedActions('held')).toEqual(['resume', 'abort', 'rollback']);
  });
});

describe('rollout figures', () => {
  const device = (id: string, state: 'confirmed' | 'queued' | 'stuck') => ({
    device: id,
    state,
    since: 0,
    variantDigest: `sha256:${'0'.repeat(64)}` as const,
    from: null,
    figures: null,
    detail: '',
  });

  it('counts the confirmed over all cohorts', () => {
    const cohorts = [
      {
        name: 'canary',
        state: 'passed' as const,
        soakEndsAt: null,
        gateFindings: [],
        devices: [device('a', 'confirmed'), device('b', 'queued')],
      },
    ];

    expect(confirmedCount({ cohorts })).toEqual({ done: 1, total: 2 });
  });

  it('names what needs hands first', () => {
    expect(countStates([device('a', 'confirmed'), device('b', 'stuck'), device('c', 'confirmed')])).toEqual([
      { state: 'stuck', count: 1 },
      { state: 'confirmed', count: 2 },
    ]);
  });

  it('counts by line in the order of their names', () => {
    expect(countByLine(['a', 'b', 'c'], (id) => (id === 'b' ? 'Line 1' : 'Line 2'))).toEqual([
      { line: 'Line 1', count: 1 },
      { line: 'Line 2', count: 2 },
    ]);
  });

  it('asks for the lines, or for the site when all of it changes', () => {
    expect(scopeName(['Line 4'], 'North plant')).toBe('Line 4');
    expect(scopeName([], 'North plant')).toBe('North plant');
  });

  it('soaks one cohort after the other', () => {
    expect(shortestDurationMs(3, 600)).toBe(1_800_000);
  });

  it('turns percentages of the form into shares of the request', () => {
    const request = requestOf({
      bundleDigest: `sha256:${'0'.repeat(64)}`,
      lines: ['Line 4'],
      ticket: ' CHG-1 ',
      canaryCount: 2,
      earlyPercent: 30,
      maxP99Ms: 50,
      maxErrorPercent: 1,
      maxDoubtfulPercent: 20,
      minRequests: 10,
      soakSeconds: 60,
    });

    expect(request.ticket).toBe('CHG-1');
    expect(request.gate).toMatchObject({ maxErrorRate: 0.01, maxDoubtfulShare: 0.2 });
    expect(request.cohorts.map((cohort) => [cohort.name, cohort.share])).toEqual([
      ['canary', 0],
      ['early', 0.3],
      ['rest', 1],
    ]);
  });
});

describe('sortAlarms', () => {
  it('puts priority before age and the newest first within it', () => {
    const alarm = (priority: 'high' | 'low', at: number) => ({
      about: 'device' as const,
      priority,
      at,
      text: '',
      subject: '',
    });

    expect(sortAlarms([alarm('low', 9), alarm('high', 1), alarm('high', 5)])).toEqual([
      alarm('high', 5),
      alarm('high', 1),
      alarm('low', 9),
    ]);
  });
});

describe('telemetry ranges', () => {
  it('fall back to an hour', () => {
    expect(rangeOf(new URLSearchParams('range=forever'))).toBe('1h');
    expect(rangeOf(new URLSearchParams('range=7d'))).toBe('7d');
  });

  it('ask the same question for a whole step', () => {
    const step = stepFor(3_600_000);

    expect(windowOf('1h', step * 1000 + 1)).toEqual(windowOf('1h', step * 1001));
    expect(windowOf('1h', step * 1000).to).toBe(step * 1000);
  });

  it('never ask for more than a few hundred points', () => {
    for (const id of ['15m', '1h', '6h', '24h', '7d'] as const) {
      const { from, to, stepMs } = windowOf(id, 1_800_000_000_000);
      expect((to - from) / stepMs).toBeLessThanOrEqual(240);
    }
  });
});

describe('filtersOf', () => {
  it('takes an empty field for no filter', () => {
    expect(filtersOf(new URLSearchParams('subject=%20&stream=rollout&other=x'))).toEqual({ stream: 'rollout' });
  });
});

describe('fingerprintOfPem', () => {
  it('is the SHA-256 of the key itself, whatever the line breaks', async () => {
    const pem = `-----BEGIN PUBLIC KEY-----\n${btoa('key bytes')}\n-----END PUBLIC KEY-----\n`;
    const oneLine = `-----BEGIN PUBLIC KEY-----${btoa('key bytes')}-----END PUBLIC KEY-----`;

    expect(await fingerprintOfPem(pem)).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprintOfPem(pem)).toBe(await fingerprintOfPem(oneLine));
  });

  it.each([
    '',
    'key',
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
    '-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----',
  ])('is nothing for %j', (text) => {
    expect(derOfPem(text)).toBeNull();
  });
});

describe('addresses', () => {
  it('belong to the screen of their list', () => {
    expect(screenOf('/')).toBe('site');
    expect(screenOf('/fleet/aoi-4-01')).toBe('fleet');
    expect(screenOf('/fleets')).toBeUndefined();
  });

  it('carry path and query behind the hash', () => {
    expect(splitHash('/audit?subject=a&q=b?c')).toEqual({ path: '/audit', search: 'subject=a&q=b?c' });
  });
});
