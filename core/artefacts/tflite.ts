import type { Finding } from '#core/base/index.ts';
import { artefactFault, type PagedReader } from './byte-source.ts';
import { artefactFinding } from './finding.ts';
import {
  fieldAt,
  rootTable,
  tablesOf,
  textField,
  u32Field,
  u64Field,
  vectorField,
  type FlatTable,
} from './flatbuffer.ts';
import type { KindScan } from './question.ts';

const LIMITS = { tensors: 100_000, operators: 100_000, elements: 2 ** 31 };
/** BuiltinOperator_CUSTOM of the schema: an operator by name, from a library. */
const CUSTOM = 32;

interface Counts {
  readonly codes: number;
  readonly buffers: number;
}

/** TensorFlow Lite (schema 3): operator codes, buffers and graphs must agree, and buffers lie in the file. */
export async function scanTflite(reader: PagedReader): Promise<KindScan> {
  const root = await rootTable(reader);
  const version = await u32Field(reader, root, 0);
  if (version !== 3) throw artefactFault('ARTEFACT_MALFORMED', `version ${String(version)} of the TFLite schema`);
  const findings: Finding[] = [];
  const codes = await vectorField(reader, root, 1, 4);
  for await (const code of tablesOf(reader, codes)) findings.push(...(await checkCode(reader, code)));
  const buffers = await vectorField(reader, root, 4, 4);
  for await (const buffer of tablesOf(reader, buffers)) await checkBuffer(reader, buffer);
  const graphs = await vectorField(reader, root, 2, 4);
  let operators = 0;
  for await (const graph of tablesOf(reader, graphs)) {
    operators += await checkGraph(reader, graph, { codes: codes.count, buffers: buffers.count });
    if (operators > LIMITS.operators)
      throw artefactFault('ARTEFACT_TOO_LARGE', `more than ${String(LIMITS.operators)} operators`);
  }
  if (graphs.count === 0) throw artefactFault('ARTEFACT_MALFORMED', 'it has no graph');
  return {
    findings: findings.slice(0, 100),
    summary: `${String(operators)} operators of ${String(codes.count)} kinds, ${String(buffers.count)} buffers`,
  };
}

async function checkCode(reader: PagedReader, code: FlatTable): Promise<Finding[]> {
  const oldCode = await fieldAt(reader, code, 0);
  const old = oldCode === null ? 0 : (await reader.view(oldCode, 1)).getInt8(0);
  if (old !== CUSTOM && (await u32Field(reader, code, 3)) !== CUSTOM) return [];
  const name = await textField(reader, code, 1);
  // The one custom operator that every TFLite runtime brings.
  const isKnown = name === 'TFLite_Detection_PostProcess';
  return [artefactFinding('ARTEFACT_CUSTOM_OPERATOR', 'operator_codes', `It is ${name}.`, isKnown ? 'info' : 'warn')];
}

async function checkBuffer(reader: PagedReader, buffer: FlatTable): Promise<void> {
  await vectorField(reader, buffer, 0, 1);
  // Buffers beyond 2 GiB lie behind the FlatBuffer, by place and size; 0 and 1 mean that there is none.
  const offset = await u64Field(reader, buffer, 1);
  if (offset > 1) reader.mustHold(offset, await u64Field(reader, buffer, 2));
}

async function checkGraph(reader: PagedReader, graph: FlatTable, counts: Counts): Promise<number> {
  const tensors = await vectorField(reader, graph, 0, 4);
  if (tensors.count > LIMITS.tensors) throw artefactFault('ARTEFACT_TOO_LARGE', `${String(tensors.count)} tensors`);
  for await (const tensor of tablesOf(reader, tensors)) await checkTensor(reader, tensor, counts);
  for (const field of [1, 2]) await checkIndices(reader, graph, field, tensors.count);
  const operators = await vectorField(reader, graph, 3, 4);
  if (operators.count > LIMITS.operators)
    throw artefactFault('ARTEFACT_TOO_LARGE', `${String(operators.count)} operators`);
  for await (const operator of tablesOf(reader, operators)) {
    const code = await u32Field(reader, operator, 0);
    if (code >= counts.codes)
      throw artefactFault('ARTEFACT_RANGE', `operator code ${String(code)} of ${String(counts.codes)}`);
    for (const field of [1, 2]) await checkIndices(reader, operator, field, tensors.count);
  }
  return operators.count;
}

async function checkTensor(reader: PagedReader, tensor: FlatTable, counts: Counts): Promise<void> {
  const buffer = await u32Field(reader, tensor, 2);
  if (buffer >= counts.buffers && buffer !== 0)
    throw artefactFault('ARTEFACT_RANGE', `buffer ${String(buffer)} of ${String(counts.buffers)}`);
  const shape = await vectorField(reader, tensor, 0, 4);
  if (shape.count > 32) throw artefactFault('ARTEFACT_TOO_LARGE', `a tensor of ${String(shape.count)} dimensions`);
  let elements = 1;
  for (let index = 0; index < shape.count; index += 1) {
    const dim = (await reader.view(shape.at + index * 4, 4)).getInt32(0, true);
    // −1 is a dimension that is known at run time.
    if (dim < -1) throw artefactFault('ARTEFACT_MALFORMED', `a dimension of ${String(dim)}`);
    elements *= Math.max(1, dim);
  }
  if (elements > LIMITS.elements) throw artefactFault('ARTEFACT_TOO_LARGE', `a tensor of ${String(elements)} elements`);
}

async function checkIndices(reader: PagedReader, table: FlatTable, field: number, count: number): Promise<void> {
  const vector = await vectorField(reader, table, field, 4);
  if (vector.count > count + 1024) throw artefactFault('ARTEFACT_TOO_LARGE', `${String(vector.count)} operands`);
  for (let index = 0; index < vector.count; index += 1) {
    const tensor = (await reader.view(vector.at + index * 4, 4)).getInt32(0, true);
    if (tensor < -1 || tensor >= count)
      throw artefactFault('ARTEFACT_RANGE', `tensor ${String(tensor)} of ${String(count)}`);
  }
}
