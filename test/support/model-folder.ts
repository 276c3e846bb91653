import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dsse } from '@sigstore/core';
import { MEDIA_TYPES, MODEL_SIGNATURE_PREDICATE } from '#contracts/bundle.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { openVolumeLayout, type VolumeLayout } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { modelFolderOpener, withModelFolders } from '#native/model-folders/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { scanHere } from './scan-here.ts';
import { aModelFile } from './bundles.ts';

/** `MLmodel` as mlflow 2.14 writes it for an ONNX model with a tensor signature. */
export const ML_MODEL = `artifact_path: model
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_version: 1.16.0
    providers: [CUDAExecutionProvider, CPUExecutionProvider]
  python_function:
    data: model.onnx
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.onnx
    python_version: 3.11.8
mlflow_version: 2.14.1
model_uuid: 6f1c8a2f8b3f4a3e9d2d0c0e8b1c7a55
run_id: 0a1b2c3d4e5f60718293a4b5c6d7e8f9
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}, "name": "x"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}, "name": "y"}]'
  params: null
utc_time_created: '2026-02-01 10:11:12.131415'
`;

/** A model folder of MLflow as it comes out of a registry. */
export async function writeModelFolder(dir: string, mlModel = ML_MODEL): Promise<void> {
  await mkdir(join(dir, 'metadata'), { recursive: true });
  const files = {
    MLmodel: mlModel,
    'model.onnx': aModelFile(),
    'requirements.txt': 'mlflow==2.14.1\nonnx==1.16.0\nnumpy>=1.24\n# comment\nonnxruntime==1.18.0\n',
    'conda.yaml': 'name: mlflow-env\n',
    'metadata/conda.yaml': 'name: mlflow-env\n',
    registered_model_meta: "model_name: Surface Check\nmodel_version: '7'\n",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}

/** What a test changes about a signature before it is made. */
export interface SignatureChange {
  readonly resources?: (resources: Resource[]) => Resource[];
  readonly serialization?: Readonly<Record<string, unknown>>;
  readonly rootDigest?: string;
}

export interface Resource {
  readonly name: string;
  readonly algorithm: string;
  readonly digest: string;
}

const IGNORED = ['model.sig', '.git', '.gitattributes', '.github', '.gitignore'];

/** The in-toto statement that `model_signing sign` makes of a folder (OMS v1.0). */
async function modelStatement(dir: string, change: SignatureChange = {}): Promise<object> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((name) => !IGNORED.includes(name))
    .sort();
  const here = await Promise.all(
    names.map(async (name) => ({ algorithm: 'sha256', digest: sha256(await readFile(join(dir, name))), name })),
  );
  const resources = change.resources?.(here) ?? here;
  const root = sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex'))));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: basename(dir), digest: { sha256: change.rootDigest ?? root } }],
    predicateType: MODEL_SIGNATURE_PREDICATE,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: IGNORED,
        ...change.serialization,
      },
      resources,
    },
  };
}

/** Writes `model.sig` as `model_signing sign key` does: a Sigstore bundle whose hint is the SHA-256 of the key's PEM text. */
export async function signModelFolder(dir: string, key: SigningKey, change: SignatureChange = {}): Promise<void> {
  const payload = Buffer.from(JSON.stringify(await modelStatement(dir, change), null, 2));
  const signature = await key.sign(dsse.preAuthEncoding(MEDIA_TYPES.inToto, payload));
  const bundle = {
    mediaType: MEDIA_TYPES.sigstoreBundle,
    verificationMaterial: { publicKey: { hint: sha256(Buffer.from(key.publicKeyPem)) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: MEDIA_TYPES.inToto,
      signatures: [{ sig: Buffer.from(signature).toString('base64'), keyid: '' }],
    },
  };
  await writeFile(join(dir, 'model.sig'), JSON.stringify(bundle));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A model folder as the layout that it gives; the model file is scanned in this process, which is quicker than a child for each test. */
export async function openModelFolder(dir: string): Promise<VolumeLayout> {
  const volume = await modelFolderOpener(nodeFolderOpener).open(dir);
  return openVolumeLayout(
    withModelFolders(nodeMediaAccess, { parseYaml, scanner: scanHere }).reader(volume),
    nodeHasher,
  );
}
