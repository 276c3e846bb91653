import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, judgeClock, laterFloor, type TimeEvidence, type TimeFloor } from '#core/trusted-time/index.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-21T06:00:00Z');
const at = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
const floor = (time: number): TimeFloor => ({ at: time, kind: 'log', subject: 'sha256:5b1e' });

describe('judgeClock', () => {
  it.each([
    ['1970', at('1970-01-01'), 'behind'],
    ['2001', at('2001-01-01'), 'behind'],
    ['two days back', NOW - 2 * DAY, 'behind'],
    ['right', NOW + 3 * DAY, 'plausible'],
    ['a year forward', NOW + 365 * DAY, 'plausible'],
    ['2031', at('2031-01-01'), 'far-ahead'],
    ['2099', at('2099-01-01'), 'far-ahead'],
  ] as const)('says of a clock at %s what signed times allow', (_name, clock, state) => {
    expect(judgeClock(clock, floor(NOW)).state).toBe(state);
  });

  it('says that nothing proves the clock before the first signed time', () => {
    expect(judgeClock(NOW, null)).toMatchObject({ state: 'unproven', now: NOW });
  });

  it('forgives a clock that is behind by minutes', () => {
    expect(judgeClock(NOW - 60_000, floor(NOW)).state).toBe('plausible');
  });

  it('never measures lateness from before a proven time', () => {
    fc.assert(
      fc.property(fc.nat(4e12), fc.nat(4e12), (clock, proven) => {
        expect(judgeClock(clock, floor(proven)).now).toBe(Math.max(clock, proven));
      }),
    );
  });
});

describe('advance', () => {
  const says = (kind: TimeEvidence['kind'], time: number): TimeEvidence => ({ at: time, kind, subject: 'x' });

  it('believes a witness, whatever the clock says', () => {
    expect(advance(null, says('log', NOW), at('2001-01-01'))?.at).toBe(NOW);
    expect(advance(floor(NOW), says('timestamp', NOW + 900 * DAY), NOW)?.at).toBe(NOW + 900 * DAY);
  });

  it('believes a publisher when the clock or the evidence before makes it likely', () => {
    expect(advance(null, says('publisher', NOW - DAY), NOW)?.at).toBe(NOW - DAY);
    expect(advance(floor(NOW), says('publisher', NOW + 30 * DAY), at('2001-01-01'))?.at).toBe(NOW + 30 * DAY);
  });

  it('does not let one wrong clock at a publisher age the whole site', () => {
    expect(advance(null, says('publisher', at('2099-01-01')), NOW)).toBeNull();
    expect(advance(floor(NOW), says('publisher', at('2099-01-01')), NOW)?.at).toBe(NOW);
  });

  it('never falls, in any order of evidence', () => {
    const evidence = fc.record({
      at: fc.nat(4e12),
      kind: fc.constantFrom<TimeEvidence['kind']>('log', 'timestamp', 'publisher'),
      subject: fc.constant('x'),
    });
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 20 }), fc.nat(4e12), (all, clock) => {
        let known: TimeFloor | null = null;
        for (const one of all) {
          const next = advance(known, one, clock);
          expect(next?.at ?? 0).toBeGreaterThanOrEqual(known?.at ?? 0);
          known = next;
        }
      }),
    );
  });
});

describe('laterFloor', () => {
  it('takes the later of two stores, and the one that is there', () => {
    expect(laterFloor(floor(1), floor(2))?.at).toBe(2);
    expect(laterFloor(null, floor(2))?.at).toBe(2);
    expect(laterFloor(null, null)).toBeNull();
  });
});
