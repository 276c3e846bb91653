import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '#contracts/site.ts';
import type { DowngradeException } from '#contracts/trust.ts';
import { AppError } from '#core/base/index.ts';
import { allowsDowngrade, approveException, EXCEPTION_LIFE_MS, subjectOf, useException } from '#core/trust/index.ts';

const HOUR = 3_600_000;
const digest = (text: string): `sha256:${string}` => `sha256:${text.repeat(64).slice(0, 64)}`;
const EVA: Person = { id: 'eva', name: 'Eva Field', role: 'admin' };
const OTTO: Person = { id: 'otto', name: 'Otto Brandt', role: 'admin' };
const OLGA: Person = { id: 'olga', name: 'Olga', role: 'operator' };
const request: DowngradeException = {
  id: 'x1',
  kind: 'downgrade',
  model: 'plant/scale',
  channel: 'production',
  from: { sequence: 7, digest: digest('7') },
  to: { sequence: 6, digest: digest('6') },
  reason: 'the new one counts doubles',
  requestedBy: EVA,
  requestedAt: 0,
  state: 'requested',
  approvedBy: null,
  validUntil: EXCEPTION_LIFE_MS,
};
const approved = approveException(request, { person: OTTO, subject: digest('6'), now: HOUR });
const inForce = { model: 'plant/scale', channel: 'production', newest: digest('7'), now: 2 * HOUR };

describe('an approved way back', () => {
  it('lets exactly the bundle before the newest pass', () => {
    expect(allowsDowngrade(approved, digest('6'), inForce)).toBe(true);
  });

  it.each([
    ['an older one still', approved, digest('5'), inForce],
    ['another model', approved, digest('6'), { ...inForce, model: 'plant/other' }],
    ['another channel', approved, digest('6'), { ...inForce, channel: 'staging' }],
    ['once a newer version was accepted', approved, digest('6'), { ...inForce, newest: digest('8') }],
    ['after its time', approved, digest('6'), { ...inForce, now: 14 * HOUR }],
    ['before it was asked for', approved, digest('6'), { ...inForce, now: -1 }],
    ['while only one person asked', request, digest('6'), inForce],
  ])('does not let pass %s', (_what, exception, bundle, now) => {
    expect(allowsDowngrade(exception, bundle, now)).toBe(false);
  });

  it('is approved by naming the bundle, the time or the timestamp that the second person saw', () => {
    expect(subjectOf(request)).toBe(digest('6'));
    expect(() => approveException(request, { person: OTTO, subject: digest('5'), now: HOUR })).toThrow(
      expect.objectContaining({ code: 'TRUST_EXCEPTION_CHANGED' }) as Error,
    );
  });
});

describe('ten thousand random sequences of asking, approving, waiting and using', () => {
  /** What a sequence may do; the model beside it only counts what two people really agreed on. */
  const step = fc.oneof(
    fc.record({
      do: fc.constant('approve' as const),
      by: fc.constantFrom(EVA, OTTO, OLGA),
      sees: fc.constantFrom('5', '6', '7'),
    }),
    fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: -30, max: 30 }) }),
    fc.record({
      do: fc.constant('use' as const),
      sees: fc.constantFrom('5', '6', '7'),
      newest: fc.constantFrom('7', '8'),
    }),
    fc.record({ do: fc.constant('spend' as const), sees: fc.constantFrom('5', '6', '7') }),
  );

  it('never let a bundle pass that two different administrators did not approve in time', () => {
    let passes = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let exception = request;
        let now = 0;
        let agreedAt: number | null = null;
        for (const one of steps) {
          switch (one.do) {
            case 'wait':
              now += one.hours * HOUR;
              break;
            case 'approve': {
              const isFresh = agreedAt === null && exception.state === 'requested';
              const [before, at] = [exception, now];
              const next = orRefused(() =>
                approveException(before, { person: one.by, subject: digest(one.sees), now: at }),
              );
              if (next === null) break;
              // Only this combination may ever come here.
              expect([isFresh, one.by.id, one.sees, now >= 0, now <= EXCEPTION_LIFE_MS]).toEqual([
                true,
                'otto',
                '6',
                true,
                true,
              ]);
              exception = next;
              agreedAt = now;
              break;
            }
            case 'use': {
              const passed = allowsDowngrade(exception, digest(one.sees), {
                ...inForce,
                newest: digest(one.newest),
                now,
              });
              const may = agreedAt !== null && one.sees === '6' && one.newest === '7' && now >= 0;
              const inTime = agreedAt !== null && now <= agreedAt + EXCEPTION_LIFE_MS;
              expect(passed).toBe(may && inTime);
              if (passed) passes += 1;
              break;
            }
            case 'spend': {
              const [before, at] = [exception, now];
              const used = orRefused(() => useException(before, { subject: digest(one.sees), now: at }));
              if (used !== null) expect([agreedAt !== null, one.sees]).toEqual([true, '6']);
            }
          }
        }
      }),
      { numRuns: 10_000, seed: 20_261_121 },
    );
    expect(passes).toBeGreaterThan(50);
  });
});

/** What was done, or null when it was refused with a code. */
function orRefused<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
