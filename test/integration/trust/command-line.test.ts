import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aBundleSpec, aModelFile, writeSpecFiles } from '#test/support/bundles.ts';
import { aPolicy } from '#test/support/trust.ts';

const GANTRY = join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');
let root: string;

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function gantry(...args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [GANTRY, ...args],
      { env: { ...process.env, GANTRY_PASSPHRASE: 'correct horse' } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

const at = (...parts: readonly string[]): string => join(root, ...parts);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-cli-'));
  await writeSpecFiles(at('spec'));
  await writeFile(at('spec', 'bundle.yaml'), JSON.stringify(aBundleSpec()));
  await writeFile(at('policy.json'), JSON.stringify(aPolicy()));
  await gantry('keys', 'create', '--out', at('trust'), '--name', 'plant');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('gantry on the publisher side', () => {
  it('protects the private key and never replaces it', async () => {
    expect(await readFile(at('trust', 'plant.key.pem'), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect((await stat(at('trust', 'plant.key.pem'))).mode & 0o777).toBe(0o600);
    const again = await gantry('keys', 'create', '--out', at('trust'), '--name', 'plant');
    expect([again.code, again.stderr.split(':')[0]]).toEqual([2, 'KEY_FILE_EXISTS']);
  });

  it('packs the same specification into the same bytes', async () => {
    for (const name of ['one', 'two'])
      expect((await gantry('bundle', 'create', '--spec', at('spec', 'bundle.yaml'), '--out', at(name))).code).toBe(0);

    expect(await readdir(at('one', 'blobs', 'sha256'))).toEqual(await readdir(at('two', 'blobs', 'sha256')));
    expect(await readFile(at('one', 'index.json'), 'utf8')).toBe(await readFile(at('two', 'index.json'), 'utf8'));
  });

  it('signs, inspects without trust, and verifies', async () => {
    await gantry('bundle', 'create', '--spec', at('spec', 'bundle.yaml'), '--out', at('signed'), '--json');
    const signed = await gantry('bundle', 'sign', at('signed'), '--key', at('trust', 'plant.key.pem'), '--json');
    const inspected = await gantry('bundle', 'inspect', at('signed'));
    const verified = await gantry(
      'verify',
      at('signed'),
      '--policy',
      at('policy.json'),
      '--trust',
      at('trust'),
      '--json',
    );

    expect(JSON.parse(signed.stdout)).toMatchObject({
      signed: ['https://sigstore.dev/cosign/sign/v1', 'https://slsa.dev/provenance/v1', 'https://cyclonedx.org/bom'],
    });
    expect(inspected.stdout).toContain('NOT VERIFIED');
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'accepted', findings: [] });
    expect(verified.code).toBe(0);
  });

  it('attests one more predicate without breaking the verdict', async () => {
    await writeFile(at('tests.json'), '{"result":"PASSED"}');
    const attested = await gantry(
      'bundle',
      'attest',
      at('signed'),
      '--type',
      'https://in-toto.io/attestation/test-result/v0.1',
      '--predicate',
      at('tests.json'),
      '--key',
      at('trust', 'plant.key.pem'),
    );

    expect(attested.code).toBe(0);
    expect((await gantry('verify', at('signed'), '--policy', at('policy.json'), '--trust', at('trust'))).code).toBe(0);
  });
});

describe('gantry exit codes', () => {
  it.each([
    ['an unsigned layout', ['verify', 'one', '--policy', 'policy.json', '--trust', 'trust', '--json'], 3],
    [
      'a signature of a key that is not trusted',
      ['verify', 'signed', '--policy', 'policy.json', '--trust', 'spec', '--json'],
      3,
    ],
    ['a folder that is no layout', ['verify', 'spec', '--policy', 'policy.json', '--trust', 'trust', '--json'], 2],
    ['a policy that is not there', ['verify', 'signed', '--policy', 'nowhere.json', '--json'], 2],
  ])('answers %s with one JSON document', async (_, args, code) => {
    const result = await gantry(
      ...args.map((arg) =>
        ['one', 'signed', 'spec', 'trust', 'policy.json', 'nowhere.json'].includes(arg) ? at(arg) : arg,
      ),
    );

    expect(result.code).toBe(code);
    expect(() => JSON.parse(result.stdout) as unknown).not.toThrow();
  });

  it.each([
    ['no arguments to a verb that needs them', ['verify'], 2],
    ['an unknown verb', ['fly'], 2],
    ['a wrong kind of key', ['keys', 'create', '--out', 'x', '--type', 'rsa'], 2],
    ['help', ['bundle', '--help'], 0],
  ])('answers %s', async (_, args, code) => {
    expect((await gantry(...args)).code).toBe(code);
  });

  it('refuses a wrong passphrase in its own words', async () => {
    await writeFile(at('wrong'), 'battery staple\n');
    const result = await gantry(
      'bundle',
      'sign',
      at('one'),
      '--key',
      at('trust', 'plant.key.pem'),
      '--passphrase-file',
      at('wrong'),
    );

    expect([result.code, result.stderr.split(':')[0]]).toEqual([2, 'KEY_PASSPHRASE_WRONG']);
  });

  it('refuses a linked index', async () => {
    await rm(at('two', 'index.json'));
    await symlink(at('one', 'index.json'), at('two', 'index.json'));
    const result = await gantry('verify', at('two'), '--policy', at('policy.json'), '--trust', at('trust'));

    expect([result.code, result.stderr.split(':')[0]]).toEqual([3, 'BUNDLE_LINK_REFUSED']);
  });

  it('scans: 0 clean, 3 hostile, 2 not ONNX', async () => {
    await writeFile(at('good.onnx'), aModelFile());
    await writeFile(at('twice.onnx'), Buffer.concat([aModelFile(), aModelFile()]));
    await writeFile(at('text.onnx'), 'hello');
    const codes = await Promise.all(
      ['good', 'twice', 'text'].map(async (name) => (await gantry('scan', at(`${name}.onnx`), '--json')).code),
    );

    expect(codes).toEqual([0, 3, 2]);
  });
});
