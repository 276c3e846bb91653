import { createHash } from 'node:crypto';
import { MODEL_SIGNATURE_PREDICATE, ModelContract } from '#contracts/bundle.ts';
import { RepositoryName, VersionTag } from '#contracts/primitives.ts';
import { adoptMlflow, readDocuments } from '#core/adoption/index.ts';
import { digestHex, isAppError, type Digest } from '#core/base/index.ts';
import { isSafePath, parseDocument, type AdoptedFile } from '#core/bundle/index.ts';
import { compareFiles, readSignedFolder } from '#core/model-signing/index.ts';
import { createOnnxScanner, type OnnxScan } from '#core/onnx/index.ts';
import { InTotoStatement } from '#core/provenance/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { aModelFile } from '#test/support/bundles.ts';
import { ML_MODEL } from '#test/support/model-folder.ts';
import { jsonBytes, utf8, type Target } from '../target.ts';

const LIMIT = 4 * 1024 * 1024;
const NAMES = ['MLmodel', 'conda.yaml', 'data/model.onnx', 'requirements.txt'];
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const present = NAMES.map((name) => ({ name, digest: `sha256:${sha256(utf8(name))}` as const }));

function statement(
  serialization: object,
  resources: readonly { name: string; digest: Digest }[] = present,
): Uint8Array {
  const root = sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digestHex(digest), 'hex'))));
  return jsonBytes({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'surface', digest: { sha256: root } }],
    predicateType: MODEL_SIGNATURE_PREDICATE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization },
      resources: resources.map(({ name, digest }) => ({ name, algorithm: 'sha256', digest: digestHex(digest) })),
    },
  });
}

/** A signed list of files: whatever it lists can be compared, and only the list that was signed equals the folder. */
const signedFolder: Target = {
  name: 'OpenSSF Model Signing statement',
  weight: 6,
  prepare: () => ({
    seeds: [
      statement({ ignore_paths: ['model.sig', '.git', '.github'] }),
      statement({}, present.slice(0, 1)),
      statement({ method: 'shards', shard_size: 1000 }),
    ],
    run: (input) => {
      const read = parseDocument(input, InTotoStatement, { limitBytes: LIMIT, at: 'model.sig' });
      if (!read.ok) return 'refused';
      const signed = readSignedFolder(read.value, nodeHasher);
      if ('findings' in signed) return signed.findings.length > 0 ? 'refused' : { wrong: 'refused without a reason' };
      const { files, ignored } = signed.folder;
      if (!files.every(({ name }) => isSafePath(name))) return { wrong: 'an unsafe name' };
      if (!ignored.every((path) => isSafePath(path.replace(/\/$/, '')))) return { wrong: 'an unsafe ignored path' };
      if (new Set(files.map(({ name }) => name.toLowerCase())).size < files.length) return { wrong: 'one name twice' };
      const agrees = compareFiles(files, present).length === 0;
      return agrees === isSameList(files) ? 'accepted' : { wrong: 'other files than the folder has' };
    },
  }),
};

function isSameList(files: readonly { name: string; digest: Digest }[]): boolean {
  const lines = (list: typeof files): string =>
    list
      .map(({ name, digest }) => `${name} ${digest}`)
      .sort()
      .join('\n');
  return lines(files) === lines(present);
}

const model = aModelFile();
const filesWith = (mlModel: Uint8Array): AdoptedFile[] => [
  { name: 'MLmodel', digest: nodeHasher.sha256(mlModel), sizeBytes: mlModel.length },
  { name: 'model.onnx', digest: nodeHasher.sha256(model), sizeBytes: model.length },
  { name: 'golden/in.pb', digest: nodeHasher.sha256(utf8('in')), sizeBytes: 2 },
];

function scanned(): OnnxScan {
  const scanner = createOnnxScanner();
  scanner.push(model);
  return scanner.finish();
}

const STATED = `metadata:
  gantry:
    channel: staging
    version: 1.2.3
    golden: [{inputs: [golden/in.pb], outputs: [golden/in.pb]}]
    contract: {tolerance: {rtol: 0.01, atol: 0}, labelClasses: [ok, bad]}
`;

/** `MLmodel` of a foreign folder: what it gives is a bundle that its own schemas accept, and the same one each time. */
const mlModel: Target = {
  name: 'MLmodel (YAML)',
  weight: 6,
  prepare: () => {
    const onnx = scanned();
    return {
      seeds: [utf8(ML_MODEL), utf8(`${ML_MODEL}${STATED}`), utf8('a: &a [x, *a]\nb: {<<: *a}\n')],
      run: async (input) => {
        const files = filesWith(input);
        const documents = await readDocuments(files, () => Promise.resolve(input), parseYaml);
        const folder = { name: 'surface', files, documents, onnx };
        const first = adoptMlflow(folder, nodeHasher);
        const { spec } = first;
        if (!ModelContract.safeParse({ ...spec.contract, v: 1, model: spec.model }).success)
          return { wrong: 'a contract that no reader accepts' };
        if (!RepositoryName.safeParse(spec.model).success || !VersionTag.safeParse(spec.version).success)
          return { wrong: 'a name or version that no registry accepts' };
        if (!Number.isSafeInteger(spec.sequence) || spec.sequence < 0) return { wrong: 'a sequence that is none' };
        const again = adoptMlflow(folder, nodeHasher).bundle.descriptor.digest;
        return again === first.bundle.descriptor.digest ? 'accepted' : { wrong: 'two bundles of one folder' };
      },
    };
  },
};

/** YAML by itself: it gives plain values or refuses. */
const yaml: Target = {
  name: 'YAML',
  weight: 4,
  prepare: () => ({
    seeds: [utf8(ML_MODEL), utf8('a: 1\nb: [1, 2, {c: ~}]\n---\n'), utf8('x: &x {y: *x}\n'), utf8('!!js/function "x"')],
    run: (input) => {
      try {
        JSON.stringify(parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(input)));
        return 'accepted';
      } catch (error) {
        // Bytes that are no UTF-8 are refused by whoever decodes them.
        if (isAppError(error) || error instanceof TypeError) return 'refused';
        throw error;
      }
    },
  }),
};

/** Model folders of other tools. */
export const modelFolderTargets: readonly Target[] = [signedFolder, mlModel, yaml];
