import { floatTensor, writeModel } from '#core/onnx/index.ts';

/** Small good model files of every kind that is known, made here: what fuzzing starts from and what must be accepted. */
export const artefactSamples = {
  onnx: onnxSample,
  safetensors: safetensorsSample,
  gguf: ggufSample,
  tflite: tfliteSample,
  executorch: executorchSample,
  tensorrt: () => Uint8Array.from([...utf8('ftrt'), ...Array.from({ length: 200 }, (_, at) => at % 251)]),
  openvino: () => utf8(openvinoText),
} as const;

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const openvinoText = `<?xml version="1.0"?>
<!-- a small network -->
<net name="small" version="11">
  <layers>
    <layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,4" element_type="f32"/></layer>
    <layer id="1" name="y &amp; z" type="Relu" version="opset1"><input><port id="0"/></input></layer>
  </layers>
  <edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges>
</net>
`;

function onnxSample(): Uint8Array {
  const vector = [{ name: 'x', datatype: 'FP32', shape: ['N', 4] }] as const;
  return writeModel({
    producer: 'test',
    opset: 17,
    functions: [
      {
        name: 'twice',
        domain: 'local',
        inputs: ['a'],
        outputs: ['c'],
        nodes: [{ op: 'Add', inputs: ['a', 'a'], outputs: ['c'] }],
      },
    ],
    graph: {
      name: 'g',
      nodes: [
        { op: 'Mul', inputs: ['x', 'w'], outputs: ['z'] },
        { op: 'twice', domain: 'local', inputs: ['z'], outputs: ['y'] },
      ],
      initialisers: [floatTensor('w', [4], [1, 2, 3, 4])],
      inputs: vector,
      outputs: [{ ...vector[0], name: 'y' }],
    },
  });
}

/** A safetensors file with this header, and data of this size. */
export function safetensorsOf(header: unknown, dataBytes: number): Uint8Array {
  const text = utf8(typeof header === 'string' ? header : JSON.stringify(header));
  const whole = new Uint8Array(8 + text.length + dataBytes);
  new DataView(whole.buffer).setBigUint64(0, BigInt(text.length), true);
  whole.set(text, 8);
  return whole;
}

function safetensorsSample(): Uint8Array {
  return safetensorsOf(
    {
      __metadata__: { format: 'pt' },
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      b: { dtype: 'I8', shape: [4], data_offsets: [16, 20] },
    },
    20,
  );
}

/** Little-endian bytes, appended in call order. */
export class LittleEndian {
  readonly bytes: number[] = [];

  u32(...values: readonly number[]): this {
    for (const value of values) for (const shift of [0, 8, 16, 24]) this.bytes.push((value >>> shift) & 0xff);
    return this;
  }

  u64(value: number | bigint): this {
    for (let at = 0n; at < 8n; at += 1n) this.bytes.push(Number((BigInt(value) >> (8n * at)) & 0xffn));
    return this;
  }

  text(value: string): this {
    this.u64(utf8(value).length).bytes.push(...utf8(value));
    return this;
  }
}

function ggufSample(): Uint8Array {
  const file = new LittleEndian();
  file.bytes.push(...utf8('GGUF'));
  file.u32(3).u64(2).u64(3);
  file.text('general.alignment').u32(4, 32);
  file.text('general.name').u32(8).text('small');
  file.text('tokens').u32(9, 8).u64(2).text('a').text('b');
  file.text('w').u32(2).u64(4).u64(2).u32(0).u64(0);
  file.text('q').u32(1).u64(32).u32(8).u64(32);
  while (file.bytes.length % 32 !== 0) file.bytes.push(0);
  file.bytes.push(...new Array<number>(32 + 34).fill(7));
  return Uint8Array.from(file.bytes);
}

/** One field of a table: absent, a number, or what is written behind the table and pointed to. */
type FlatField = null | { readonly u32: number } | { readonly ref: (file: LittleEndian) => undefined };

