import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideReport, type ReportOrder } from '#core/fleet/index.ts';

const order = (epoch: string, sequence: number, pastEpochs: string[] = []): ReportOrder => ({
  epoch,
  sequence,
  pastEpochs,
});

describe('decideReport', () => {
  it.each([
    ['the first report', null, { epoch: 'e1', sequence: 7 }, true],
    ['the next sequence', order('e1', 7), { epoch: 'e1', sequence: 8 }, true],
    ['a later sequence after a gap', order('e1', 7), { epoch: 'e1', sequence: 90 }, true],
    ['a new epoch that starts at zero', order('e1', 7), { epoch: 'e2', sequence: 0 }, true],
    ['a repeated report', order('e1', 7), { epoch: 'e1', sequence: 7 }, false],
    ['an older sequence', order('e1', 7), { epoch: 'e1', sequence: 6 }, false],
    ['a replayed report of an epoch that was left', order('e2', 0, ['e1']), { epoch: 'e1', sequence: 99 }, false],
  ])('decides about %s', (_name, current, report, isAccepted) => {
    expect(decideReport(current, report).accept).toBe(isAccepted);
  });

  describe('when reports arrive in any order', () => {
    it('never goes back within an epoch or to an epoch that was left', () => {
      const report = fc.record({
        epoch: fc.constantFrom('e1', 'e2', 'e3', 'e4'),
        sequence: fc.integer({ min: 0, max: 20 }),
      });

      fc.assert(
        fc.property(fc.array(report, { maxLength: 200 }), (reports) => {
          let current: ReportOrder | null = null;
          const visited: string[] = [];
          for (const each of reports) {
            const before: ReportOrder | null = current;
            const decision = decideReport(current, each);
            if (!decision.accept) continue;
            current = decision.order;
            if (before?.epoch === current.epoch) expect(current.sequence).toBeGreaterThan(before.sequence);
            else visited.push(current.epoch);
          }

          expect(visited).toHaveLength(new Set(visited).size);
        }),
      );
    });
  });
});
