import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOnnxScanner,
  floatTensor,
  ONNX_LIMITS,
  writeModel,
  type FunctionSpec,
  type GraphSpec,
  type NodeSpec,
} from '#core/onnx/index.ts';
import { ProtoWriter } from '#core/protobuf/index.ts';
import type { Tensor } from '#core/tensor/index.ts';
import { scanOnnx } from '#test/support/scan-onnx.ts';

const X = { name: 'x', datatype: 'FP32', shape: ['N', 4] } as const;
const Y = { name: 'y', datatype: 'FP32', shape: ['N', 4] } as const;

function aModel(change: Partial<GraphSpec> = {}, functions: readonly FunctionSpec[] = []): Uint8Array {
  return writeModel({
    producer: 'test',
    opset: 17,
    functions,
    graph: { name: 'g', nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }], inputs: [X], outputs: [Y], ...change },
  });
}

const int64 = (name: string, values: readonly bigint[], shape: readonly number[] = [values.length]): Tensor => ({
  name,
  datatype: 'INT64',
  shape,
  data: BigInt64Array.from(values),
});
const codesOf = (bytes: Uint8Array, allowed?: ReadonlyMap<string, number>): string[] => [
  ...new Set(
    scanOnnx(bytes, allowed)
      .findings.filter((finding) => finding.severity === 'block')
      .map((finding) => finding.code),
  ),
];

/** A model whose one initialiser keeps its data elsewhere. */
function withExternal(entries: readonly (readonly [string, string])[]): Uint8Array {
  const tensor = new ProtoWriter().varint(1, 4).varint(2, 1).string(8, 'w').varint(14, 1);
  for (const [key, value] of entries) tensor.message(13, new ProtoWriter().string(1, key).string(2, value));
  const graph = new ProtoWriter()
    .message(1, new ProtoWriter().string(1, 'w').string(2, 'y').string(4, 'Relu'))
    .message(5, tensor);
  return new ProtoWriter().varint(1, 8).message(7, graph).message(8, new ProtoWriter().varint(2, 17)).finish();
}

function withTensor(dims: readonly (number | bigint)[], rawBytes: number): Uint8Array {
  const tensor = new ProtoWriter();
  for (const dim of dims) tensor.varint(1, dim);
  tensor.varint(2, 1).string(8, 'w').bytes(9, new Uint8Array(rawBytes));
  return new ProtoWriter()
    .varint(1, 8)
    .message(7, new ProtoWriter().message(5, tensor))
    .message(8, new ProtoWriter().varint(2, 17))
    .finish();
}

/** Functions f0..fn that each call the one before twice. */
function doublingFunctions(count: number): FunctionSpec[] {
  return Array.from({ length: count }, (_, at): FunctionSpec => {
    const op = at === 0 ? { op: 'Relu' } : { op: `f${String(at - 1)}`, domain: 'local' };
    return {
      name: `f${String(at)}`,
      domain: 'local',
      inputs: ['a'],
      outputs: ['c'],
      nodes: [
        { ...op, inputs: ['a'], outputs: ['b'] },
        { ...op, inputs: ['b'], outputs: ['c'] },
      ],
    };
  });
}

const LOOP_BODY = {
  name: 'body',
  inputs: [
    { name: 'i', datatype: 'INT64', shape: [] },
    { name: 'go', datatype: 'BOOL', shape: [] },
  ],
  outputs: [{ name: 'go_on', datatype: 'BOOL', shape: [] }],
} as const;

function withLoop(
  trips: bigint,
  bodyNodes: readonly NodeSpec[] = [{ op: 'Identity', inputs: ['go'], outputs: ['go_on'] }],
  condition = '',
): Uint8Array {
  return aModel({
    initialisers: [int64('trips', [trips], [])],
    nodes: [
      {
        op: 'Loop',
        inputs: ['trips', condition],
        outputs: [],
        attributes: { body: { graph: { ...LOOP_BODY, nodes: bodyNodes } } },
      },
      { op: 'Relu', inputs: ['x'], outputs: ['y'] },
    ],
  });
}

