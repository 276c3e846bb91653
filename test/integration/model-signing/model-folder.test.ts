import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '#contracts/verdict.ts';
import { isAppError, isBlocking } from '#core/base/index.ts';
import { verifyModelBundle, type VerificationPorts } from '#core/verification/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import {
  ML_MODEL,
  openModelFolder,
  signModelFolder,
  writeModelFolder,
  type SignatureChange,
} from '#test/support/model-folder.ts';
import { scanHere } from '#test/support/scan-here.ts';
import { aPolicy, aSigningKey, aTrustedKey, aTrustStore, TEST_NOW } from '#test/support/trust.ts';

const key = aSigningKey();
const ports: VerificationPorts = {
  attestations: sigstoreAttestations,
  hasher: nodeHasher,
  scanner: scanHere,
  parseYaml,
};
/** What a site decides that takes folders of a team without provenance. */
const policy = aPolicy({ requireProvenance: false, requireSbom: false });
let root: string;
let signed: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-model-folder-'));
  signed = join(root, 'surface-check');
  await writeModelFolder(signed);
  await signModelFolder(signed, key);
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of the signed folder that somebody changed on the way. */
async function changed(change: (dir: string) => Promise<unknown>): Promise<string> {
  const dir = join(await mkdtemp(join(root, 'case-')), 'surface-check');
  await cp(signed, dir, { recursive: true });
  await change(dir);
  return dir;
}

/** A copy that its publisher signs in an unusual way. */
const signedWith = (change: SignatureChange): Promise<string> => changed((dir) => signModelFolder(dir, key, change));

async function judge(
  path: string,
  { trust = aTrustStore(key), with: usedPorts = ports, under = policy } = {},
): Promise<Verdict> {
  const input = await openModelFolder(path);
  const [listed] = input.bundles();
  if (listed === undefined) throw new Error('no bundle is listed');
  const { verdict } = await verifyModelBundle(
    {
      reader: input,
      bundleDigest: listed.digest,
      referrers: input.referrersOf(listed.digest),
      trust,
      policy: under,
      now: TEST_NOW,
      lineContract: null,
    },
    usedPorts,
  );
  expect(verdict.verdict).toBe(isBlocking(verdict.findings) ? 'refused' : 'accepted');
  return verdict;
}

const blocking = ({ findings }: Verdict): string[] =>
  findings.filter(({ severity }) => severity === 'block').map(({ code, at }) => `${code} ${at}`);

