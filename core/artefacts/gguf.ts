import type { Finding } from '#core/base/index.ts';
import { artefactFault, type PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import type { KindScan } from './question.ts';

const LIMITS = {
  keys: 65_536,
  tensors: 100_000,
  nameBytes: 4096,
  textBytes: 1024 * 1024 * 16,
  arrayItems: 2_000_000,
  depth: 4,
};

/** Bytes of a value by its type number; 8 is text, 9 a list. */
const VALUE_BYTES: readonly (number | null)[] = [1, 1, 2, 2, 4, 4, 4, 1, null, null, 8, 8, 8];
const TEXT = 8;
const LIST = 9;

/** Elements and bytes of one block by the tensor's type (ggml.h). */
const BLOCKS: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
};

interface Tensor {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** GGUF 2 and 3: a header of keys, a table of tensors, then aligned data. */
export async function scanGguf(reader: PagedReader): Promise<KindScan> {
  const version = await reader.u32(4);
  if (version !== 2 && version !== 3) throw artefactFault('ARTEFACT_MALFORMED', `version ${String(version)} of GGUF`);
  const tensorCount = await reader.u64(8);
  const keyCount = await reader.u64(16);
  if (tensorCount > LIMITS.tensors || keyCount > LIMITS.keys)
    throw artefactFault('ARTEFACT_TOO_LARGE', `${String(tensorCount)} tensors and ${String(keyCount)} keys`);
  const walk = new Walk(reader, 24);
  const alignment = await readKeys(walk, keyCount);
  const tensors: Tensor[] = [];
  for (let index = 0; index < tensorCount; index += 1) tensors.push(await readTensor(walk));
  const start = Math.ceil(walk.at / alignment) * alignment;
  const findings = [...checkPlaces(tensors, { alignment, start, end: reader.sizeBytes })];
  return { findings, summary: `${String(tensorCount)} tensors, ${String(keyCount)} keys, version ${String(version)}` };
}

class Walk {
  at: number;
  readonly reader: PagedReader;

  constructor(reader: PagedReader, at: number) {
    this.reader = reader;
    this.at = at;
  }

  async u32(): Promise<number> {
    this.at += 4;
    return this.reader.u32(this.at - 4);
  }

  async u64(): Promise<number> {
    this.at += 8;
    return this.reader.u64(this.at - 8);
  }

  async text(limitBytes: number): Promise<string> {
    const length = await this.u64();
    if (length > limitBytes) throw artefactFault('ARTEFACT_TOO_LARGE', `a text of ${String(length)} bytes`);
    this.skip(length);
    return length > LIMITS.nameBytes ? '' : this.reader.text(this.at - length, length);
  }

  skip(length: number): void {
    this.reader.mustHold(this.at, length);
    this.at += length;
  }
}

async function readKeys(walk: Walk, count: number): Promise<number> {
  let alignment = 32;
  const seen = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const key = await walk.text(LIMITS.nameBytes);
    if (seen.has(key)) throw artefactFault('ARTEFACT_MALFORMED', `key ${key} is there twice`);
    seen.add(key);
    const type = await walk.u32();
    const at = walk.at;
    await skipValue(walk, type, 0);
    if (key === 'general.alignment') alignment = type === 4 ? await walk.reader.u32(at) : 0;
  }
  const isPowerOfTwo = alignment >= 8 && alignment <= 65_536 && (alignment & (alignment - 1)) === 0;
  if (!isPowerOfTwo) throw artefactFault('ARTEFACT_MALFORMED', 'the alignment is no power of two from 8 to 65536');
  return alignment;
}

async function skipValue(walk: Walk, type: number, depth: number): Promise<void> {
  const bytes = VALUE_BYTES[type];
  if (bytes === undefined) throw artefactFault('ARTEFACT_MALFORMED', `a value of type ${String(type)}`);
  if (bytes !== null) walk.skip(bytes);
  else if (type === TEXT) await walk.text(LIMITS.textBytes);
  else await skipList(walk, depth);
}

async function skipList(walk: Walk, depth: number): Promise<void> {
  const type = await walk.u32();
  const count = await walk.u64();
  if (depth >= LIMITS.depth || count > LIMITS.arrayItems)
    throw artefactFault('ARTEFACT_TOO_LARGE', `a list of ${String(count)} values`);
  const bytes = VALUE_BYTES[type];
  if (bytes !== undefined && bytes !== null) {
    walk.skip(count * bytes);
    return;
  }
  if (type !== TEXT && type !== LIST) throw artefactFault('ARTEFACT_MALFORMED', `a list of type ${String(type)}`);
  for (let index = 0; index < count; index += 1) await skipValue(walk, type, depth + 1);
}

async function readTensor(walk: Walk): Promise<Tensor> {
  const name = await walk.text(LIMITS.nameBytes);
  const rank = await walk.u32();
  if (rank > 4) throw artefactFault('ARTEFACT_MALFORMED', `tensor ${name} has ${String(rank)} dimensions`);
  let elements = 1;
  for (let dim = 0; dim < rank; dim += 1) elements *= await walk.u64();
  const type = await walk.u32();
  const block = BLOCKS[type];
  if (block === undefined) throw artefactFault('ARTEFACT_MALFORMED', `tensor ${name} has type ${String(type)}`);
  const offset = await walk.u64();
  return { name, offset, bytes: Math.ceil(elements / block[0]) * block[1] };
}

function* checkPlaces(
  tensors: readonly Tensor[],
  data: { alignment: number; start: number; end: number },
): Generator<Finding> {
  let free = 0;
  const names = new Set<string>();
  let found = 0;
  for (const { name, offset, bytes } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    const fault = names.has(name)
      ? artefactFinding('ARTEFACT_MALFORMED', name, 'Two tensors have this name.')
      : offset % data.alignment !== 0
        ? artefactFinding('ARTEFACT_MALFORMED', name, `Its place ${String(offset)} is not aligned.`)
        : offset < free || !(data.start + offset + bytes <= data.end)
          ? artefactFinding('ARTEFACT_RANGE', name, `It has ${String(bytes)} bytes at ${String(offset)}.`)
          : null;
    names.add(name);
    free = Math.max(free, offset + bytes);
    if (fault === null) continue;
    yield fault;
    found += 1;
    if (found >= 100) return;
  }
}
