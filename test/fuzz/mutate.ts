import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What parsers trip over, whatever they parse. */
const TOKENS: readonly Uint8Array[] = [
  ...['__proto__', 'constructor', '../', '..\\', '/etc/passwd', 'NaN', '1e400', '-0', '9007199254740993', '\\ud800'],
  ...['"', '{', '[', ']', '}', '\0', '\n', '\r\n', '\ufeff', '\u202e', '\\u0000', 'null', 'sha256:', '=', ','],
].map(utf8);
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

type Mutator = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const replaced = (bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array =>
  join(bytes.subarray(0, at), by, bytes.subarray(Math.min(bytes.length, at + by.length)));

const MUTATORS: readonly Mutator[] = [
  (bytes, random) => {
    // Not `slice`: of a Buffer that is a view, and the seed would rot.
    const copy = Uint8Array.from(bytes);
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  (bytes, random) => replaced(bytes, random.below(bytes.length), Uint8Array.of(random.below(256))),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => bytes.subarray(random.below(bytes.length)),
  (bytes, random) => {
    const from = random.below(bytes.length);
    return join(bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(64)));
  },
  (bytes, random) => {
    const from = random.below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + random.below(200));
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), piece, bytes.subarray(at));
  },
  (bytes, random, others) => {
    const other = random.pick(others);
    return join(bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length)));
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), random.pick(TOKENS), bytes.subarray(at));
  },
  // A length field: four or eight bytes, little-endian, or one varint of ten bytes.
  (bytes, random) => {
    const by = new Uint8Array(random.pick([4, 8]));
    new DataView(by.buffer).setUint32(0, random.pick(NUMBERS), true);
    return replaced(bytes, random.below(bytes.length) & ~3, by);
  },
  (bytes, random) =>
    replaced(
      bytes,
      random.below(bytes.length),
      Uint8Array.from([...new Array<number>(9).fill(0xff), random.pick([1, 2])]),
    ),
  (bytes, random) => {
    const piece = bytes.subarray(random.below(bytes.length)).subarray(0, 1 + random.below(16));
    return join(bytes, ...new Array<Uint8Array>(1 + random.below(400)).fill(piece));
  },
];

/** One mutation of one of the seeds: the same for the same random numbers. One in fifty is the seed itself. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = random.pick(seeds);
  if (random.below(50) === 0) return bytes;
  if (random.below(3) === 0) {
    const edited = mutateJson(bytes, random);
    if (edited !== null) return edited;
  }
  const rounds = 1 + random.below(random.pick([1, 2, 8]));
  for (let round = 0; round < rounds && bytes.length < 2_000_000; round += 1)
    bytes = random.pick(MUTATORS)(bytes, random, seeds);
  return bytes;
}
