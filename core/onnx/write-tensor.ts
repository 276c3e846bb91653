import { ProtoWriter } from '#core/protobuf/index.ts';
import { protoDatatypeNumber, type Tensor } from '#core/tensor/index.ts';

/** Writes a TensorProto (ONNX test-data format, `input_N.pb`); `readTensorProto` reads it back. */
export function encodeTensor(tensor: Tensor): Uint8Array<ArrayBuffer> {
  return tensorMessage(tensor).finish();
}

/** The message form, for initialisers: elements as raw data, text one by one as onnx.proto demands. */
export function tensorMessage({ name, datatype, shape, data }: Tensor): ProtoWriter {
  const writer = new ProtoWriter();
  for (const dim of shape) writer.varint(1, dim);
  writer.varint(2, protoDatatypeNumber(datatype));
  if (ArrayBuffer.isView(data)) {
    return writer.string(8, name).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (const text of data) writer.string(6, text);
  return writer.string(8, name);
}

/** A float tensor from plain numbers. */
export function floatTensor(name: string, shape: readonly number[], values: readonly number[] | Float32Array): Tensor {
  return { name, datatype: 'FP32', shape, data: Float32Array.from(values) };
}
