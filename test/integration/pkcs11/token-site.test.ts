import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeSoftToken, type SoftToken } from '../../support/softhsm.ts';

const made = makeSoftToken();
const why = typeof made === 'string' ? ` (skipped: ${made})` : '';

afterAll(() => {
  if (typeof made !== 'string') made.remove();
});

function gantry(
  token: SoftToken,
  ...args: readonly string[]
): { status: number | null; json: Record<string, unknown> } {
  const { status, stdout, stderr } = token.run(['cli/main.ts', ...args, '--json']);
  expect(stdout + stderr).not.toContain('canary-pin');
  return { status, json: stdout === '' ? { stderr } : (JSON.parse(stdout) as Record<string, unknown>) };
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.skipIf(typeof made === 'string')(`gantry with a token${why}`, () => {
  it('makes a site whose keys live in the token, signs its records there, and writes the PIN nowhere', () => {
    if (typeof made === 'string') return;
    const site = join(made.dir, 'site');
    const out = join(made.dir, 'records');
    const token = ['--pkcs11', made.modulePath, '--token', made.label, '--pin-file', made.pinFile];

    const init = gantry(made, 'init', '--site', site, '--name', 'Plant 7', '--key-store', 'pkcs11', ...token);
    expect(init).toMatchObject({ status: 0, json: { keyStore: { site: 'pkcs11', audit: 'pkcs11' } } });
    expect(readdirSync(join(site, 'keys')).filter((name) => /^(site|audit)\.key/.test(name))).toEqual([]);
    const exported = gantry(made, 'audit', 'export', '--site', site, '--out', out);
    expect(exported).toMatchObject({ status: 0, json: { keyId: init.json['auditKeyId'] } });
    const publicKey = join(site, 'keys', 'audit.pub.pem');
    expect(gantry(made, 'audit', 'verify', out, '--key', publicKey)).toMatchObject({
      status: 0,
      json: { verified: true, keyId: init.json['auditKeyId'] },
    });
    for (const path of [...filesUnder(site), ...filesUnder(out)])
      expect(readFileSync(path).includes('canary-pin-4711'), path).toBe(false);
  }, 60_000);

  it('refuses a second site in the same folder before it makes keys', () => {
    if (typeof made === 'string') return;
    const site = join(made.dir, 'site');
    const token = ['--pkcs11', made.modulePath, '--token', made.label, '--pin-file', made.pinFile];

    expect(gantry(made, 'init', '--site', site, '--name', 'x', '--key-store', 'pkcs11', ...token)).toMatchObject({
      status: 2,
    });
  }, 60_000);

  it('makes a plant key by command, names it by its address, and gives out its public half', () => {
    if (typeof made === 'string') return;
    const created = gantry(
      made,
      ...['keys', 'create', '--pkcs11', made.modulePath, '--token', made.label, '--pin-file', made.pinFile],
      ...['--name', 'publisher', '--out', join(made.dir, 'public')],
    );

    expect(created).toMatchObject({ status: 0, json: { isProtected: true } });
    expect(created.json['privateKey']).toMatch(/^pkcs11:token=plant;object=publisher\?module-path=/);
    expect(readdirSync(join(made.dir, 'public'))).toEqual(['publisher.pub.pem']);
  }, 60_000);
});