/** Writes a table with its vtable in front; returns nothing, the caller knows where it began. */
function table(file: LittleEndian, fields: readonly FlatField[]): number {
  const vtable = file.bytes.length;
  file.bytes.push(4 + fields.length * 2, 0, 4 + fields.length * 4, 0);
  fields.forEach((field, at) => file.bytes.push(field === null ? 0 : 4 + at * 4, 0));
  while (file.bytes.length % 4 !== 0) file.bytes.push(0);
  const start = file.bytes.length;
  file.u32(start - vtable);
  for (const field of fields) file.u32(field !== null && 'u32' in field ? field.u32 : 0);
  fields.forEach((field, at) => {
    if (field === null || !('ref' in field)) return;
    pointTo(file, start + 4 + at * 4, field.ref);
  });
  return start;
}

function pointTo(file: LittleEndian, at: number, write: (file: LittleEndian) => number | undefined): void {
  while (file.bytes.length % 4 !== 0) file.bytes.push(0);
  const begun = file.bytes.length;
  const target = write(file) ?? begun;
  new LittleEndian().u32(target - at).bytes.forEach((byte, index) => {
    file.bytes[at + index] = byte;
  });
}

const vectorOf = (values: readonly number[]): FlatField => ({ ref: (file) => void file.u32(values.length, ...values) });
const bytesOf = (values: Uint8Array): FlatField => ({
  ref: (file) => void file.u32(values.length).bytes.push(...values, 0),
});
const tablesOf = (tables: readonly (readonly FlatField[])[]): FlatField => ({
  ref: (file) => {
    file.u32(tables.length);
    const slots = file.bytes.length;
    for (const _ of tables) file.u32(0);
    tables.forEach((fields, at) => {
      pointTo(file, slots + at * 4, (inner) => table(inner, fields));
    });
  },
});

/** A FlatBuffer file with this mark and root table. */
function flatFile(mark: string, fields: readonly FlatField[], header: readonly number[] = []): Uint8Array {
  const file = new LittleEndian().u32(0);
  file.bytes.push(...utf8(mark), ...header);
  pointTo(file, 0, (inner) => table(inner, fields));
  return Uint8Array.from(file.bytes);
}

/** A TFLite file with this operator code and buffer index: good with a builtin code and buffer 1. */
export function tfliteOf(change: { code?: number; custom?: string; buffer?: number; input?: number } = {}): Uint8Array {
  const tensor = (buffer: number): FlatField[] => [vectorOf([1, 4]), null, { u32: buffer }, bytesOf(utf8('t'))];
  return flatFile('TFL3', [
    { u32: 3 },
    tablesOf([[null, bytesOf(utf8(change.custom ?? '')), null, { u32: change.code ?? 19 }]]),
    tablesOf([
      [
        tablesOf([tensor(0), tensor(change.buffer ?? 1)]),
        vectorOf([0]),
        vectorOf([1]),
        tablesOf([[{ u32: 0 }, vectorOf([change.input ?? 0]), vectorOf([1])]]),
        bytesOf(utf8('main')),
      ],
    ]),
    bytesOf(utf8('small')),
    tablesOf([[], [bytesOf(new Uint8Array(16))]]),
  ]);
}

function tfliteSample(): Uint8Array {
  return tfliteOf();
}

function executorchSample(): Uint8Array {
  const header = new LittleEndian();
  header.bytes.push(...utf8('eh00'));
  header.u32(24).u64(40).u64(0);
  return flatFile('ET12', [{ u32: 0 }, tablesOf([[]])], header.bytes);
}

/** A zip whose directory names these files; its content is of no matter here. */
export function zipOf(names: readonly string[]): Uint8Array {
  const file = new LittleEndian();
  file.bytes.push(0x50, 0x4b, 3, 4, ...new Array<number>(26).fill(0));
  const directory = file.bytes.length;
  for (const name of names) {
    const entry = new Array<number>(46).fill(0);
    entry.splice(0, 4, 0x50, 0x4b, 1, 2);
    entry[28] = name.length;
    file.bytes.push(...entry, ...utf8(name));
  }
  const size = file.bytes.length - directory;
  file.bytes.push(0x50, 0x4b, 5, 6, 0, 0, 0, 0, names.length, 0, names.length, 0);
  file.u32(size, directory).bytes.push(0, 0);
  return Uint8Array.from(file.bytes);
}
