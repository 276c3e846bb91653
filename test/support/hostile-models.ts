import type { OnnxRule } from '#contracts/errors/onnx.ts';
import {
  floatTensor,
  ONNX_LIMITS,
  writeModel,
  type FunctionSpec,
  type GraphSpec,
  type NodeSpec,
} from '#core/onnx/index.ts';
import { ProtoWriter } from '#core/protobuf/index.ts';
import type { Tensor } from '#core/tensor/index.ts';

/** A model that must be refused, and the rule that must refuse it. Built here: no repository publishes such files. */
export interface HostileModel {
  readonly name: string;
  readonly rule: OnnxRule;
  readonly bytes: Uint8Array;
}

const X = { name: 'x', datatype: 'FP32', shape: ['N', 4] } as const;
const Y = { name: 'y', datatype: 'FP32', shape: ['N', 4] } as const;
const RELU: NodeSpec = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
const OPSET = new ProtoWriter().varint(2, 17);

function model(change: Partial<GraphSpec> = {}, functions: readonly FunctionSpec[] = []): Uint8Array {
  const graph = { name: 'g', nodes: [RELU], inputs: [X], outputs: [Y], ...change };
  return writeModel({ producer: 'test', opset: 17, functions, graph });
}

const rawModel = (graph: ProtoWriter): Uint8Array =>
  new ProtoWriter().varint(1, 8).message(7, graph).message(8, OPSET).finish();

const int64 = (name: string, values: readonly bigint[]): Tensor => ({
  name,
  datatype: 'INT64',
  shape: [values.length],
  data: BigInt64Array.from(values),
});

/** One initialiser with these dimensions and bytes. */
function withTensor(dims: readonly (number | bigint)[], rawBytes: number): Uint8Array {
  const tensor = new ProtoWriter();
  for (const dim of dims) tensor.varint(1, dim);
  tensor.varint(2, 1).string(8, 'w').bytes(9, new Uint8Array(rawBytes));
  return rawModel(new ProtoWriter().message(5, tensor));
}

/** One initialiser that keeps its data elsewhere. */
function withExternal(entries: readonly (readonly [string, string])[]): Uint8Array {
  const tensor = new ProtoWriter().varint(1, 4).varint(2, 1).string(8, 'w').varint(14, 1);
  for (const [key, value] of entries) tensor.message(13, new ProtoWriter().string(1, key).string(2, value));
  const node = new ProtoWriter().string(1, 'w').string(2, 'y').string(4, 'Relu');
  return rawModel(new ProtoWriter().message(1, node).message(5, tensor));
}

const external = (name: string, location: string): HostileModel => ({
  name: `external data in ${name}`,
  rule: 'ONNX_EXTERNAL_DATA',
  bytes: withExternal([['location', location]]),
});
const range = (name: string, ...entries: (readonly [string, string])[]): HostileModel => ({
  name: `external data with ${name}`,
  rule: 'ONNX_EXTERNAL_RANGE',
  bytes: withExternal([['location', 'weights.bin'], ...entries]),
});
const shape = (name: string, dims: readonly (number | bigint)[], rawBytes: number): HostileModel => ({
  name: `a tensor with ${name}`,
  rule: 'ONNX_TENSOR_SHAPE',
  bytes: withTensor(dims, rawBytes),
});
const operator = (op: string, domain: string, rule: OnnxRule): HostileModel => ({
  name: `operator ${domain}::${op}`,
  rule,
  bytes: model({ nodes: [{ op, domain, inputs: ['x'], outputs: ['y'] }] }),
});
const huge = (name: string, change: Partial<GraphSpec>): HostileModel => ({
  name: `a huge output of ${name}`,
  rule: 'ONNX_HUGE_ALLOCATION',
  bytes: model(change),
});

function doubling(count: number): FunctionSpec[] {
  return Array.from({ length: count }, (_, at): FunctionSpec => {
    const op = at === 0 ? { op: 'Relu' } : { op: `f${String(at - 1)}`, domain: 'local' };
    const nodes = [
      { ...op, inputs: ['a'], outputs: ['b'] },
      { ...op, inputs: ['b'], outputs: ['c'] },
    ];
    return { name: `f${String(at)}`, domain: 'local', inputs: ['a'], outputs: ['c'], nodes };
  });
}

function circle(): FunctionSpec[] {
  return ['a', 'b'].map((name, at) => ({
    name,
    domain: 'local',
    inputs: ['p'],
    outputs: ['q'],
    nodes: [{ op: at === 0 ? 'b' : 'a', domain: 'local', inputs: ['p'], outputs: ['q'] }],
  }));
}

