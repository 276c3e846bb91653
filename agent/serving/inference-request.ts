import { z } from 'zod';
import { TensorDatatype } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import { elementBytes, elementCount, fromBytes, type Tensor } from '#core/tensor/index.ts';
import { elementsFromJson } from './json-elements.ts';

/** Request body of the Open Inference Protocol v2 (REST), with the binary tensor data extension. */
const InferenceRequest = z.object({
  id: z.string().max(256).optional(),
  parameters: z.object({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: z
    .array(
      z.object({
        name: z.string().max(256),
        shape: z.array(z.number().int().min(0)).max(8),
        datatype: TensorDatatype,
        parameters: z.object({ binary_data_size: z.number().int().min(0).optional() }).optional(),
        data: z.array(z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(64),
  outputs: z
    .array(
      z.object({ name: z.string().max(256), parameters: z.object({ binary_data: z.boolean().optional() }).optional() }),
    )
    .max(64)
    .optional(),
});
type InferenceRequest = z.infer<typeof InferenceRequest>;

/** A request as the server works with it. */
export interface ParsedRequest {
  readonly id: string | undefined;
  readonly inputs: readonly Tensor[];
  /** Wanted outputs; null for all. */
  readonly outputs: readonly { readonly name: string; readonly binary: boolean }[] | null;
  readonly binaryByDefault: boolean;
}

/** A shape may promise more than any body can hold. */
const MAX_ELEMENTS = 2 ** 28;

/** Untrusted: any client of the line. `headerLength` is `Inference-Header-Content-Length` when binary data follow the JSON. */
export function parseInferenceRequest(body: Uint8Array, headerLength: number | null): ParsedRequest {
  const jsonEnd = headerLength ?? body.length;
  if (jsonEnd > body.length)
    throw invalid(`the header announces ${String(jsonEnd)} bytes, the body has ${String(body.length)}`);
  const request = parseHeader(body.subarray(0, jsonEnd));
  const binary = { bytes: body, at: jsonEnd };
  const inputs = request.inputs.map((input) => readInput(input, binary));
  if (binary.at !== body.length)
    throw invalid(`${String(body.length - binary.at)} bytes of binary data belong to no input`);
  return {
    id: request.id,
    inputs,
    outputs:
      request.outputs?.map((output) => ({
        name: output.name,
        binary: output.parameters?.binary_data ?? request.parameters?.binary_data_output ?? false,
      })) ?? null,
    binaryByDefault: request.parameters?.binary_data_output ?? false,
  };
}

function parseHeader(bytes: Uint8Array): InferenceRequest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INFERENCE_INPUT_INVALID', 'the request is not UTF-8 JSON', {}, { cause });
  }
  const parsed = InferenceRequest.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError(
    'INFERENCE_INPUT_INVALID',
    `the request is not of the expected form: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    {},
    { cause: parsed.error },
  );
}

function readInput(input: InferenceRequest['inputs'][number], binary: { bytes: Uint8Array; at: number }): Tensor {
  const { name, shape, datatype } = input;
  const count = elementCount(shape);
  if (count > MAX_ELEMENTS) throw invalid(`input ${name} has more elements than any body can hold`);
  const size = input.parameters?.binary_data_size;
  if (size === undefined) {
    if (input.data === undefined) throw invalid(`input ${name} has neither data nor binary data`);
    return { name, shape, datatype, data: elementsFromJson(name, datatype, { data: input.data, count }) };
  }
  if (binary.at + size > binary.bytes.length)
    throw invalid(`input ${name} announces ${String(size)} bytes, fewer are left`);
  const bytes = binary.bytes.subarray(binary.at, binary.at + size);
  binary.at += size;
  if (datatype === 'BYTES') return { name, shape, datatype, data: exactly(name, count, readTexts(name, bytes)) };
  if (size !== count * (elementBytes(datatype) ?? 1))
    throw invalid(
      `input ${name} needs ${String(count * (elementBytes(datatype) ?? 1))} bytes, ${String(size)} are given`,
    );
  return { name, shape, datatype, data: fromBytes(datatype, bytes) };
}

/** As many texts as the shape says: a runtime would read beyond fewer. */
function exactly(name: string, count: number, texts: string[]): string[] {
  if (texts.length === count) return texts;
  throw invalid(`input ${name} needs ${String(count)} elements, it has ${String(texts.length)}`);
}

/** BYTES elements: a little-endian length of four bytes before each. */
function readTexts(name: string, bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > bytes.length) throw invalid(`input ${name} ends inside an element`);
    texts.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return texts;
}

function invalid(message: string): AppError {
  return new AppError('INFERENCE_INPUT_INVALID', message);
}
