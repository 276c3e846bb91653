import { ProtoWriter } from '#core/protobuf/index.ts';
import { aModelFile } from './bundles.ts';

/** A model with one large initialiser that the graph never reads: real ONNX, and as much to copy, hash and scan as a test wants. */
export function aLargeModel(bytes: number, content: Uint8Array = new Uint8Array(bytes)): Uint8Array[] {
  const elements = bytes / 4;
  const rawHead = 1 + varintBytes(bytes);
  const tensorHead = new ProtoWriter().varint(1, elements).varint(2, 1).string(8, 'ballast').finish();
  const tensorBytes = tensorHead.length + rawHead + bytes;
  const graphBytes = 1 + varintBytes(tensorBytes) + tensorBytes;
  // A second graph field would be refused, so the small model is taken apart: its graph is opened and the tensor put in front.
  const small = aModelFile();
  const inner = small.subarray(graphStart(small).at, graphStart(small).end);
  return [
    small.subarray(0, graphStart(small).field),
    Uint8Array.of(0x3a, ...varint(graphBytes + inner.length)),
    inner,
    Uint8Array.of(0x2a, ...varint(tensorBytes)),
    tensorHead,
    Uint8Array.of(0x4a, ...varint(bytes)),
    content,
    small.subarray(graphStart(small).end),
  ];
}

/** Where field 7 of a model lies; `aModelFile` writes version, producer, graph, in this order, and a graph over 127 bytes is two length bytes. */
function graphStart(model: Uint8Array): { field: number; at: number; end: number } {
  const field = model.indexOf(0x3a);
  let length = 0;
  let at = field + 1;
  for (let shift = 0; ; shift += 7) {
    const byte = model[at] ?? 0;
    at += 1;
    length |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) break;
  }
  return { field, at, end: at + length };
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

function varintBytes(value: number): number {
  return varint(value).length;
}
