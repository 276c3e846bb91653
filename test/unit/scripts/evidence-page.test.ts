import { describe, expect, it } from 'vitest';
import { evidencePage } from '#scripts/evidence/page.ts';

const NOTHING = { faults: undefined, fuzz: undefined, usb: undefined, suites: undefined };

const A_FAULT = {
  target: 'S10',
  what: 'import killed',
  count: 420,
  asked: 1000,
  failures: 1,
  seed: 7,
  detail: 'slowest | restart',
  command: 'npm run test:faults -- random-kills',
  commit: 'abc1234',
  date: '2026-03-01T08:00:00.000Z',
};

const rowsOf = (page: string): string[] => page.split('\n').filter((line) => /^\| [DSU]\d/.test(line));

describe('the page of evidence', () => {
  describe('when nothing was run', () => {
    it('has a row for each target, and each says so', () => {
      const rows = rowsOf(evidencePage(NOTHING));

      for (const target of ['D1', 'D2', 'D4', 'D5', 'D6', 'D7', 'D8', 'S1', 'S2', 'S3', 'S4', 'S5', 'S7', 'S8', 'S9'])
        expect(rows.some((row) => row.split('|')[1]?.includes(target))).toBe(true);
      for (const target of ['S10', 'S13', 'S17', 'U3', 'U4', 'U5', 'U6'])
        expect(rows.some((row) => row.split('|')[1]?.includes(target))).toBe(true);
      expect(rows.filter((row) => !row.includes('| not run |'))).toEqual([]);
    });

    it('goes from D over S to U, by number', () => {
      const order = rowsOf(evidencePage(NOTHING)).map((row) => /[DSU]\d+/.exec(row)?.[0] ?? '');

      expect(order.indexOf('D10')).toBeGreaterThan(order.indexOf('D8'));
      expect(order.indexOf('S1')).toBeGreaterThan(order.indexOf('D10'));
      expect(order.at(-1)).toBe('U3');
    });
  });

  it('tells both numbers of a count that fell short, its failures, seed and commit', () => {
    const faults = JSON.stringify({ 'random-kills': A_FAULT });

    const row = rowsOf(evidencePage({ ...NOTHING, faults })).find((line) => line.includes('import killed |'));

    expect(row).toBe(
      '| S10 | import killed | 420 of 1000 | 1 | 7 | slowest \\| restart | `npm run test:faults -- random-kills` | abc1234 | 2026-03-01 |',
    );
  });

  it('counts failed tests of a target as failures', () => {
    const counts = {
      passed: 12,
      failed: 2,
      skipped: 1,
      command: 'npx vitest run x',
      commit: 'abc',
      date: '2026-03-01',
    };

    const page = evidencePage({ ...NOTHING, suites: JSON.stringify({ D1: counts }) });

    expect(page).toContain('| 12 | 2 | - | tests; 1 skipped on this machine | `npx vitest run x` | abc | 2026-03-01 |');
  });
});
