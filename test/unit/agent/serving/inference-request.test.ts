import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isAppError } from '#core/base/index.ts';
import { checkInputs } from '#agent/serving/check-inputs.ts';
import { parseInferenceRequest } from '#agent/serving/inference-request.ts';
import { encodeInferenceResponse } from '#agent/serving/inference-response.ts';
import { parseModelPath } from '#agent/serving/model-server.ts';
import { aContract } from '#test/support/builders/a-model.ts';
import type { Tensor } from '#core/tensor/index.ts';

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = (input: object): Tensor | undefined =>
  parseInferenceRequest(json({ inputs: [{ name: 'x', shape: [2], datatype: 'FP32', ...input }] }), null).inputs[0];

describe('parseInferenceRequest', () => {
  it.each([
    ['FP32', [1.5, 2], Float32Array.of(1.5, 2)],
    ['FP64', [1.5, 2], Float64Array.of(1.5, 2)],
    ['INT8', [-128, 127], Int8Array.of(-128, 127)],
    ['UINT16', [0, 65_535], Uint16Array.of(0, 65_535)],
    ['INT64', [-5, 9], BigInt64Array.of(-5n, 9n)],
    ['UINT64', [5, 9], BigUint64Array.of(5n, 9n)],
    ['BOOL', [true, false], Uint8Array.of(1, 0)],
    ['BYTES', ['a', 'b'], ['a', 'b']],
  ])('reads %s from JSON', (datatype, data, elements) => {
    expect(parse({ datatype, data })?.data).toEqual(elements);
  });

  it('reads nested data like flat data', () => {
    expect(
      parse({
        shape: [2, 2],
        data: [
          [1, 2],
          [3, 4],
        ],
      })?.data,
    ).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it.each([
    ['too few elements', { data: [1] }],
    ['too many elements', { data: [1, 2, 3] }],
    ['an integer out of range', { datatype: 'INT8', data: [1, 128] }],
    ['an integer that JSON cannot carry', { datatype: 'INT64', data: [2 ** 53 + 2, 0] }],
    ['half floats as JSON', { datatype: 'FP16', data: [1, 2] }],
    ['text for a number', { data: ['1', '2'] }],
    ['an unknown type', { datatype: 'FP8', data: [1, 2] }],
    ['a shape that would allocate the machine', { shape: [2 ** 20, 2 ** 20], data: [1] }],
    ['no data', {}],
  ])('refuses %s', (_what, input) => {
    expect(() => parse(input)).toThrow(expect.objectContaining({ code: 'INFERENCE_INPUT_INVALID' }) as Error);
  });

  it('reads binary tensors of every width, in order', () => {
    const head = json({
      inputs: [
        { name: 'h', shape: [1], datatype: 'FP16', parameters: { binary_data_size: 2 } },
        { name: 'd', shape: [1], datatype: 'FP64', parameters: { binary_data_size: 8 } },
        { name: 't', shape: [1], datatype: 'BYTES', parameters: { binary_data_size: 6 } },
      ],
    });
    const body = Buffer.concat([
      head,
      Uint8Array.of(0, 0x3c),
      new Uint8Array(Float64Array.of(7).buffer),
      Uint8Array.of(2, 0, 0, 0, 104, 105),
    ]);

    const { inputs } = parseInferenceRequest(body, head.length);

    expect(inputs.map((input) => Array.from(input.data as ArrayLike<unknown>))).toEqual([[0x3c00], [7], ['hi']]);
  });

  it.each([
    ['bytes that belong to no input', 8, 12],
    ['fewer bytes than announced', 8, 4],
  ])('refuses %s', (_what, announced, given) => {
    const head = json({
      inputs: [{ name: 'x', shape: [2], datatype: 'FP32', parameters: { binary_data_size: announced } }],
    });

    expect(() => parseInferenceRequest(Buffer.concat([head, new Uint8Array(given)]), head.length)).toThrow(/bytes/);
  });

  it('never fails otherwise than with its own code', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        fc.option(fc.nat({ max: 400 })),
        (body, headerLength) => {
          try {
            parseInferenceRequest(body, headerLength);
          } catch (error) {
            expect(isAppError(error, 'INFERENCE_INPUT_INVALID')).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('checkInputs', () => {
  const contract = aContract({ inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }] });
  const input = (change: Partial<Tensor> = {}): Tensor => ({
    name: 'x',
    datatype: 'FP32',
    shape: [1, 2],
    data: Float32Array.of(1, 2),
    ...change,
  });

  it('takes any batch of the right shape', () => {
    expect(() => checkInputs(contract, [input({ shape: [2, 2], data: new Float32Array(4) })])).not.toThrow();
  });

  it.each([
    ['no input', []],
    ['an unknown input', [input(), input({ name: 'z' })]],
    ['an input given twice', [input(), input()]],
    ['another type', [input({ datatype: 'FP64', data: Float64Array.of(1, 2) })]],
    ['another rank', [input({ shape: [2] })]],
    ['another size', [input({ shape: [1, 3], data: new Float32Array(3) })]],
    ['an empty batch', [input({ shape: [0, 2], data: new Float32Array(0) })]],
  ])('refuses %s', (_what, inputs) => {
    expect(() => checkInputs(contract, inputs)).toThrow(
      expect.objectContaining({ code: 'INFERENCE_INPUT_INVALID' }) as Error,
    );
  });
});

describe('encodeInferenceResponse', () => {
  const request = { id: 'r1', inputs: [], outputs: null, binaryByDefault: false };
  const text = (head: Uint8Array): string => new TextDecoder().decode(head);

  it('keeps every digit of 64-bit integers', () => {
    const { head } = encodeInferenceResponse(
      request,
      [{ name: 'y', datatype: 'INT64', shape: [1], data: BigInt64Array.of(9_007_199_254_740_993n) }],
      { model: 'm', version: '1' },
    );

    expect(text(head)).toContain('"data":[9007199254740993]');
  });

  it('sends bits as they are when asked for binary', () => {
    const y: Tensor = { name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(Number.NaN) };
    const { head, tails } = encodeInferenceResponse({ ...request, binaryByDefault: true }, [y], {
      model: 'm',
      version: '1',
    });

    expect(tails[0]).toEqual(new Uint8Array(Float32Array.of(Number.NaN).buffer));
    expect(text(head)).toContain('"binary_data_size":4');
  });

  it('refuses what JSON cannot carry, and outputs that do not exist', () => {
    const y: Tensor = { name: 'y', datatype: 'FP32', shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) };

    expect(() => encodeInferenceResponse(request, [y], { model: 'm', version: '1' })).toThrow(/binary_data/);
    expect(() =>
      encodeInferenceResponse({ ...request, outputs: [{ name: 'z', binary: false }] }, [y], {
        model: 'm',
        version: '1',
      }),
    ).toThrow(/no output z/);
  });
});

describe('parseModelPath', () => {
  it.each([
    ['plant/pcb/infer', { model: 'plant/pcb', version: null, action: 'infer' }],
    ['plant/pcb/versions/1.0.0/infer', { model: 'plant/pcb', version: '1.0.0', action: 'infer' }],
    ['plant/pcb/versions/1.0.0/ready', { model: 'plant/pcb', version: '1.0.0', action: 'ready' }],
    ['plant/pcb', { model: 'plant/pcb', version: null, action: 'metadata' }],
  ])('reads %s', (path, call) => {
    expect(parseModelPath(path)).toEqual(call);
  });

  it('refuses texts that are not as many as the shape says', () => {
    const body = (shape: number[]): Uint8Array =>
      new TextEncoder().encode(JSON.stringify({ inputs: [{ name: 't', shape, datatype: 'BYTES', data: ['text'] }] }));

    expect(() => parseInferenceRequest(body([0]), null)).toThrow(/needs 0 elements/);
    expect(() => parseInferenceRequest(body([2]), null)).toThrow(/needs 2 elements/);
    expect(parseInferenceRequest(body([1]), null).inputs[0]?.data).toEqual(['text']);
  });
});