/** The code with which a folder is not even opened. */
async function refusal(path: string): Promise<string> {
  try {
    await openModelFolder(path);
    return 'opened';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

describe('a model folder of MLflow with an OpenSSF Model Signing signature', () => {
  describe('when it is as its publisher signed it', () => {
    it('is accepted on that signature alone', async () => {
      const verdict = await judge(signed);

      expect(blocking(verdict)).toEqual([]);
      expect(verdict).toMatchObject({
        verdict: 'accepted',
        model: 'surface-check',
        version: '7',
        channel: 'production',
        signer: { kind: 'key', id: key.keyId },
      });
      expect(verdict.facts).toContainEqual(
        expect.objectContaining({ code: 'FILES_MAKE_BUNDLE', established: true, subject: 'mlflow/1: 6 files' }),
      );
    });

    it('says that nothing proves its answers', async () => {
      const { facts } = await judge(signed);

      expect(facts.find(({ code }) => code === 'ANSWERS_PROVABLE')).toMatchObject({
        established: false,
        demanded: false,
      });
    });

    it('gives the same bundle everywhere, and its files are in it under their digests', async () => {
      const [here, there] = await Promise.all([
        openModelFolder(signed),
        openModelFolder(await changed(() => Promise.resolve())),
      ]);

      expect(there.bundles()).toEqual(here.bundles());
      const requirements = nodeHasher.sha256(await readFile(join(signed, 'requirements.txt')));
      expect(await here.size(requirements)).toBeGreaterThan(0);
    });

    it('is held to the rules of the site all the same', async () => {
      expect(blocking(await judge(signed, { under: aPolicy() }))).toEqual([
        expect.stringContaining('PROVENANCE_MISSING'),
      ]);
      const staging = { ...aTrustStore(key), keys: [aTrustedKey(key, { channels: ['staging'] })] };
      expect(blocking(await judge(signed, { trust: staging }))).toEqual(['SIGNER_CHANNEL_WRONG production']);
      expect(blocking(await judge(signed, { trust: aTrustStore(aSigningKey()) })).join()).toContain(
        'BUNDLE_SIGNER_UNTRUSTED',
      );
    });

    it('brings a parts list with every file and each pinned package, on the word of whoever signed the files', async () => {
      const verdict = await judge(signed, { under: aPolicy({ requireProvenance: false, requireSbom: true }) });

      expect([verdict.verdict, blocking(verdict)]).toEqual(['accepted', []]);
      expect(verdict.facts.find(({ code }) => code === 'PARTS_LISTED')).toMatchObject({ established: true });
      expect(verdict.findings.map(({ code }) => code)).not.toContain('SBOM_LAYER_UNLISTED');
    });

    it('is refused where nobody can make the bundle again from its files', async () => {
      const { parseYaml: _none, ...without } = ports;

      expect(blocking(await judge(signed, { with: without }))).toEqual(['MODEL_FOLDER_NOT_ITS_FILES index']);
    });
  });

  describe('when a file changed on the way', () => {
    it.each<[string, string[], (dir: string) => Promise<unknown>]>([
      ['is missing', ['MODEL_FILE_MISSING conda.yaml'], (dir) => rm(join(dir, 'conda.yaml'))],
      ['was added', ['MODEL_FILE_ADDED extra.py'], (dir) => writeFile(join(dir, 'extra.py'), 'import os')],
      ['was added in a folder', ['MODEL_FILE_ADDED code/x.py'], (dir) => addFolder(dir)],
      [
        'was changed',
        ['MODEL_FILE_CHANGED requirements.txt'],
        (dir) => writeFile(join(dir, 'requirements.txt'), 'evil==1.0\n'),
      ],
      [
        'was renamed',
        ['MODEL_FILE_RENAMED needs.txt'],
        (dir) => rename(join(dir, 'requirements.txt'), join(dir, 'needs.txt')),
      ],
      [
        'states another channel',
        ['MODEL_FILE_CHANGED MLmodel'],
        (dir) => writeFile(join(dir, 'MLmodel'), `${ML_MODEL}metadata: {gantry: {channel: staging}}\n`),
      ],
    ])('one that %s is named', async (_, findings, change) => {
      const verdict = await judge(await changed(change));

      expect(blocking(verdict)).toEqual(findings);
    });

    it('files that the signature leaves out are not taken over', async () => {
      const dir = await changed(async (at) => {
        await cp(join(at, 'metadata'), join(at, '.git'), { recursive: true });
        await writeFile(join(at, '.git', 'hook'), 'rm -rf /');
      });

      const verdict = await judge(dir);

      expect(verdict.digest).toBe((await judge(signed)).digest);
      expect(blocking(verdict)).toEqual([]);
    });

    it('a link in the folder is refused and not followed', async () => {
      const dir = await changed((at) => symlink('/etc/passwd', join(at, 'notes.txt')));

      expect(await refusal(dir)).toBe('BUNDLE_LINK_REFUSED');
    });

    it('a linked folder is refused', async () => {
      expect(await refusal(await changed((at) => symlink('/etc', join(at, 'code'))))).toBe('BUNDLE_LINK_REFUSED');
    });

    it('a name that another system reads as a path is refused', async () => {
      const dir = await changed((at) => writeFile(join(at, 'a\\..\\b'), 'x'));

      expect(await refusal(dir)).toBe('BUNDLE_PATH_ESCAPE');
    });

    it('names that differ in case only are refused', async () => {
      expect(await refusal(await changed((at) => writeFile(join(at, 'mlmodel'), 'x')))).toBe('MODEL_FILE_TWICE');
    });
  });

  describe('when the statement itself is not sound', () => {
    const file = { name: 'weights.bin', algorithm: 'sha256', digest: 'a'.repeat(64) };
    it.each<[string, string, SignatureChange]>([
      ['shards', 'MODEL_SIGNATURE_FORM_UNSUPPORTED', { serialization: { method: 'shards', shard_size: 1000 } }],
      ['BLAKE2', 'MODEL_SIGNATURE_FORM_UNSUPPORTED', { serialization: { hash_type: 'blake2b' } }],
      [
        'one file under another hash',
        'MODEL_SIGNATURE_FORM_UNSUPPORTED',
        { resources: (all) => all.map((one) => ({ ...one, algorithm: one.name === 'MLmodel' ? 'blake3' : 'sha256' })) },
      ],
      ['a root that is not that of its files', 'MODEL_SIGNATURE_INVALID', { rootDigest: '0'.repeat(64) }],
      ['a digest in capitals', 'MODEL_SIGNATURE_INVALID', { resources: () => [{ ...file, digest: 'A'.repeat(64) }] }],
      ['no files', 'MODEL_SIGNATURE_INVALID', { resources: () => [] }],
      ['a name that goes up', 'BUNDLE_PATH_ESCAPE', { resources: (all) => [...all, { ...file, name: '../x' }] }],
      ['an absolute name', 'BUNDLE_PATH_ESCAPE', { resources: (all) => [...all, { ...file, name: '/etc/passwd' }] }],
      ['one name twice', 'MODEL_FILE_TWICE', { resources: (all) => [...all, ...all.slice(0, 1)] }],
      ['names that differ in case', 'MODEL_FILE_TWICE', { resources: (all) => [...all, { ...file, name: 'mlMODEL' }] }],
      ['an ignored path that goes up', 'BUNDLE_PATH_ESCAPE', { serialization: { ignore_paths: ['../..'] } }],
      ['everything ignored', 'BUNDLE_PATH_ESCAPE', { serialization: { ignore_paths: ['.'] } }],
    ])('%s is refused', async (_, code, change) => {
      const verdict = await judge(await signedWith(change));

      expect(blocking(verdict).map((line) => line.split(' ')[0])).toContain(code);
      expect(verdict.signer).toBeNull();
    });

    it('a signature over another folder is not taken for one over this', async () => {
      const other = join(root, 'other');
      await writeModelFolder(other, ML_MODEL.replace('2.14.1', '2.15.0'));
      await signModelFolder(other, key);

      const verdict = await judge(await changed((dir) => cp(join(other, 'model.sig'), join(dir, 'model.sig'))));

      expect(blocking(verdict)).toEqual(['MODEL_FILE_CHANGED MLmodel']);
    });

    it('a payload that was changed after signing is refused', async () => {
      const dir = await changed(async (at) => {
        const bundle = JSON.parse(await readFile(join(at, 'model.sig'), 'utf8')) as {
          dsseEnvelope: { payload: string };
        };
        const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('surface', 'surfacf');
        bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
        await writeFile(join(at, 'model.sig'), JSON.stringify(bundle));
      });

      expect(blocking(await judge(dir)).join()).toContain('BUNDLE_SIGNATURE_INVALID');
    });

    it('no signature at all is told as such', async () => {
      expect(blocking(await judge(await changed((dir) => rm(join(dir, 'model.sig'))))).join()).toContain(
        'BUNDLE_UNSIGNED',
      );
    });
  });

  describe('when the folder gives no bundle', () => {
    it.each<[string, string, (dir: string) => Promise<unknown>]>([
      ['MLmodel is missing', 'MODEL_FOLDER_INVALID', (dir) => rm(join(dir, 'MLmodel'))],
      ['MLmodel is not YAML', 'MODEL_FOLDER_INVALID', (dir) => writeFile(join(dir, 'MLmodel'), 'a: [')],
      ['the model file is missing', 'MODEL_FOLDER_INVALID', (dir) => rm(join(dir, 'model.onnx'))],
      ['the model file is something else', 'ONNX_MALFORMED', (dir) => writeFile(join(dir, 'model.onnx'), 'text')],
      [
        'the model is a pickle',
        'ARTEFACT_PICKLE_REFUSED',
        (dir) => writeFile(join(dir, 'MLmodel'), 'flavors: {sklearn: {pickled_model: model.pkl}}\n'),
      ],
      [
        'the model file lies outside',
        'BUNDLE_PATH_ESCAPE',
        (dir) => writeFile(join(dir, 'MLmodel'), ML_MODEL.replace('data: model.onnx', 'data: ../model.onnx')),
      ],
      [
        'what its team states is wrong',
        'MODEL_FOLDER_INVALID',
        (dir) => writeFile(join(dir, 'MLmodel'), `${ML_MODEL}metadata: {gantry: {chanel: staging}}\n`),
      ],
    ])('because %s, that is said', async (_, code, change) => {
      expect(await refusal(await changed(change))).toBe(code);
    });
  });
});

async function addFolder(dir: string): Promise<void> {
  await cp(join(dir, 'metadata'), join(dir, 'code'), { recursive: true });
  await rename(join(dir, 'code', 'conda.yaml'), join(dir, 'code', 'x.py'));
  await writeFile(join(dir, 'code', 'x.py'), 'import os');
}
