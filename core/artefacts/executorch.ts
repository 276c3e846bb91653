import { artefactFault, type PagedReader } from './byte-source.ts';
import { rootTable, u32Field, vectorField } from './flatbuffer.ts';
import type { KindScan } from './question.ts';

const HEADER_AT = 8;
const HEADER_BYTES = { least: 24, most: 64 };

/** ExecuTorch program: a FlatBuffer with the mark `ET12`, and an extended header that says where its segments lie. */
export async function scanExecutorch(reader: PagedReader): Promise<KindScan> {
  const mark = await reader.text(4, 4);
  if (mark !== 'ET12') throw artefactFault('ARTEFACT_MALFORMED', `the mark is ${JSON.stringify(mark)}, ET12 is known`);
  const root = await rootTable(reader);
  const plans = await vectorField(reader, root, 1, 4);
  if (plans.count === 0) throw artefactFault('ARTEFACT_MALFORMED', 'the program has no plan to execute');
  const version = await u32Field(reader, root, 0);
  const segments = await segmentBytes(reader);
  return { findings: [], summary: `${String(plans.count)} plans, version ${String(version)}, ${segments}` };
}

async function segmentBytes(reader: PagedReader): Promise<string> {
  if ((await reader.text(HEADER_AT, 4)) !== 'eh00') return 'no extended header';
  const length = await reader.u32(HEADER_AT + 4);
  if (length < HEADER_BYTES.least || length > HEADER_BYTES.most)
    throw artefactFault('ARTEFACT_MALFORMED', `an extended header of ${String(length)} bytes`);
  const programBytes = await reader.u64(HEADER_AT + 8);
  const segmentsAt = await reader.u64(HEADER_AT + 16);
  reader.mustHold(0, programBytes);
  const segmentSize = length >= 32 ? await reader.u64(HEADER_AT + 24) : 0;
  if (segmentsAt > 0 && segmentsAt < programBytes)
    throw artefactFault('ARTEFACT_RANGE', 'the segments begin inside the program');
  reader.mustHold(segmentsAt, segmentSize);
  return `${String(programBytes)} bytes of program`;
}
