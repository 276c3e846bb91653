import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { TEST_BUILDER, TEST_SOURCE } from '#test/support/trust.ts';
import { gantry, giveFreePorts, writeSpec, type Ran } from './gantry.ts';

// One story, told by the real program alone: from a specification to a verified export of the change records. Later facts need earlier ones.

let work: string;
let importId: string;
const at = (...parts: string[]): string => join(work, ...parts);

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'gantry-path-'));
  await writeSpec(at('spec'));
});
afterAll(() => rm(work, { recursive: true }));

/** A run that must succeed; what it said is part of the failure otherwise. */
async function done(...args: string[]): Promise<Ran> {
  const ran = await gantry(...args);
  expect({ status: ran.status, err: ran.err }).toMatchObject({ status: 0 });
  return ran;
}

describe('the author', () => {
  it('makes a key and packs the same bundle from the same inputs', async () => {
    await done('keys', 'create', '--out', at('keys'), '--no-passphrase', '--json');

    const [one, two] = await Promise.all(
      ['layout', 'again'].map((name) =>
        done('bundle', 'create', '--spec', at('spec', 'spec.yaml'), '--out', at(name), '--json'),
      ),
    );

    expect(one?.json()['digest']).toMatch(/^sha256:/);
    expect(two?.json()['digest']).toBe(one?.json()['digest']);
  });

  it('signs it, and inspection shows it without trusting it', async () => {
    await done('bundle', 'sign', at('layout'), '--key', at('keys', 'plant.key.pem'), '--json');

    const inspected = await done('bundle', 'inspect', at('layout'));

    expect(inspected.out).toContain('NOT VERIFIED');
    expect(inspected.out).toContain('plant/scale 1.0.0');
  });

  it('is refused under a policy that names nobody, and accepted under one that names builder and source', async () => {
    const named = { builders: [TEST_BUILDER], sources: [TEST_SOURCE] };
    await writePolicy('empty.json', {});
    await writePolicy('named.json', named);
    const verify = (policy: string) =>
      gantry('verify', at('layout'), '--policy', at(policy), '--trust', at('keys'), '--json');

    const [refused, accepted] = await Promise.all([verify('empty.json'), verify('named.json')]);

    expect(refused).toMatchObject({ status: 3 });
    expect(refused.json()).toMatchObject({ verdict: 'refused' });
    expect(accepted.json()).toMatchObject({ verdict: 'accepted', model: 'plant/scale' });
    expect(accepted.status).toBe(0);
  });

  it('writes a stick that reads back whole', async () => {
    await done('media', 'write', '--from', at('layout'), '--to', at('stick'), '--json');

    expect((await done('media', 'check', at('stick'), '--json')).json()).toMatchObject({ whole: true });
  });
});

