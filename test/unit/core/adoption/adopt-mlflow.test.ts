import { describe, expect, it } from 'vitest';
import { adoptMlflow, readDocuments } from '#core/adoption/index.ts';
import { isAppError } from '#core/base/index.ts';
import { createOnnxScanner } from '#core/onnx/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { aModelFile } from '#test/support/bundles.ts';
import { ML_MODEL } from '#test/support/model-folder.ts';

const model = aModelFile();

async function adopt(
  files: Readonly<Record<string, string>>,
  name = 'Surface Check (v2)',
): Promise<ReturnType<typeof adoptMlflow>> {
  const contents = new Map<string, Uint8Array>(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  contents.set('model.onnx', model);
  const listed = [...contents].map(([path, bytes]) => ({
    name: path,
    digest: nodeHasher.sha256(bytes),
    sizeBytes: bytes.length,
  }));
  const documents = await readDocuments(
    listed,
    (file) => Promise.resolve(contents.get(file.name) ?? new Uint8Array()),
    parseYaml,
  );
  const scanner = createOnnxScanner();
  scanner.push(model);
  return adoptMlflow({ name, files: listed, documents, onnx: scanner.finish() }, nodeHasher);
}

async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await adopt(files);
    return 'adopted';
  } catch (error) {
    if (isAppError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const stating = (text: string): Record<string, string> => ({ MLmodel: `${ML_MODEL}metadata: {gantry: ${text}}\n` });

describe('adoptMlflow', () => {
  it('gives the same files the same bundle in every release: gateways of another release compare with it', async () => {
    const { bundle } = await adopt({ MLmodel: ML_MODEL, 'requirements.txt': 'onnx==1.16.0\n' });

    // Another digest here is another conversion: give it another number (MLFLOW_FORM).
    expect(bundle.descriptor.digest).toBe('sha256:84024fd5c07e0112f8a64c18a0ff35f300a1423ff4107c9069453d0b6a1e5063');
  });

  it('assumes the strict channel and safety class, and counts the seconds of the logging as sequence', async () => {
    const { spec } = await adopt({ MLmodel: ML_MODEL });

    expect(spec).toMatchObject({
      model: 'surface-check-v2',
      version: '20260201T101112Z',
      sequence: Date.UTC(2026, 1, 1, 10, 11, 12) / 1000,
      channel: 'production',
      golden: [],
      contract: { safetyClass: 'safety', inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }] },
    });
  });

  it('takes name and version of the registry before the name of the folder', async () => {
    const { spec } = await adopt({
      MLmodel: ML_MODEL,
      registered_model_meta: 'model_name: Line 4\nmodel_version: 12\n',
    });

    expect(spec).toMatchObject({ model: 'line-4', version: '12' });
  });

  it('takes what the team states before everything else', async () => {
    const { spec } = await adopt(
      stating(
        '{model: line4/solder, version: 2.0.1, sequence: 12, channel: staging, contract: {safetyClass: quality}}',
      ),
    );

    expect(spec).toMatchObject({ model: 'line4/solder', version: '2.0.1', sequence: 12, channel: 'staging' });
    expect(spec.contract.safetyClass).toBe('quality');
  });

  it.each([
    ['a field that nobody knows', stating('{chanel: staging}'), 'Unrecognized key'],
    ['a file that is not there', stating('{modelCard: README.md}'), 'which is not in the folder'],
    ['no time', { MLmodel: ML_MODEL.replace(/utc_time_created.*\n/, '') }, 'utc_time_created'],
    ['a tag that builds something', { MLmodel: `${ML_MODEL}x: !!python/object:os.system {}\n` }, 'MLmodel'],
    ['one key twice', { MLmodel: `${ML_MODEL}run_id: other\n` }, 'MLmodel'],
    ['a version that is none', stating('{version: "1 2"}'), 'version'],
  ])('refuses %s and says so', async (_, files, text) => {
    const told = await refusal(files);

    expect(told).toMatch(/^MODEL_FOLDER_INVALID/);
    expect(told).toContain(text);
  });
});
