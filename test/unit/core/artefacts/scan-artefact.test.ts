import { describe, expect, it } from 'vitest';
import { bytesAsSource, scanArtefact, type ArtefactScan, type ScanQuestion } from '#core/artefacts/index.ts';
import { artefactSamples, LittleEndian, safetensorsOf, tfliteOf, utf8, zipOf } from '#test/support/artefact-samples.ts';

const scan = (bytes: Uint8Array, question?: ScanQuestion): Promise<ArtefactScan> =>
  scanArtefact(bytesAsSource(bytes), question);
const codesOf = async (bytes: Uint8Array, question?: ScanQuestion): Promise<string[]> =>
  (await scan(bytes, question)).findings.map((finding) => `${finding.code} ${finding.severity}`);

function ggufWith(change: (file: LittleEndian) => void): Uint8Array {
  const file = new LittleEndian();
  file.bytes.push(...utf8('GGUF'));
  change(file);
  while (file.bytes.length < 256) file.bytes.push(0);
  return Uint8Array.from(file.bytes);
}
const irWith = (inside: string): Uint8Array => utf8(`<net version="11"><layers>${inside}</layers></net>`);

describe('scanArtefact', () => {
  describe('when the file is good', () => {
    it.each(['onnx', 'safetensors', 'gguf', 'tflite', 'executorch', 'openvino'] as const)(
      'tells %s by its content and finds nothing',
      async (kind) => {
        expect(await scan(artefactSamples[kind](), { name: 'model' })).toMatchObject({ kind, findings: [] });
      },
    );

    it('says plainly that an engine is opaque code', async () => {
      expect(await codesOf(artefactSamples.tensorrt(), { runtime: 'tensorrt', runtimeVersion: '10.3.0' })).toEqual([
        'ARTEFACT_OPAQUE_CODE warn',
      ]);
    });

    it('knows the numbers beside an OpenVINO network', async () => {
      const bytes = irWith('<layer type="Const" version="opset1"><data offset="0" size="16"/></layer>');
      expect(await codesOf(bytes, { files: new Map([['model.bin', 16]]) })).toEqual([]);
      expect(await codesOf(bytes)).toEqual(['ARTEFACT_RANGE block']);
    });
  });

  describe('when the kind is not what was said', () => {
    it('refuses an engine whose variant does not state one exact version', async () => {
      expect(await codesOf(artefactSamples.tensorrt(), { runtime: 'tensorrt', runtimeVersion: '>=10' })).toContain(
        'ARTEFACT_VERSION_NEEDED block',
      );
    });

    it('refuses a file of another kind than the runtime loads', async () => {
      expect(await codesOf(artefactSamples.gguf(), { runtime: 'onnxruntime' })).toEqual([
        'ARTEFACT_KIND_MISMATCH block',
      ]);
      expect(await codesOf(artefactSamples.onnx(), { runtime: 'tflite' })).toEqual(['ARTEFACT_KIND_MISMATCH block']);
    });

    it('finds a name that lies', async () => {
      expect(await codesOf(artefactSamples.tflite(), { name: 'model.onnx' })).toEqual(['ARTEFACT_NAME_MISMATCH warn']);
    });

    it('refuses what it does not know', async () => {
      expect(await codesOf(utf8('just some text'))).toEqual(['ARTEFACT_KIND_UNKNOWN block']);
    });
  });

  describe('when loading the file would run code', () => {
    it.each([
      ['a pickle of protocol 4', Uint8Array.from([0x80, 4, 0x95, 0, 0]), 'ARTEFACT_PICKLE_REFUSED'],
      ['a pickle of protocol 0', utf8("cos\nsystem\n(S'ls'\ntR."), 'ARTEFACT_PICKLE_REFUSED'],
      ['a PyTorch archive', zipOf(['archive/data.pkl', 'archive/data/0']), 'ARTEFACT_PICKLE_REFUSED'],
      ['a Keras archive', zipOf(['config.json', 'model.weights.h5']), 'ARTEFACT_CODE_REFUSED'],
      ['HDF5', Uint8Array.from([0x89, 0x48, 0x44, 0x46, 13, 10, 0x1a, 10]), 'ARTEFACT_CODE_REFUSED'],
      ['an array of objects', utf8("\u0093NUMPY\x01\0v\0{'descr': '|O', }"), 'ARTEFACT_PICKLE_REFUSED'],
    ])('refuses %s', async (name, bytes, code) => {
      const file = name === 'an array of objects' ? Uint8Array.from([0x93, ...bytes.subarray(2)]) : bytes;
      expect(await codesOf(file)).toEqual([`${code} block`]);
    });
  });

  describe('when a header lies', () => {
    const tensor = (data_offsets: [number, number], shape = [4]): object => ({ dtype: 'I8', shape, data_offsets });
    it.each([
      ['two tensors over one another', safetensorsOf({ a: tensor([0, 4]), b: tensor([2, 6]) }, 6), 'ARTEFACT_RANGE'],
      ['a gap', safetensorsOf({ a: tensor([0, 4]), b: tensor([6, 10]) }, 10), 'ARTEFACT_RANGE'],
      ['bytes that no tensor claims', safetensorsOf({ a: tensor([0, 4]) }, 40), 'ARTEFACT_RANGE'],
      ['a shape that does not fit', safetensorsOf({ a: tensor([0, 4], [5]) }, 4), 'ARTEFACT_MALFORMED'],
      ['one name twice', safetensorsOf('{"a":1,"a":2}', 0), 'ARTEFACT_MALFORMED'],
      ['a header beyond the file', safetensorsOf('{}', 0).with(0, 200), 'ARTEFACT_RANGE'],
      [
        '2^40 tensors',
        ggufWith((file) =>
          file
            .u32(3)
            .u64(2 ** 40)
            .u64(0),
        ),
        'ARTEFACT_TOO_LARGE',
      ],
      [
        'a text of 2^63 bytes',
        ggufWith((file) =>
          file
            .u32(3)
            .u64(0)
            .u64(1)
            .u64(2n ** 63n),
        ),
        'ARTEFACT_RANGE',
      ],
      [
        'a list of 2^40 numbers',
        ggufWith((file) =>
          file
            .u32(3)
            .u64(0)
            .u64(1)
            .text('k')
            .u32(9, 4)
            .u64(2 ** 40),
        ),
        'ARTEFACT_TOO_LARGE',
      ],
      [
        'lists inside lists',
        ggufWith((file) =>
          file.u32(3).u64(0).u64(1).text('k').u32(9, 9).u64(1).u32(9).u64(1).u32(9).u64(1).u32(9).u64(1).u32(9).u64(1),
        ),
        'ARTEFACT_TOO_LARGE',
      ],
      [
        'a tensor beyond the file',
        ggufWith((file) =>
          file
            .u32(3)
            .u64(1)
            .u64(0)
            .text('w')
            .u32(1)
            .u64(2 ** 40)
            .u32(0)
            .u64(0),
        ),
        'ARTEFACT_RANGE',
      ],
      ['a buffer that is not there', tfliteOf({ buffer: 9 }), 'ARTEFACT_RANGE'],
      ['an operand that is not there', tfliteOf({ input: 77 }), 'ARTEFACT_RANGE'],
      ['a program beyond its file', artefactSamples.executorch().with(20, 0xff), 'ARTEFACT_RANGE'],
      ['an entity of its own', utf8('<!DOCTYPE net [<!ENTITY a "b">]><net version="11"/>'), 'ARTEFACT_MALFORMED'],
      ['an entity that nobody made', utf8('<net version="11" name="&a;"/>'), 'ARTEFACT_MALFORMED'],
      ['numbers of impossible size', irWith('<data offset="-1" size="9e9"/>'), 'ARTEFACT_RANGE'],
      ['elements without end', utf8('<net version="11">'.repeat(100)), 'ARTEFACT_TOO_LARGE'],
    ])('refuses %s', async (_, bytes, code) => {
      expect(await codesOf(bytes)).toContain(`${code} block`);
    });

    it('names an operator that the runtime does not bring', async () => {
      expect(await codesOf(tfliteOf({ code: 32, custom: 'FlexErf' }))).toEqual(['ARTEFACT_CUSTOM_OPERATOR warn']);
    });
  });
});
