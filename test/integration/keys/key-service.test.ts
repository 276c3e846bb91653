import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStation } from '#cli/compose.ts';
import type { AuditKeyHandover } from '#contracts/keys.ts';
import { canonicalJson } from '#core/base/index.ts';
import { fromBase64 } from '#core/signing/index.ts';
import type { StationHost } from '#electron/station-host/compose.ts';
import { createAgeIdentity } from '#native/age/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { gantry } from '../cli/gantry.ts';

const hasAge = spawnSync('age', ['--version']).status === 0;
const witnesses: [string, string] = ['Kim Berg', 'Lee Stahl'];
let work: string;
let site: string;
let station: StationHost;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-keys-'));
  site = join(work, 'site');
  expect((await gantry('init', '--site', site, '--name', 'Plant')).status).toBe(0);
  station = await openStation({ siteDir: site, devices: 'closed' }, { env: {} });
});
afterEach(async () => {
  await station.close();
  await rm(work, { recursive: true });
});

async function ended(jobId: string): Promise<void> {
  for (;;) {
    const job = station.services.jobs.get(jobId);
    if (job?.state === 'done') return;
    if (job?.state === 'failed') throw new Error(JSON.stringify(job));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('exports of a site that names a recipient', () => {
  it('leave encrypted, and nothing readable lies on the stick', async () => {
    const { services, person } = station;
    const hq = await createAgeIdentity();
    const stick = await mkdtemp(join(work, 'stick-'));
    await services.keys.addRecipient({ name: 'canary-headquarters', recipient: hq.recipient }, person);
    const volume = await services.media.openFolder(stick);
    await ended((await services.audit.export({ volumeId: volume.id }, person)).jobId);
    await ended((await services.telemetry.export({ volumeId: volume.id }, person)).jobId);

    const files = await filesUnder(stick);

    expect(files.length).toBeGreaterThan(4);
    for (const path of files) {
      expect(path).toMatch(/\.age$/);
      expect((await readFile(path)).includes('canary-headquarters'), path).toBe(false);
    }
    if (hasAge) {
      const records = files.find((path) => path.endsWith('records.jsonl.age')) ?? '';
      const opened = execFileSync('age', ['-d', '-i', '-', records], { input: `${hq.identity}\n`, encoding: 'utf8' });
      expect(opened).toContain('canary-headquarters');
    }
  });

  it('leave readable again when the last recipient was removed, which is a record', async () => {
    const { services, person } = station;
    const { recipient } = await createAgeIdentity();
    await services.keys.addRecipient({ name: 'HQ', recipient }, person);
    await expect(services.keys.addRecipient({ name: 'HQ 2', recipient }, person)).rejects.toMatchObject({
      code: 'KEY_RECIPIENT_EXISTS',
    });
    services.keys.removeRecipient('HQ', person);

    expect(services.keys.exportRecipients()).toEqual([]);
    expect(services.audit.list({ limit: 9, stream: 'keys' }).map(({ type }) => type)).toEqual([
      'keys.recipient-removed',
      'keys.recipient-added',
    ]);
  });
});

describe('gantry audit export', () => {
  it('encrypts to the recipients of the command, and audit verify accepts what age decrypts', async () => {
    const { recipient, identity } = await createAgeIdentity();
    await station.close();
    const out = join(work, 'out');
    const ran = await gantry('audit', 'export', '--site', site, '--out', out, '--recipient', recipient, '--json');
    station = await openStation({ siteDir: site, devices: 'closed' }, { env: {} });

    expect(ran.json()).toMatchObject({ encrypted: true });
    const names = await readdir(out);
    expect(names.every((name) => name.endsWith('.age'))).toBe(true);
    if (!hasAge) return;
    for (const name of names) {
      const to = ['-o', join(out, name.slice(0, -4))];
      execFileSync('age', ['-d', '-i', '-', ...to, join(out, name)], { input: `${identity}\n` });
    }
    const key = join(site, 'keys', 'audit.pub.pem');
    expect((await gantry('audit', 'verify', out, '--key', key, '--json')).json()).toMatchObject({ verified: true });
  });
});

describe('the rotation of the audit key', () => {
  it('is signed by the old and the new key, keeps the old public half, and the chain stays whole', async () => {
    const { services, person } = station;
    const oldPem = await readFile(join(site, 'keys', 'audit.pub.pem'), 'utf8');

    const record = await services.keys.rotateAuditKey({ witnesses, note: 'yearly' }, person);

    const newPem = await readFile(join(site, 'keys', 'audit.pub.pem'), 'utf8');
    const rotated = services.audit.list({ limit: 1, type: 'keys.audit-key-rotated' })[0];
    const { handover, signatures } = rotated?.payload as {
      handover: AuditKeyHandover;
      signatures: { old: string; new: string };
    };
    const statement = new TextEncoder().encode(canonicalJson(handover));
    expect(nodeSignatureVerifier.verify(oldPem, statement, fromBase64(signatures.old))).toBe(true);
    expect(nodeSignatureVerifier.verify(newPem, statement, fromBase64(signatures.new))).toBe(true);
    expect(handover).toMatchObject({ newPublicKeyPem: newPem });
    expect(record.keys.find(({ name }) => name === 'audit')?.keyId).toBe(nodeSignatureVerifier.keyIdOf(newPem));
    const kept = (await readdir(join(site, 'keys'))).find((name) => name.startsWith('audit-until-')) ?? '';
    expect(await readFile(join(site, 'keys', kept), 'utf8')).toBe(oldPem);
    expect(services.audit.verify()).toMatchObject({ intact: true });

    const volume = await services.media.openFolder(await mkdtemp(join(work, 'stick-')));
    await ended((await services.audit.export({ volumeId: volume.id }, person)).jobId);
  });
});

describe('a ceremony', () => {
  it('records the fingerprints that two people heard, and refuses one that is not in use', async () => {
    const { services, person } = station;
    const { keys } = await services.keys.overview();
    const heard = keys.map(({ name, keyId }) => ({ name, keyId }));

    const record = await services.keys.recordCeremony({ witnesses, heard, note: '' }, person);

    expect(record.keys.map(({ name }) => name)).toEqual(['site', 'audit', 'ca', 'encryption']);
    expect((await services.keys.overview()).lastCeremony).toEqual(record);
    const misheard = heard.map((each) => (each.name === 'ca' ? { ...each, keyId: 'f'.repeat(64) } : each));
    await expect(services.keys.recordCeremony({ witnesses, heard: misheard, note: '' }, person)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(
      services.keys.recordCeremony({ witnesses: ['Kim Berg', 'kim berg '], heard, note: '' }, person),
    ).rejects.toMatchObject({ code: 'USAGE_INVALID' });
  });
});
