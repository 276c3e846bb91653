import { describe, expect, it } from 'vitest';
import type { SuiteResults } from '#scripts/testing/suite-results.ts';
import { concludeRun, type SuiteRun } from '#scripts/testing/verdict.ts';

const results = (over: Partial<SuiteResults> = {}): SuiteResults => ({ passed: 3, failures: [], skipped: [], ...over });
const aRun = (over: Partial<SuiteRun> = {}): SuiteRun => ({ name: 'unit', exitCode: 0, results: results(), ...over });

describe('concludeRun', () => {
  describe('when every suite passed', () => {
    it('ends with the plain line and succeeds', () => {
      const verdict = concludeRun([aRun(), aRun({ name: 'journeys', results: results({ passed: 4 }) })], []);

      expect(verdict).toEqual({ lines: ['7 passed, 0 failed, 0 skipped'], exitCode: 0 });
    });
  });

  describe('when tests were skipped', () => {
    it('prints each reason once, with its tests, and counts them', () => {
      const skipped = [
        { name: 'a', reason: 'no skopeo' },
        { name: 'b', reason: 'no skopeo' },
        { name: 'c', reason: '' },
      ];

      const { lines, exitCode } = concludeRun([aRun({ results: results({ skipped }) })], []);

      expect(lines).toEqual([
        'skipped 2: no skopeo',
        '  - a',
        '  - b',
        'skipped 1: no reason given in the test',
        '  - c',
        '3 passed, 0 failed, 3 skipped',
      ]);
      expect(exitCode).toBe(0);
    });
  });

  describe('when something failed', () => {
    it.each<[string, SuiteRun, string]>([
      ['a test', aRun({ exitCode: 1, results: results({ failures: ['x'] }) }), 'failed: unit: x'],
      [
        'a runner without results',
        aRun({ exitCode: 134, results: null }),
        'failed: unit: the runner ended with code 134 and wrote no results',
      ],
      [
        'a runner that names no failed test',
        aRun({ exitCode: 1 }),
        'failed: unit: the runner ended with code 1 although no test failed',
      ],
      [
        'a runner that exits well and leaves no results',
        aRun({ results: null }),
        'failed: unit: the runner ended with code 0 and wrote no results',
      ],
    ])('fails for %s', (_what, run, line) => {
      const { lines, exitCode } = concludeRun([run], []);

      expect(lines).toContain(line);
      expect(lines.at(-1)).toMatch(/^\d+ passed, 1 failed, 0 skipped$/);
      expect(exitCode).toBe(1);
    });

    it('counts what failed before the suites', () => {
      const { lines, exitCode } = concludeRun([aRun()], ['the build']);

      expect(lines).toEqual(['failed: the build', '3 passed, 1 failed, 0 skipped']);
      expect(exitCode).toBe(1);
    });
  });

  describe('when no test ran', () => {
    it('fails', () => {
      const { lines, exitCode } = concludeRun([aRun({ results: results({ passed: 0 }) })], []);

      expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
      expect(exitCode).toBe(1);
    });
  });
});
