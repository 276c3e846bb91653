import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { exitCodeOf } from '#cli/output/index.ts';
import { progressWriter } from '#cli/output/progress-writer.ts';
import { printable } from '#cli/output/print-findings.ts';

describe('exitCodeOf', () => {
  it.each<[ErrorCode, number]>([
    ['INTERNAL', 1],
    ['USAGE_INVALID', 2],
    ['INPUT_MALFORMED', 2],
    ['BUNDLE_SPEC_INVALID', 2],
    ['BUNDLE_LAYOUT_INVALID', 2],
    ['KEY_PASSPHRASE_WRONG', 2],
    ['ONNX_MALFORMED', 2],
    ['BUNDLE_LINK_REFUSED', 3],
    ['BUNDLE_SIGNATURE_INVALID', 3],
    ['ONNX_FUNCTION_EXPANSION', 3],
    ['IMPORT_REFUSED', 3],
    ['AUDIT_CHAIN_BROKEN', 3],
    ['DISK_FULL', 4],
    ['MEDIA_GONE', 4],
    ['DEVICE_UNREACHABLE', 4],
    ['NOT_PERMITTED', 5],
  ])('ends with %s as %d', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });
});

describe('progressWriter', () => {
  it('writes four times a second at most, and the end always', () => {
    let now = 0;
    const lines: string[] = [];
    const write = progressWriter('json', (text) => lines.push(text), {
      now: () => now,
      monotonicMs: () => now,
      sleep: () => Promise.resolve(),
    });

    for (let done = 0; done <= 100; done += 1) {
      now += 10;
      write({ done, total: 100, unit: 'bytes' });
    }

    expect(lines.length).toBeLessThan(7);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ done: 100, total: 100, unit: 'bytes' });
  });
});

describe('printable', () => {
  it('shows terminal commands and direction marks of hostile text instead of sending them', () => {
    expect(printable('a\u001b[31mb\u202ec')).toBe('a\\u{1b}[31mb\\u{202e}c');
  });
});