describe('scanOnnx', () => {
  describe('when the model is good', () => {
    it('finds nothing and reads the signature', () => {
      const scan = scanOnnx(aModel({ initialisers: [floatTensor('w', [2, 2], [1, 2, 3, 4])] }));

      expect(scan.findings).toEqual([]);
      expect(scan.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1, 4] }]);
      expect(scan.outputs).toEqual([{ name: 'y', datatype: 'FP32', shape: [-1, 4] }]);
    });

    it('accepts functions that expand to a sane size', () => {
      expect(
        codesOf(
          aModel({ nodes: [{ op: 'f9', domain: 'local', inputs: ['x'], outputs: ['y'] }] }, doublingFunctions(10)),
        ),
      ).toEqual([]);
    });

    it('accepts a loop with a sane trip count, and only warns of one that its data end', () => {
      expect(codesOf(withLoop(1000n))).toEqual([]);
      const scan = scanOnnx(withLoop(2n ** 62n, [{ op: 'Less', inputs: ['i', 'trips'], outputs: ['go_on'] }], 'x'));
      expect(scan.findings.map(({ code, severity }) => [code, severity])).toEqual([['ONNX_LOOP_UNBOUNDED', 'warn']]);
    });

    it('accepts external data whose name the signature covers', () => {
      expect(
        codesOf(
          withExternal([
            ['location', 'weights.bin'],
            ['offset', '0'],
            ['length', '16'],
          ]),
          new Map([['weights.bin', 64]]),
        ),
      ).toEqual([]);
    });
  });

  describe('when external data could leave the bundle', () => {
    it.each([
      '../secret',
      'a/../../secret',
      '/etc/passwd',
      '/dev/zero',
      'https://example.org/w',
      'weights.bin\0.txt',
      '*/_ORT_MEM_ADDR_/*',
      '',
      'C:\\w',
      'other.bin',
    ])('refuses location %j', (location) => {
      expect(codesOf(withExternal([['location', location]]), new Map([['weights.bin', 64]]))).toEqual([
        'ONNX_EXTERNAL_DATA',
      ]);
    });

    it.each([
      ['offset', '-8'],
      ['length', String(2n ** 62n)],
      ['__class__', 'x'],
    ])('refuses %s %j', (key, value) => {
      expect(
        codesOf(
          withExternal([
            ['location', 'weights.bin'],
            [key, value],
          ]),
          new Map([['weights.bin', 64]]),
        ),
      ).toEqual(['ONNX_EXTERNAL_RANGE']);
    });
  });

  describe('when a tensor lies about itself', () => {
    it.each([
      ['2^31 × 2^31', [2 ** 31, 2 ** 31], 4],
      ['2^33 × 2^31, which overflows 64 bits', [2n ** 33n, 2n ** 31n], 4],
      ['a negative dimension', [-1n, 4], 16],
      ['dimensions larger than the data', [100], 16],
      ['dimensions smaller than the data', [2], 16],
      ['a size without data', [4], 0],
    ])('refuses %s', (_, dims, rawBytes) => {
      expect(codesOf(withTensor(dims, rawBytes))).toEqual(['ONNX_TENSOR_SHAPE']);
    });
  });

  describe('when functions hide their size', () => {
    it('refuses 2^30 nodes in three kilobytes at once', () => {
      const bomb = aModel(
        { nodes: [{ op: 'f29', domain: 'local', inputs: ['x'], outputs: ['y'] }] },
        doublingFunctions(30),
      );

      expect(bomb.length).toBeLessThan(4096);
      expect(codesOf(bomb)).toEqual(['ONNX_FUNCTION_EXPANSION']);
    });

    it('refuses a circle of functions', () => {
      const circle = ['a', 'b'].map((name, at): FunctionSpec => ({
        name,
        domain: 'local',
        inputs: ['p'],
        outputs: ['q'],
        nodes: [{ op: at === 0 ? 'b' : 'a', domain: 'local', inputs: ['p'], outputs: ['q'] }],
      }));

      expect(codesOf(aModel({}, circle))).toEqual(['ONNX_FUNCTION_CYCLE']);
    });
  });

  describe('when an operator is not on the list', () => {
    it.each([
      ['EPContext', 'com.microsoft', 'ONNX_OPERATOR_REFUSED'],
      ['PyOp', 'ai.onnx.contrib', 'ONNX_OPERATOR_REFUSED'],
      ['Unheard', 'com.microsoft', 'ONNX_OPERATOR_REFUSED'],
      ['Anything', 'org.example', 'ONNX_DOMAIN_UNKNOWN'],
    ])('refuses %s of %s', (op, domain, code) => {
      expect(codesOf(aModel({ nodes: [{ op, domain, inputs: ['x'], outputs: ['y'] }] }))).toEqual([code]);
    });

    it('finds it inside a subgraph too', () => {
      const inner: GraphSpec = {
        name: 'then',
        nodes: [{ op: 'EPContext', domain: 'com.microsoft', inputs: [], outputs: ['y'] }],
        inputs: [],
        outputs: [Y],
      };

      expect(
        codesOf(
          aModel({
            nodes: [
              {
                op: 'If',
                inputs: ['x'],
                outputs: ['y'],
                attributes: { then_branch: { graph: inner }, else_branch: { graph: inner } },
              },
            ],
          }),
        ),
      ).toEqual(['ONNX_OPERATOR_REFUSED']);
    });
  });

  describe('when a run would not end or not fit', () => {
    it('refuses a loop of 2^62 rounds', () => {
      expect(codesOf(withLoop(2n ** 62n))).toEqual(['ONNX_LOOP_UNBOUNDED']);
    });

    it('refuses loops that are sane alone and endless together', () => {
      const inner: GraphSpec = { ...LOOP_BODY, nodes: [{ op: 'Identity', inputs: ['go'], outputs: ['go_on'] }] };
      const nested: NodeSpec = {
        op: 'Loop',
        inputs: ['trips', ''],
        outputs: [],
        attributes: { body: { graph: inner } },
      };

      expect(codesOf(withLoop(100_000n, [nested, { op: 'Identity', inputs: ['go'], outputs: ['go_on'] }]))).toEqual([
        'ONNX_LOOP_UNBOUNDED',
      ]);
    });

    it('refuses a constant of 2^40 elements', () => {
      const nodes: NodeSpec[] = [{ op: 'ConstantOfShape', inputs: ['shape'], outputs: ['y'] }];

      expect(codesOf(aModel({ initialisers: [int64('shape', [2n ** 20n, 2n ** 20n])], nodes }))).toEqual([
        'ONNX_HUGE_ALLOCATION',
      ]);
    });

    it('finds the size in a Constant node as well', () => {
      const nodes: NodeSpec[] = [
        { op: 'Constant', inputs: [], outputs: ['shape'], attributes: { value: { tensor: int64('', [2n ** 40n]) } } },
        { op: 'Expand', inputs: ['x', 'shape'], outputs: ['y'] },
      ];

      expect(codesOf(aModel({ nodes }))).toEqual(['ONNX_HUGE_ALLOCATION']);
    });
  });

  describe('when the file is built against its reader', () => {
    it.each([90, 5000])('refuses %d levels of If', (levels) => {
      let graph = new ProtoWriter();
      for (let level = 0; level < levels; level += 1) {
        const branch = new ProtoWriter().string(1, 'then_branch').message(6, graph);
        graph = new ProtoWriter().message(1, new ProtoWriter().string(4, 'If').message(5, branch));
      }

      expect(
        codesOf(new ProtoWriter().varint(1, 8).message(7, graph).message(8, new ProtoWriter().varint(2, 17)).finish()),
      ).toEqual(['ONNX_TOO_DEEP']);
    });

    it('refuses two graphs and judges what both together say', () => {
      const second = new ProtoWriter()
        .message(7, new ProtoWriter().message(1, new ProtoWriter().string(4, 'EPContext').string(7, 'com.microsoft')))
        .finish();

      expect(codesOf(Uint8Array.from([...aModel(), ...second]))).toEqual([
        'ONNX_FIELD_REPEATED',
        'ONNX_OPERATOR_REFUSED',
      ]);
    });

    it('refuses more nodes than a reader can hold', () => {
      const node = new ProtoWriter().string(4, 'Relu');
      const graph = new ProtoWriter();
      for (let at = 0; at <= ONNX_LIMITS.nodes; at += 1) graph.message(1, node);
      const bytes = new ProtoWriter()
        .varint(1, 8)
        .message(7, graph)
        .message(8, new ProtoWriter().varint(2, 17))
        .finish();

      expect(codesOf(bytes)).toEqual(['ONNX_TOO_LARGE']);
    });

    it('refuses a name of a megabyte', () => {
      expect(codesOf(aModel({ name: 'n'.repeat(1_000_000) }))).toEqual(['ONNX_NAME_TOO_LONG']);
    });
  });

  describe('when it is no ONNX model', () => {
    it.each([
      ['an empty file', new Uint8Array()],
      ['text', new TextEncoder().encode('this is not a model, it is a sentence')],
      ['a model cut short', aModel().subarray(0, 40)],
      ['zeros', new Uint8Array(100)],
    ])('says so for %s', (_, bytes) => {
      const scan = scanOnnx(bytes);

      expect(scan.isOnnx).toBe(false);
      expect(scan.findings.map((finding) => finding.code)).toEqual(['ONNX_MALFORMED']);
    });
  });

  it('gives the same answer for any split into pieces', () => {
    const bytes = aModel({ initialisers: [floatTensor('w', [64], new Float32Array(64))] });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (pieceBytes) => {
        const scanner = createOnnxScanner();
        for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
        expect(scanner.finish()).toEqual(scanOnnx(bytes));
      }),
      { numRuns: 50, seed: 31 },
    );
  });

  it('answers every mutation of a model with a scan', () => {
    const bytes = aModel(
      { nodes: [{ op: 'f2', domain: 'local', inputs: ['x'], outputs: ['y'] }] },
      doublingFunctions(3),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat({ max: bytes.length - 1 }), to: fc.integer({ min: 0, max: 255 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (edits) => {
          const mutated = bytes.slice();
          for (const { at, to } of edits) mutated[at] = to;
          const scan = scanOnnx(mutated);
          expect(scan.isOnnx || scan.findings.length > 0).toBe(true);
        },
      ),
      { numRuns: 2000, seed: 32 },
    );
  });
});
