import { parseInferenceRequest } from '#agent/serving/inference-request.ts';
import { decodeMetrics } from '#native/otlp/index.ts';
import { ProtoWriter } from '#core/protobuf/index.ts';
import { jsonBytes, type Target } from '../target.ts';

/** What a client of the line sends: JSON, and JSON with binary tensors behind it. */
const inference: Target = {
  name: 'OIP request',
  weight: 6,
  prepare: () => {
    const head = jsonBytes({
      inputs: [{ name: 'x', shape: [2], datatype: 'FP32', parameters: { binary_data_size: 8 } }],
    });
    const plain = jsonBytes({
      id: '1',
      inputs: [
        { name: 'x', shape: [2, 2], datatype: 'FP32', data: [1, 2, 3, 4] },
        { name: 't', shape: [1], datatype: 'BYTES', data: ['text'] },
      ],
      outputs: [{ name: 'y', parameters: { binary_data: true } }],
    });
    return {
      seeds: [plain, Buffer.concat([head, new Uint8Array(8)])],
      run: (input) => {
        // Whoever sends a header announces its length; here it is right for one of the seeds.
        const announced = input.length % 2 === 0 ? null : Math.min(head.length, input.length);
        const { inputs } = parseInferenceRequest(input, announced);
        for (const { shape, data } of inputs)
          if (data.length !== shape.reduce((product, dim) => product * dim, 1))
            return { wrong: 'shape and data differ' };
        return 'accepted';
      },
    };
  },
};

function metricsProto(): Uint8Array {
  const value = new ProtoWriter().string(1, 'plant');
  const attribute = new ProtoWriter().string(1, 'site').message(2, value);
  // time_unix_nano (3) and as_int (6) are eight bytes each, which our writer never needs.
  const eight = (tag: number): number[] => [tag, 1, 0, 0, 0, 0, 0, 0, 0];
  const labels = new ProtoWriter().message(7, attribute).finish();
  const point = Uint8Array.from([...eight(0x19), ...eight(0x31), ...labels]);
  const metric = new ProtoWriter()
    .string(1, 'gantry.requests')
    .message(7, new ProtoWriter().bytes(1, point).varint(2, 2));
  const scope = new ProtoWriter().message(2, metric);
  return new ProtoWriter().message(1, new ProtoWriter().message(2, scope)).finish();
}

function metrics(contentType: string, seeds: () => readonly Uint8Array[]): Target {
  return {
    name: `OTLP ${contentType}`,
    weight: 4,
    prepare: () => ({
      seeds: seeds(),
      run: (input) => {
        decodeMetrics(contentType, input);
        return 'accepted';
      },
    }),
  };
}

const metricsJson = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'site', value: { stringValue: 'plant' } }] },
      scopeMetrics: [
        {
          metrics: [
            { name: 'a', gauge: { dataPoints: [{ timeUnixNano: '1', asDouble: 1.5 }] } },
            {
              name: 'h',
              histogram: {
                aggregationTemporality: 2,
                dataPoints: [{ timeUnixNano: '1', sum: 3, bucketCounts: ['1', '2'], explicitBounds: [1] }],
              },
            },
          ],
        },
      ],
    },
  ],
};

/** What comes over the network of a plant. */
export const wireTargets: readonly Target[] = [
  inference,
  metrics('application/x-protobuf', () => [metricsProto()]),
  metrics('application/json', () => [jsonBytes(metricsJson)]),
];
