import type { ModelContract } from '#contracts/bundle.ts';
import type { SampleUpload } from '#contracts/device.ts';
import { elementCount, toNumbers, type Tensor } from '#core/tensor/index.ts';
import { encodeGreyPng } from '#native/png/index.ts';

export interface SampleSource {
  readonly contract: ModelContract;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Which sample of the batch. */
  readonly index: number;
}

/** Values of one output that review may need; larger outputs are left out, not cut. */
const MAX_OUTPUT_VALUES = 20_000;

/** What a person will look at: a grey image from one channel, or the feature row. Null when the contract shows nothing. */
export function sampleContent({ contract, inputs, index }: SampleSource): SampleUpload['content'] | null {
  const { review } = contract;
  const input = inputs.find((tensor) => tensor.name === review?.input);
  if (review === undefined || input === undefined) return null;
  if (review.kind === 'features') return featureRow(contract, input, index);
  const [, channels = 0, height = 0, width = 0] = input.shape;
  if (review.channel >= channels || input.shape.length !== 4) return null;
  const pixels = greyPixels(toNumbers(input), {
    from: (index * channels + review.channel) * height * width,
    count: height * width,
    min: review.min,
    max: review.max,
  });
  return {
    kind: 'image',
    mediaType: 'image/png',
    width,
    height,
    dataBase64: Buffer.from(encodeGreyPng(width, height, pixels)).toString('base64'),
  };
}

function featureRow(contract: ModelContract, input: Tensor, index: number): SampleUpload['content'] {
  const count = elementCount(input.shape.slice(1));
  const values = Array.from({ length: count }, (_, at) => toNumbers(input)[index * count + at] ?? 0);
  const features = contract.inputs.find((wanted) => wanted.name === input.name)?.features;
  return {
    kind: 'features',
    names: values.map((_, at) => features?.[at]?.name ?? `${input.name}[${String(at)}]`),
    values,
  };
}

function greyPixels(
  values: ArrayLike<number>,
  { from, count, min, max }: { from: number; count: number; min: number; max: number },
): Uint8Array {
  const scale = max > min ? 255 / (max - min) : 0;
  const pixels = new Uint8Array(count);
  for (let at = 0; at < count; at += 1)
    pixels[at] = Math.round(Math.min(255, Math.max(0, ((values[from + at] ?? min) - min) * scale)));
  return pixels;
}

/** The model's answer for that sample, as numbers. */
export function sampleOutputs({ outputs, index }: SampleSource): SampleUpload['outputs'] {
  return outputs.flatMap((output) => {
    const shape = [1, ...output.shape.slice(1)];
    const count = elementCount(shape);
    if (count > MAX_OUTPUT_VALUES || output.datatype === 'BYTES') return [];
    const all = toNumbers(output);
    return [
      {
        name: output.name,
        shape,
        values: Array.from({ length: count }, (_, at) => finite(all[index * count + at] ?? 0)),
      },
    ];
  });
}

/** JSON has no NaN; a value that is not a number is the reason the sample is here, and its score says so. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
