import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';

const LIMITS = { bytes: 100_000 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function reasonOf(input: Uint8Array, limits = LIMITS): unknown {
  try {
    parseStrictJson(input, limits);
  } catch (error) {
    return isAppError(error) ? error.details['reason'] : error;
  }
  return 'accepted';
}

describe('parseStrictJson', () => {
  describe('when two readers could read two documents', () => {
    it.each([
      ['a name given twice', '{"a":1,"a":2}', 'duplicate-key'],
      ['a name given twice through an escape', '{"a":1,"\\u0061":2}', 'duplicate-key'],
      ['a name given twice in an inner object', '[{"x":{"a":1,"b":[],"a":2}}]', 'duplicate-key'],
      ['the reserved name', '{"__proto__":{}}', 'reserved-key'],
      ['half of a character', '"\\ud800"', 'lone-surrogate'],
      ['a whole number that a double cannot hold', '[9007199254740993]', 'number-not-exact'],
      ['a number without end', '[1e400]', 'number-not-exact'],
      ['something behind the document', '{} {}', 'not-json'],
      ['a comment', '{/* */}', 'not-json'],
      ['NaN', '[NaN]', 'not-json'],
      ['nothing', '', 'not-json'],
    ])('refuses %s', (_, text, reason) => {
      expect(reasonOf(bytes(text))).toBe(reason);
    });

    it('refuses a byte order mark', () => {
      expect(reasonOf(Uint8Array.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toBe('byte-order-mark');
    });

    it('refuses bytes that are not UTF-8', () => {
      expect(reasonOf(Uint8Array.from([0x22, 0xff, 0x22]))).toBe('not-utf8');
    });
  });

  describe('when the document costs too much', () => {
    it('refuses it by size before reading it', () => {
      expect(reasonOf(bytes('[1,2,3]'), { bytes: 3 })).toBe('too-large');
    });

    it('refuses nesting of a hundred thousand levels without running out of stack', () => {
      expect(reasonOf(bytes('['.repeat(49_999) + ']'.repeat(49_999)))).toBe('too-deep');
    });
  });

  it('accepts the same name in different objects', () => {
    expect(parseStrictJson(bytes('{"a":{"a":1},"b":[{"a":2},{"a":3}]}'), LIMITS)).toEqual({
      a: { a: 1 },
      b: [{ a: 2 }, { a: 3 }],
    });
  });

  it('reads every document that JSON.stringify writes exactly as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !/\d{16}|e[+-]?\d/i.test(text));
        expect(parseStrictJson(bytes(text), LIMITS)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('answers every text with a value or a typed refusal', () => {
    const fragments = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '1', 'null', ' ', '\\u', 'é'),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fragments, (parts) => {
        const text = parts.join('');
        const outcome = reasonOf(bytes(text));
        expect(typeof outcome).toBe('string');
        // Whatever is accepted, JSON.parse accepts too.
        if (outcome === 'accepted') expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 1000, seed: 12 },
    );
  });
});
