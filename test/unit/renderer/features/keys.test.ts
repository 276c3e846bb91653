import { describe, expect, it } from 'vitest';
import { passphraseProblem } from '#renderer/features/keys/passphrase-problem.ts';
import { areTwoPeople } from '#renderer/features/keys/two-people.ts';

describe('passphraseProblem', () => {
  it.each([
    ['', '', 'tooShort'],
    ['eleven char', 'eleven char', 'tooShort'],
    ['twelve chars', 'twelve char', 'differ'],
    ['twelve chars', 'twelve chars', null],
  ] as const)('says of %j and %j: %s', (passphrase, repeated, problem) => {
    expect(passphraseProblem(passphrase, repeated)).toBe(problem);
  });
});

describe('areTwoPeople', () => {
  it('takes no person twice, however the name is written', () => {
    expect(areTwoPeople(['Kim Berg', 'Lee Stahl'])).toBe(true);
    expect(areTwoPeople(['Kim Berg', ' kim berg'])).toBe(false);
    expect(areTwoPeople(['Kim Berg', ' '])).toBe(false);
  });
});
