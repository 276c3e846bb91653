import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleSpec, ModelContract } from '#contracts/bundle.ts';
import { encodeTensor, floatTensor, writeModel } from '#core/onnx/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { aBundleSpec, aModelFile, aSignedLayout, writeSpecFiles } from './bundles.ts';
import type { Tamper } from './tamper.ts';

/** What is unusual about the bundle that `aScaleLayout` makes. */
export interface LayoutOptions {
  readonly key: SigningKey;
  readonly dir: string;
  readonly version: string;
  /** The model multiplies by this; the golden output says the same unless `wrongGolden`. */
  readonly scale?: number;
  readonly wrongGolden?: boolean;
  readonly hangs?: boolean;
  readonly tamper?: Tamper;
  readonly contract?: Partial<ModelContract>;
}

/** A signed layout of y = x · scale in one version, with golden vectors that fit it. */
export async function aScaleLayout({
  key,
  dir,
  version,
  scale = 2,
  wrongGolden = false,
  hangs = false,
  tamper,
  contract = {},
}: LayoutOptions): Promise<string> {
  const filesDir = join(dir, 'files');
  await mkdir(dir, { recursive: true });
  await writeSpecFiles(filesDir);
  await writeFile(join(filesDir, 'model.onnx'), hangs ? endlessModel() : aModelFile(scale));
  const golden = [1, 2, 3, 4].map((value) => value * (wrongGolden ? scale + 1 : scale));
  await writeFile(join(filesDir, 'output_0.pb'), encodeTensor(floatTensor('y', [1, 4], golden)));
  const base: BundleSpec = aBundleSpec();
  const spec: BundleSpec = {
    ...base,
    version,
    sequence: Number(version.replaceAll('.', '')),
    variants: base.variants.slice(0, 1),
    contract: { ...base.contract, objectives: { ...base.contract.objectives, p99Ms: 1000 }, ...contract },
  };
  const layout = await aSignedLayout({ key, spec, filesDir, outDir: dir, ...(tamper === undefined ? {} : { tamper }) });
  return layout.dir;
}

/** A model whose loop ends after 2^62 turns: every scanner-free runtime starts it, none finishes it. */
export function endlessModel(): Uint8Array {
  const int64 = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer);
  return writeModel({
    producer: 'gantry-test',
    opset: 17,
    graph: {
      name: 'endless',
      nodes: [
        {
          op: 'Loop',
          inputs: ['trips', 'go', 'x'],
          outputs: ['y'],
          attributes: {
            body: {
              graph: {
                name: 'body',
                nodes: [
                  { op: 'Identity', inputs: ['go_in'], outputs: ['go_out'] },
                  { op: 'Identity', inputs: ['x_in'], outputs: ['x_out'] },
                ],
                inputs: [
                  { name: 'turn', datatype: 'INT64', shape: [] },
                  { name: 'go_in', datatype: 'BOOL', shape: [] },
                  { name: 'x_in', datatype: 'FP32', shape: ['N', 4] },
                ],
                outputs: [
                  { name: 'go_out', datatype: 'BOOL', shape: [] },
                  { name: 'x_out', datatype: 'FP32', shape: ['N', 4] },
                ],
              },
            },
          },
        },
      ],
      inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 4] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 4] }],
      initialisers: [
        { name: 'trips', datatype: 'INT64', shape: [], data: int64(2n ** 62n) },
        { name: 'go', datatype: 'BOOL', shape: [], data: Uint8Array.of(1) },
      ],
    },
  });
}
