import { bytesAsSource, scanArtefact } from '#core/artefacts/index.ts';
import { isBlocking, type Finding } from '#core/base/index.ts';
import { createOnnxScanner, encodeTensor, floatTensor } from '#core/onnx/index.ts';
import { readTensorProto } from '#core/tensor/index.ts';
import { artefactSamples } from '#test/support/artefact-samples.ts';
import { hostileModels } from '#test/support/hostile-models.ts';
import { isSame, type Target } from '../target.ts';

const onnx: Target = {
  name: 'ONNX model',
  weight: 16,
  prepare: () => ({
    seeds: [artefactSamples.onnx(), ...hostileModels().flatMap(({ bytes }) => (bytes.length < 20_000 ? [bytes] : []))],
    run: (input) => {
      const whole = scanInPieces(input, input.length);
      // The verdict must not depend on how the bytes arrived.
      const pieces = scanInPieces(input, 7 + (input.length % 61));
      if (said(whole.findings) !== said(pieces.findings)) return { wrong: 'pieces give another verdict' };
      return isBlocking(whole.findings) ? 'refused' : 'accepted';
    },
  }),
};

/** Which rule refuses what; the byte at which a broken number is noticed may differ. */
const said = (findings: readonly Finding[]): string =>
  findings.map(({ code, severity, at }) => `${code} ${severity} ${at}`).join('\n');

function scanInPieces(bytes: Uint8Array, size: number): ReturnType<ReturnType<typeof createOnnxScanner>['finish']> {
  const scanner = createOnnxScanner(new Map([['weights.bin', 64]]));
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) scanner.push(bytes.subarray(at, at + Math.max(1, size)));
  return scanner.finish();
}

/** Each other kind of model file, through the door that tells kinds apart. */
function artefact(kind: keyof typeof artefactSamples, weight: number): Target {
  return {
    name: `${kind} file`,
    weight,
    prepare: () => ({
      seeds: [artefactSamples[kind]()],
      run: async (input) => (isBlocking((await scanArtefact(bytesAsSource(input))).findings) ? 'refused' : 'accepted'),
    }),
  };
}

const golden: Target = {
  name: 'golden tensor',
  weight: 6,
  prepare: () => {
    const seed = encodeTensor(floatTensor('x', [2, 2], [1, 2, 3, 4]));
    return {
      seeds: [seed],
      run: (input) => {
        const tensor = readTensorProto(input);
        const elements = tensor.shape.reduce((product, dim) => product * dim, 1);
        if (tensor.data.length !== elements) return { wrong: 'shape and data differ' };
        return isSame(input, seed) || input.length > 0 ? 'accepted' : { wrong: 'nothing became a tensor' };
      },
    };
  },
};

/** Model files and tensors. */
export const modelTargets: readonly Target[] = [
  onnx,
  golden,
  artefact('tflite', 5),
  artefact('openvino', 4),
  artefact('gguf', 5),
  artefact('executorch', 3),
  artefact('safetensors', 4),
];