describe('the site', () => {
  beforeAll(async () => {
    await done('init', '--site', at('site'), '--name', 'Plant', '--json');
    await giveFreePorts(at('site'));
  });

  it('refuses the stick as long as nobody is trusted', async () => {
    const ran = await gantry('import', at('stick'), '--site', at('site'), '--accept', '--reason', 'test', '--json');

    expect(ran.status).toBe(3);
    expect(ran.json()).toMatchObject({ state: 'refused', verdict: { verdict: 'refused' } });
  });

  it('accepts it once a person trusts the key and names builder and source', async () => {
    const key = at('keys', 'plant.pub.pem');
    await done('trust', 'add-key', '--site', at('site'), '--name', 'Plant', '--channel', 'production', '--key', key);
    const policy = await done(
      'trust',
      'policy',
      '--site',
      at('site'),
      '--channel',
      'production',
      '--builder',
      TEST_BUILDER,
      '--source',
      TEST_SOURCE,
      '--json',
    );
    expect(policy.json()).toMatchObject({ refusesEverything: [] });

    const ran = await done(
      'import',
      at('stick'),
      '--site',
      at('site'),
      '--accept',
      '--reason',
      'read the verdict',
      '--json',
    );

    expect(ran.json()).toMatchObject({ state: 'accepted', verdict: { verdict: 'accepted' } });
    importId = String(ran.json()['importId']);
  });

  it('reports that import as JSON and as PDF, never over a file, and not one that it does not know', async () => {
    const report = (id: string, name: string) =>
      gantry('import', 'report', id, '--site', at('site'), '--out', at(name), '--json');
    const json = await report(importId, 'report.json');
    const pdf = await report(importId, 'report.pdf');

    expect(json).toMatchObject({ status: 0 });
    expect(JSON.parse(await readFile(at('report.json'), 'utf8'))).toMatchObject({
      verdict: 'accepted',
      import: { id: importId, state: 'accepted', decisionReason: 'read the verdict' },
    });
    expect(pdf.json()).toMatchObject({ format: 'pdf', digest: expect.stringMatching(/^sha256:/) as string });
    expect((await readFile(at('report.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await report(importId, 'report.pdf')).status).toBe(2);
    expect((await report(importId, 'report.txt')).status).toBe(2);
    expect((await report('nothing', 'other.json')).status).toBe(2);
  });

  it('plans nothing without a ticket or a device, and starts nothing', async () => {
    const bundle = ['--site', at('site'), '--bundle', 'plant/scale:1.0.0', '--json'];

    const plan = await gantry('rollout', 'plan', ...bundle);
    const start = await gantry('rollout', 'start', ...bundle);

    expect(plan.status).toBe(3);
    expect(plan.out).toContain('ROLLOUT_NO_DEVICE');
    expect(start.status).toBe(5);
    expect(start.json()['error']).toMatchObject({ code: 'ROLLOUT_TICKET_MISSING' });
  });

  it('names the bundles that it has when another is asked for', async () => {
    const ran = await gantry('rollout', 'plan', '--site', at('site'), '--bundle', 'plant/scale:9', '--json');

    expect(ran.status).toBe(2);
    expect(ran.err).toContain('plant/scale:1.0.0');
  });

  it('shows and exports telemetry, none yet', async () => {
    expect((await done('telemetry', 'status', '--site', at('site'), '--json')).json()).toMatchObject({ records: 0 });
    await done('telemetry', 'export', '--site', at('site'), '--out', at('stick-back'), '--json');
  });
});

describe('the auditor', () => {
  const verify = (dir: string) =>
    gantry('audit', 'verify', dir, '--key', at('site', 'keys', 'audit.pub.pem'), '--json');

  it('verifies the change records in the folder of an export, and on a stick that carries one', async () => {
    await done('audit', 'export', '--site', at('site'), '--out', at('audit'), '--json');
    await cp(at('audit'), at('auditor-stick', MEDIA_PATHS.outbox, 'audit', 'export-1'), { recursive: true });

    const [folder, stick] = await Promise.all([verify(at('audit')), verify(at('auditor-stick'))]);

    expect(folder).toMatchObject({ status: 0 });
    expect(folder.json()).toMatchObject({ verified: true, problem: null });
    expect(stick.json()).toEqual(folder.json());
    const records = await readFile(at('audit', 'records.jsonl'), 'utf8');
    for (const type of ['trust.key-added', 'trust.policy-changed', 'import.accepted']) expect(records).toContain(type);
  });

  it('is told the record and the reason when one word was changed', async () => {
    const path = at('audit', 'records.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n');
    const place = lines.findIndex((line) => line.includes('trust.key-added'));
    lines[place] = (lines[place] ?? '').replace('trust.key-added', 'trust.key-seen');
    await writeFile(path, lines.join('\n'));

    const ran = await verify(at('audit'));

    expect(ran.status).toBe(3);
    expect(ran.json()).toMatchObject({
      verified: false,
      problem: { what: 'record-broken', seq: place + 1, why: 'content-altered' },
    });
  });
});

async function writePolicy(name: string, channel: object): Promise<void> {
  await writeFile(at(name), JSON.stringify({ v: 1, version: 1, channels: { staging: channel, production: channel } }));
}
