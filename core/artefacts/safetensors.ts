import { z } from 'zod';
import { isAppError, MIB, type Finding } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { artefactFault, type ByteSource, type PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import type { KindScan, ScanQuestion } from './question.ts';

/** The format allows 100 MB; names of a hundred thousand tensors need ten. */
const HEADER_LIMIT = 32 * MIB;
const TENSOR_LIMIT = 200_000;
const READ_PIECE = MIB;
const FINDINGS = 100;

/** Bits of one element by the name in the header. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  F64: 64,
  C64: 64,
  I64: 64,
  U64: 64,
};

const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0)).max(64),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});
type Entry = z.infer<typeof Entry>;
const Metadata = z.record(z.string(), z.string());

/** Safetensors: eight bytes of length, strict JSON, then tensors that follow one another without gap or overlap. */
export async function scanSafetensors(
  reader: PagedReader,
  _question: ScanQuestion,
  source: ByteSource,
): Promise<KindScan> {
  const headerBytes = await reader.u64(0);
  reader.mustHold(8, headerBytes);
  if (headerBytes > HEADER_LIMIT) throw artefactFault('ARTEFACT_TOO_LARGE', `a header of ${String(headerBytes)} bytes`);
  const header = parseHeader(await readAll(source, 8, headerBytes));
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (tensors.length > TENSOR_LIMIT) throw artefactFault('ARTEFACT_TOO_LARGE', `${String(tensors.length)} tensors`);
  const findings: Finding[] = [];
  if (header['__metadata__'] !== undefined && !Metadata.safeParse(header['__metadata__']).success)
    findings.push(artefactFinding('ARTEFACT_MALFORMED', '__metadata__', 'It is not a list of texts.'));
  const entries: { name: string; entry: Entry }[] = [];
  for (const [name, value] of tensors) {
    const parsed = Entry.safeParse(value);
    if (parsed.success) entries.push({ name, entry: parsed.data });
    else if (findings.length < FINDINGS)
      findings.push(artefactFinding('ARTEFACT_MALFORMED', name, 'It is no description of a tensor.'));
  }
  findings.push(...checkPlaces(entries, source.sizeBytes - 8 - headerBytes));
  return { findings: findings.slice(0, FINDINGS), summary: `${String(tensors.length)} tensors` };
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value = parseStrictJson(bytes, { bytes: HEADER_LIMIT, depth: 8 });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw artefactFault('ARTEFACT_MALFORMED', `the header: ${error.message}`);
  }
  throw artefactFault('ARTEFACT_MALFORMED', 'the header is no object');
}

function* checkPlaces(entries: readonly { name: string; entry: Entry }[], dataBytes: number): Generator<Finding> {
  let end = 0;
  const sorted = entries.toSorted((a, b) => a.entry.data_offsets[0] - b.entry.data_offsets[0]);
  let broken = 0;
  for (const { name, entry } of sorted) {
    const [from, to] = entry.data_offsets;
    const bits = Object.hasOwn(BITS, entry.dtype) ? BITS[entry.dtype] : undefined;
    if (bits === undefined) yield artefactFinding('ARTEFACT_MALFORMED', name, `Its type is ${entry.dtype}.`);
    else if ((entry.shape.reduce((product, dim) => product * dim, 1) * bits) / 8 !== to - from)
      yield artefactFinding('ARTEFACT_MALFORMED', name, `Its shape does not fit ${String(to - from)} bytes.`);
    if (from !== end)
      yield artefactFinding(
        'ARTEFACT_RANGE',
        name,
        `It begins at ${String(from)}, the one before ends at ${String(end)}.`,
      );
    if (from !== end) broken += 1;
    end = Math.max(end, to);
    // One gap moves everything behind it; the first ones say enough.
    if (broken >= FINDINGS) return;
  }
  if (end !== dataBytes)
    yield artefactFinding('ARTEFACT_RANGE', 'data', `The tensors end at ${String(end)} of ${String(dataBytes)} bytes.`);
}

/** A bounded part of the file in one piece. */
export async function readAll(source: ByteSource, start: number, length: number): Promise<Uint8Array> {
  const whole = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const piece = await source.read(start + filled, Math.min(READ_PIECE, length - filled));
    if (piece.length === 0) throw artefactFault('ARTEFACT_MALFORMED', 'the file ended while it was read');
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole;
}