function loop(trips: bigint): Uint8Array {
  const body: GraphSpec = {
    name: 'body',
    nodes: [{ op: 'Identity', inputs: ['go'], outputs: ['go_on'] }],
    inputs: [
      { name: 'i', datatype: 'INT64', shape: [] },
      { name: 'go', datatype: 'BOOL', shape: [] },
    ],
    outputs: [{ name: 'go_on', datatype: 'BOOL', shape: [] }],
  };
  return model({
    initialisers: [int64('trips', [trips])],
    nodes: [{ op: 'Loop', inputs: ['trips', ''], outputs: [], attributes: { body: { graph: body } } }, RELU],
  });
}

function nested(levels: number): Uint8Array {
  let graph = new ProtoWriter();
  for (let level = 0; level < levels; level += 1) {
    const branch = new ProtoWriter().string(1, 'then_branch').message(6, graph);
    graph = new ProtoWriter().message(1, new ProtoWriter().string(4, 'If').message(5, branch));
  }
  return rawModel(graph);
}

function manyNodes(): Uint8Array {
  const graph = new ProtoWriter();
  const node = new ProtoWriter().string(4, 'Relu');
  for (let at = 0; at <= ONNX_LIMITS.nodes; at += 1) graph.message(1, node);
  return rawModel(graph);
}

/** A sparse initialiser of one value, spread over 2^40 elements. */
function sparse(): Uint8Array {
  const values = new ProtoWriter().varint(1, 1).varint(2, 1).string(8, 's').bytes(9, new Uint8Array(4));
  const indices = new ProtoWriter().varint(1, 1).varint(2, 7).bytes(9, new Uint8Array(8));
  const tensor = new ProtoWriter()
    .message(1, values)
    .message(2, indices)
    .packedVarints(3, [2n ** 20n, 2n ** 20n]);
  return rawModel(new ProtoWriter().message(15, tensor));
}

/** A hundred loops that only data end, which warn, and one constant behind them that must still be found. */
function floodOfWarnings(): Uint8Array {
  const body: GraphSpec = {
    name: 'body',
    nodes: [{ op: 'Less', inputs: ['i', 'i'], outputs: ['go_on'] }],
    inputs: [
      { name: 'i', datatype: 'INT64', shape: [] },
      { name: 'go', datatype: 'BOOL', shape: [] },
    ],
    outputs: [{ name: 'go_on', datatype: 'BOOL', shape: [] }],
  };
  const loops = Array.from({ length: 150 }, (): NodeSpec => ({
    op: 'Loop',
    inputs: ['', 'x'],
    outputs: [],
    attributes: { body: { graph: body } },
  }));
  const constant: NodeSpec = { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['z'] };
  return model({ initialisers: [int64('shape', [2n ** 40n])], nodes: [...loops, constant, RELU] });
}

