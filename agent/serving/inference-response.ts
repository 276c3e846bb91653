import { AppError } from '#core/base/index.ts';
import type { Tensor } from '#core/tensor/index.ts';
import type { ParsedRequest } from './inference-request.ts';
import { elementsToJson } from './json-elements.ts';

/** The JSON of an answer, and the binary tensors that follow it. */
export interface ResponseBody {
  readonly head: Uint8Array;
  readonly tails: readonly Uint8Array[];
}

interface About {
  readonly model: string;
  readonly version: string;
}

/** Response body of the Open Inference Protocol v2; INFERENCE_INPUT_INVALID for an output that does not exist. */
export function encodeInferenceResponse(
  request: ParsedRequest,
  outputs: readonly Tensor[],
  about: About,
): ResponseBody {
  const chosen = chooseOutputs(request, outputs);
  const tails: Uint8Array[] = [];
  const described = chosen.map(({ tensor, binary }) => {
    const { name, datatype, shape } = tensor;
    if (!binary) return { name, datatype, shape, data: elementsToJson(tensor) };
    const bytes = binaryOf(tensor);
    tails.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  const json = {
    model_name: about.model,
    model_version: about.version,
    ...(request.id === undefined ? {} : { id: request.id }),
    outputs: described,
  };
  return { head: Buffer.from(JSON.stringify(json)), tails };
}

function chooseOutputs(request: ParsedRequest, outputs: readonly Tensor[]): { tensor: Tensor; binary: boolean }[] {
  if (request.outputs === null || request.outputs.length === 0)
    return outputs.map((tensor) => ({ tensor, binary: request.binaryByDefault }));
  return request.outputs.map(({ name, binary }) => {
    const tensor = outputs.find((output) => output.name === name);
    if (tensor === undefined)
      throw new AppError('INFERENCE_INPUT_INVALID', `the model has no output ${name}`, { output: name });
    return { tensor, binary };
  });
}

function binaryOf({ data }: Tensor): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const parts = data.flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}
