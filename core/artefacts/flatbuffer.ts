import { artefactFault, type PagedReader } from './byte-source.ts';

/** A table of a FlatBuffer: where it is, and where its fields are. */
export interface FlatTable {
  readonly at: number;
  readonly vtable: number;
  readonly fields: number;
}

/** A vector: its first element and how many there are. */
export interface FlatVector {
  readonly at: number;
  readonly count: number;
}

/** The largest vector whose elements anybody walks. */
const ELEMENT_LIMIT = 1_000_000;

/** The root table of a FlatBuffer file. */
export async function rootTable(reader: PagedReader): Promise<FlatTable> {
  return tableAt(reader, await reader.u32(0));
}

/** Reads a table's head; every place in it is checked against the file. */
async function tableAt(reader: PagedReader, at: number): Promise<FlatTable> {
  const vtable = at - (await reader.view(at, 4)).getInt32(0, true);
  const head = await reader.view(vtable, 4);
  const vtableBytes = head.getUint16(0, true);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0) throw artefactFault('ARTEFACT_MALFORMED', 'a table has no sane head');
  reader.mustHold(vtable, vtableBytes);
  reader.mustHold(at, head.getUint16(2, true));
  return { at, vtable, fields: (vtableBytes - 4) / 2 };
}

/** Where a field's value is; null when it is absent and has its default. */
export async function fieldAt(reader: PagedReader, table: FlatTable, field: number): Promise<number | null> {
  if (field >= table.fields) return null;
  const offset = (await reader.view(table.vtable + 4 + field * 2, 2)).getUint16(0, true);
  return offset === 0 ? null : table.at + offset;
}

export async function u32Field(reader: PagedReader, table: FlatTable, field: number, absent = 0): Promise<number> {
  const at = await fieldAt(reader, table, field);
  return at === null ? absent : reader.u32(at);
}

export async function u64Field(reader: PagedReader, table: FlatTable, field: number): Promise<number> {
  const at = await fieldAt(reader, table, field);
  return at === null ? 0 : reader.u64(at);
}

/** A vector field; none is an empty one. All of it lies in the file. */
export async function vectorField(
  reader: PagedReader,
  table: FlatTable,
  field: number,
  elementBytes: number,
): Promise<FlatVector> {
  const at = await fieldAt(reader, table, field);
  if (at === null) return { at: 0, count: 0 };
  const start = at + (await reader.u32(at));
  const count = await reader.u32(start);
  reader.mustHold(start + 4, count * elementBytes);
  if (elementBytes > 1 && count > ELEMENT_LIMIT)
    throw artefactFault('ARTEFACT_TOO_LARGE', `a list of ${String(count)} parts`);
  return { at: start + 4, count };
}

/** The tables of a vector of tables, in order. */
export async function* tablesOf(reader: PagedReader, vector: FlatVector): AsyncGenerator<FlatTable> {
  for (let index = 0; index < vector.count; index += 1) {
    const at = vector.at + index * 4;
    yield await tableAt(reader, at + (await reader.u32(at)));
  }
}

/** A text field, cut to one line's length; empty when absent. */
export async function textField(reader: PagedReader, table: FlatTable, field: number): Promise<string> {
  const { at, count } = await vectorField(reader, table, field, 1);
  return reader.text(at, Math.min(count, 200));
}