/** Every hostile class, each as a small file. `weights.bin` of 64 bytes counts as signed. */
export function hostileModels(): HostileModel[] {
  const shapeOf = (values: readonly bigint[]): Partial<GraphSpec> => ({ initialisers: [int64('n', values)] });
  return [
    external('the folder above', '../secret'),
    external('a nested folder above', 'a/../../secret'),
    external('an absolute path', '/etc/passwd'),
    external('a device', '/dev/zero'),
    external('a URL', 'https://example.org/w'),
    external('a drive', 'C:\\w'),
    external('a name cut by NUL', 'weights.bin\0.txt'),
    external('memory', '*/_ORT_MEM_ADDR_/*'),
    external('no name', ''),
    external('a file that nobody signed', 'other.bin'),
    range('a negative offset', ['offset', '-8']),
    range('a length of 2^62', ['length', String(2n ** 62n)]),
    range('an unknown key', ['__class__', 'x']),
    range('a range beyond its file', ['offset', '32'], ['length', '64']),
    range('two offsets', ['offset', '0'], ['offset', '8']),
    shape('2^31 × 2^31', [2 ** 31, 2 ** 31], 4),
    shape('an overflow of 64 bits', [2n ** 33n, 2n ** 31n], 4),
    shape('a zero beside an overflow', [0, 2n ** 62n, 2n ** 62n], 0),
    shape('a negative dimension', [-1n, 4], 16),
    shape('more data than dimensions', [2], 16),
    shape('less data than dimensions', [100], 16),
    { name: 'a sparse tensor of 2^40', rule: 'ONNX_TENSOR_SHAPE', bytes: sparse() },
    operator('Anything', 'org.example', 'ONNX_DOMAIN_UNKNOWN'),
    operator('PyOp', 'ai.onnx.contrib', 'ONNX_OPERATOR_REFUSED'),
    operator('EPContext', 'com.microsoft', 'ONNX_OPERATOR_REFUSED'),
    operator('Unheard', 'com.microsoft', 'ONNX_OPERATOR_REFUSED'),
    operator('Unheard', '', 'ONNX_OPERATOR_REFUSED'),
    operator('ATen', '', 'ONNX_OPERATOR_REFUSED'),
    {
      name: '30 functions that double',
      rule: 'ONNX_FUNCTION_EXPANSION',
      bytes: model({ nodes: [{ op: 'f29', domain: 'local', inputs: ['x'], outputs: ['y'] }] }, doubling(30)),
    },
    { name: 'functions in a circle', rule: 'ONNX_FUNCTION_CYCLE', bytes: model({}, circle()) },
    { name: 'a loop of 2^62 rounds', rule: 'ONNX_LOOP_UNBOUNDED', bytes: loop(2n ** 62n) },
    huge('ConstantOfShape', {
      ...shapeOf([2n ** 20n, 2n ** 20n]),
      nodes: [{ op: 'ConstantOfShape', inputs: ['n'], outputs: ['y'] }],
    }),
    huge('ConstantOfShape with 17 dimensions', {
      ...shapeOf(new Array<bigint>(17).fill(8n)),
      nodes: [{ op: 'ConstantOfShape', inputs: ['n'], outputs: ['y'] }],
    }),
    huge('ConstantOfShape with ones in front', {
      ...shapeOf([...new Array<bigint>(70).fill(1n), 2n ** 40n]),
      nodes: [{ op: 'ConstantOfShape', inputs: ['n'], outputs: ['y'] }],
    }),
    huge('Expand', { ...shapeOf([2n ** 40n]), nodes: [{ op: 'Expand', inputs: ['x', 'n'], outputs: ['y'] }] }),
    huge('Tile', { ...shapeOf([2n ** 20n, 2n ** 20n]), nodes: [{ op: 'Tile', inputs: ['x', 'n'], outputs: ['y'] }] }),
    huge('Resize', {
      ...shapeOf([1n, 1n, 2n ** 20n, 2n ** 20n]),
      nodes: [{ op: 'Resize', inputs: ['x', '', '', 'n'], outputs: ['y'] }],
    }),
    huge('Resize by scales', {
      initialisers: [floatTensor('s', [2], [1e6, 1e6])],
      nodes: [{ op: 'Resize', inputs: ['x', '', 's'], outputs: ['y'] }],
    }),
    huge('Range', {
      initialisers: [int64('from', [0n]), int64('n', [2n ** 50n]), int64('by', [1n])],
      nodes: [{ op: 'Range', inputs: ['from', 'n', 'by'], outputs: ['y'] }],
    }),
    huge('OneHot', { ...shapeOf([2n ** 40n]), nodes: [{ op: 'OneHot', inputs: ['x', 'n', 'x'], outputs: ['y'] }] }),
    huge('a shape that is put together', {
      ...shapeOf([2n ** 20n]),
      nodes: [
        { op: 'Concat', inputs: ['n', 'n'], outputs: ['m'] },
        { op: 'ConstantOfShape', inputs: ['m'], outputs: ['y'] },
      ],
    }),
    { name: '90 levels of If', rule: 'ONNX_TOO_DEEP', bytes: nested(90) },
    { name: '5000 levels of If', rule: 'ONNX_TOO_DEEP', bytes: nested(5000) },
    { name: 'an empty file', rule: 'ONNX_MALFORMED', bytes: new Uint8Array() },
    {
      name: 'two graphs, the bad one second',
      rule: 'ONNX_FIELD_REPEATED',
      bytes: Uint8Array.from([
        ...model(),
        ...new ProtoWriter().message(7, new ProtoWriter().string(2, 'other')).finish(),
      ]),
    },
    { name: 'a name of a megabyte', rule: 'ONNX_NAME_TOO_LONG', bytes: model({ name: 'n'.repeat(1_000_000) }) },
    { name: 'more nodes than a reader holds', rule: 'ONNX_TOO_LARGE', bytes: manyNodes() },
    {
      name: 'a value with two makers',
      rule: 'ONNX_NAME_REPEATED',
      bytes: model({ nodes: [RELU, { op: 'Sigmoid', inputs: ['x'], outputs: ['y'] }] }),
    },
    {
      name: 'two initialisers of one name',
      rule: 'ONNX_NAME_REPEATED',
      bytes: model({ initialisers: [int64('n', [1n]), int64('n', [2n ** 40n])] }),
    },
    {
      name: 'an input that nothing makes',
      rule: 'ONNX_INPUT_MISSING',
      bytes: model({ nodes: [{ op: 'Add', inputs: ['x', 'ghost'], outputs: ['y'] }] }),
    },
    { name: 'a refusal behind a flood of warnings', rule: 'ONNX_HUGE_ALLOCATION', bytes: floodOfWarnings() },
    {
      name: 'an operator set that cannot be',
      rule: 'ONNX_OPSET_UNKNOWN',
      bytes: new ProtoWriter()
        .varint(1, 8)
        .message(7, new ProtoWriter())
        .message(8, new ProtoWriter().varint(2, -1))
        .finish(),
    },
  ];
}
