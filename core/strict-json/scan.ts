/** Why a text is not the one JSON document that every reader understands alike. */
export type JsonFault =
  | 'too-large'
  | 'byte-order-mark'
  | 'not-utf8'
  | 'too-deep'
  | 'duplicate-key'
  | 'reserved-key'
  | 'lone-surrogate'
  | 'number-not-exact'
  | 'not-json';

export interface FaultAt {
  readonly fault: JsonFault;
  readonly offset: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** An open object with the names seen so far, or an open array. */
interface Frame {
  readonly names: Set<string> | null;
  expectsName: boolean;
}

/**
 * Finds what JSON.parse lets pass: names given twice (RFC 8259 section 4), nesting without end, lone surrogates, numbers that a
 * double cannot hold. On a text that is not JSON the result means nothing; JSON.parse refuses that text afterwards.
 */
export function findAmbiguity(text: string, maxDepth: number): FaultAt | null {
  const frames: Frame[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const frame = frames.at(-1);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const fault = checkString(text.slice(at, end), frame);
      if (fault !== null) return { fault, offset: at };
      at = end;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const number = numberAt(text, at);
      if (!isExact(number)) return { fault: 'number-not-exact', offset: at };
      at += Math.max(1, number.length);
    } else {
      const fault = trackNesting(code, frames, maxDepth);
      if (fault !== null) return { fault, offset: at };
      at += 1;
    }
  }
  return null;
}

function trackNesting(code: number, frames: Frame[], maxDepth: number): JsonFault | null {
  if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
    if (frames.length >= maxDepth) return 'too-deep';
    frames.push(code === OPEN_OBJECT ? { names: new Set(), expectsName: true } : { names: null, expectsName: false });
  } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) frames.pop();
  else if (code === COMMA) {
    const frame = frames.at(-1);
    if (frame !== undefined) frame.expectsName = frame.names !== null;
  }
  return null;
}

/** The offset behind the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

function checkString(literal: string, frame: Frame | undefined): JsonFault | null {
  const names = frame?.expectsName === true ? frame.names : null;
  // Only an escape can carry a lone surrogate: the bytes were decoded as strict UTF-8.
  if (names === null && !literal.includes('\\u')) return null;
  const value = decode(literal);
  if (value === null) return 'not-json';
  if (!value.isWellFormed()) return 'lone-surrogate';
  if (names === null || frame === undefined) return null;
  frame.expectsName = false;
  if (value === '__proto__') return 'reserved-key';
  if (names.has(value)) return 'duplicate-key';
  names.add(value);
  return null;
}

function decode(literal: string): string | null {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : null;
  } catch {
    // A broken escape: the caller reports it as not JSON.
    return null;
  }
}

function numberAt(text: string, at: number): string {
  NUMBER.lastIndex = at;
  return NUMBER.exec(text)?.[0] ?? '';
}

function isExact(number: string): boolean {
  if (number === '') return true;
  const value = Number(number);
  return Number.isFinite(value) && (!/^-?\d+$/.test(number) || Number.isSafeInteger(value));
}
