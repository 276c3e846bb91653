import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgeIdentity, identityFromFile, openAge, recipientOf, sealAge } from '#native/age/index.ts';
import { bytesOf } from '../../support/byte-streams.ts';

const hasAge = spawnSync('age', ['--version']).status === 0;
const plain = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 131 + 5) & 0xff);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-age-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

describe.skipIf(!hasAge)(`the age of Debian${hasAge ? '' : ' (skipped: no age on this machine)'}`, () => {
  it('decrypts what is encrypted here, and is not confused by a second reader', async () => {
    const { identity, recipient } = await createAgeIdentity();
    const other = await createAgeIdentity();
    await writeFile(join(dir, 'id'), `${identity}\n`);
    const file = await bytesOf(sealAge([plain], { recipients: [other.recipient, recipient] }));

    const back = execFileSync('age', ['-d', '-i', join(dir, 'id')], { input: file });

    expect(Buffer.compare(back, plain)).toBe(0);
  });

  it.each([[], ['--armor']])('is decrypted here, with its own identity file %j', async (...flags) => {
    execFileSync('age-keygen', ['-o', join(dir, 'id')], { stdio: 'ignore' });
    const identity = await identityFromFile(await readFile(join(dir, 'id'), 'utf8'));
    const file = execFileSync('age', [...flags, '-r', await recipientOf(identity)], { input: plain });

    expect(Buffer.compare(await bytesOf(openAge([file], { identity })), plain)).toBe(0);
  });

  it('and this one refuse a file for somebody else, and the same file cut anywhere', async () => {
    const own = await createAgeIdentity();
    const other = await createAgeIdentity();
    await writeFile(join(dir, 'id'), `${own.identity}\n`);
    const theirs = execFileSync('age', ['-r', other.recipient], { input: plain });
    const ours = execFileSync('age', ['-r', own.recipient], { input: plain });
    const here = await identityFromFile(own.identity);
    const decrypt = (file: Uint8Array) => spawnSync('age', ['-d', '-i', join(dir, 'id')], { input: file }).status;

    await expect(bytesOf(openAge([theirs], { identity: here }))).rejects.toMatchObject({ code: 'AGE_RECIPIENT_WRONG' });
    expect(decrypt(theirs)).not.toBe(0);
    for (const length of [100, 250, 65_700, 131_300, ours.length - 17, ours.length - 1]) {
      const cut = ours.subarray(0, length);
      await expect(bytesOf(openAge([cut], { identity: here }))).rejects.toMatchObject({ code: 'AGE_TRUNCATED' });
      expect(decrypt(cut)).not.toBe(0);
    }
  });

  it('refuses what was truncated here', async () => {
    const { identity, recipient } = await createAgeIdentity();
    await writeFile(join(dir, 'id'), `${identity}\n`);
    const file = await bytesOf(sealAge([plain], { recipients: [recipient] }));

    expect(spawnSync('age', ['-d', '-i', join(dir, 'id')], { input: file.subarray(0, -5) }).status).not.toBe(0);
  });
});
