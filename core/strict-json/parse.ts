import { AppError } from '#core/base/index.ts';
import { findAmbiguity, type JsonFault } from './scan.ts';

/** What an untrusted document may cost. */
export interface JsonLimits {
  readonly bytes: number;
  /** Objects and arrays inside each other; 64 when absent, which no format of ours comes near. */
  readonly depth?: number;
}

const DEFAULT_DEPTH = 64;

const SENTENCES: Readonly<Record<JsonFault, string>> = {
  'too-large': 'the document is larger than its limit',
  'byte-order-mark': 'the document starts with a byte order mark',
  'not-utf8': 'the document is not UTF-8',
  'too-deep': 'the document is nested too deep',
  'duplicate-key': 'the document gives one name twice, so two readers can see two documents',
  'reserved-key': 'the document uses the reserved name __proto__',
  'lone-surrogate': 'the document has half of a character',
  'number-not-exact': 'the document has a number that cannot be read exactly',
  'not-json': 'the document is not JSON',
};

/**
 * Untrusted: the one way in for JSON that came over a wire or a medium. Refuses everything that two readers could read
 * differently. Throws INPUT_TOO_LARGE, or INPUT_MALFORMED with `details.reason`.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  if (bytes.length > limits.bytes) {
    throw new AppError(
      'INPUT_TOO_LARGE',
      `${SENTENCES['too-large']}: ${String(limits.bytes)} bytes allowed, ${String(bytes.length)} found`,
      {
        reason: 'too-large',
        limitBytes: limits.bytes,
        foundBytes: bytes.length,
      },
    );
  }
  const text = decodeStrictly(bytes);
  const ambiguity = findAmbiguity(text, limits.depth ?? DEFAULT_DEPTH);
  if (ambiguity !== null) throw refusal(ambiguity.fault, ambiguity.offset);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw refusal('not-json', undefined, cause);
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw refusal('byte-order-mark', 0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refusal('not-utf8', undefined, cause);
  }
}

function refusal(reason: JsonFault, offset?: number, cause?: unknown): AppError {
  const where = offset === undefined ? '' : ` (at character ${String(offset)})`;
  return new AppError(
    'INPUT_MALFORMED',
    `${SENTENCES[reason]}${where}`,
    { reason },
    cause === undefined ? undefined : { cause },
  );
}
