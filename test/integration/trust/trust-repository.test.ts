import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyPair } from '#native/keys/index.ts';
import { TufSimulator } from '../../support/tuf-simulator.ts';
import { asMedium, EVA, trustRig, type OpenRig, type TrustRig } from './trust-rig.ts';

const DAY = 86_400_000;
const ROOT_TEXT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';
const first = createKeyPair('ecdsa-p256');
const second = createKeyPair('ed25519');

let rig: TrustRig;
let site: OpenRig;
let sim: TufSimulator;

const refusal = (code: string) => expect.objectContaining({ code }) as unknown;
function bring(keys: readonly { publicKeyPem: string; name: string }[]): void {
  const plantKeys = { v: 1, keys: keys.map((key) => ({ ...key, channels: ['production'] })), identities: [] };
  sim.addTarget('trusted_root.json', Buffer.from(ROOT_TEXT));
  sim.addTarget('plant-keys.json', Buffer.from(JSON.stringify(plantKeys)));
  sim.publish();
}
async function pin(): Promise<void> {
  const root = await site.trust.readRoot(asMedium(sim));
  await site.trust.pinRoot(asMedium(sim), root.fingerprint, EVA);
}
async function reopen(): Promise<void> {
  site.close();
  site = await rig.open();
}

beforeEach(async () => {
  rig = await trustRig();
  site = await rig.open();
  sim = new TufSimulator(rig.clock.at);
});
afterEach(async () => {
  site.close();
  await rig.remove();
});

describe('the first root', () => {
  it('is pinned only when its fingerprint is the one that people compared', async () => {
    const root = await site.trust.readRoot(asMedium(sim));

    await expect(site.trust.pinRoot(asMedium(sim), '0'.repeat(64), EVA)).rejects.toEqual(
      refusal('TRUST_ROOT_FINGERPRINT'),
    );
    expect(site.trust.repository()).toBeNull();
    const spaced = root.fingerprint.toUpperCase().replaceAll(/(.{4})/g, '$1 ');
    await site.trust.pinRoot(asMedium(sim), spaced, EVA);

    expect(site.trust.repository()).toMatchObject({ root: { version: 1 }, pinned: { by: 'Eva Field' }, updated: null });
    expect(site.events()).toEqual(['trust.root-pinned']);
  });

  it('is pinned once; another repository is refused', async () => {
    await pin();
    const other = new TufSimulator(rig.clock.at);

    await expect(
      site.trust.pinRoot(asMedium(other), (await site.trust.readRoot(asMedium(other))).fingerprint, EVA),
    ).rejects.toEqual(refusal('TRUST_ROOT_PINNED'));
    await expect(site.trust.update(asMedium(other), EVA)).rejects.toEqual(refusal('TUF_ROOT_FORKED'));
  });

  it('must be there before an update', async () => {
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TRUST_ROOT_MISSING'));
  });
});

describe('an update from a medium', () => {
  it('is shown first, then brings trusted root and keys, raises both stores, and is recorded', async () => {
    await pin();
    site.trust.trustKey({ name: 'by hand', publicKeyPem: second.publicKeyPem, channels: ['staging'] }, EVA);
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);

    const preview = await site.trust.previewUpdate(asMedium(sim));
    expect(preview).toMatchObject({ addedKeys: [{ name: 'vision team' }], removedKeys: [], trustedRootChanges: true });
    expect(site.trust.trust().keys).toHaveLength(1);
    await site.trust.update(asMedium(sim), EVA);
    await reopen();

    expect(site.trust.trust()).toMatchObject({
      trustedRoot: ROOT_TEXT,
      keys: [{ name: 'by hand' }, { keyId: first.keyId, addedBy: 'trust repository, root 1' }],
    });
    expect(site.floors.floors().tuf).toMatchObject({ root: { version: 1 }, timestamp: { version: 2 } });
    expect(JSON.parse((await rig.file.read()) ?? '')).toMatchObject({ tuf: { timestamp: { version: 2 } } });
    expect(site.events().at(-1)).toBe('trust.repository-updated');
  });

  it('takes out what the repository drops, and leaves what a person added', async () => {
    await pin();
    site.trust.trustKey({ name: 'by hand', publicKeyPem: second.publicKeyPem, channels: ['staging'] }, EVA);
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);
    await site.trust.update(asMedium(sim), EVA);
    bring([]);

    const preview = await site.trust.update(asMedium(sim), EVA);

    expect(preview.removedKeys).toEqual([{ keyId: first.keyId, name: 'vision team' }]);
    expect(site.trust.trust().keys.map((key) => key.name)).toEqual(['by hand']);
  });

  it('walks over roots that the site missed', async () => {
    await pin();
    for (let step = 0; step < 7; step += 1) sim.rotate('root', 3, 2);
    sim.publish();

    await site.trust.update(asMedium(sim), EVA);

    expect(site.trust.repository()?.root).toMatchObject({ version: 8, threshold: 2 });
  });

  it('hands other targets to who wants them, in the same transaction', async () => {
    const seen: string[] = [];
    site.close();
    const prepare = (content: Uint8Array) => ({
      from: 0,
      to: 1,
      apply: () => void seen.push(new TextDecoder().decode(content)),
    });
    site = await rig.open({ targets: [{ name: 'known-bad.json', limitBytes: 1000, prepare }] });
    sim.addTarget('known-bad.json', Buffer.from('[]'));
    sim.publish();
    await pin();

    await site.trust.previewUpdate(asMedium(sim));
    expect(seen).toEqual([]);
    await site.trust.update(asMedium(sim), EVA);

    expect(seen).toEqual(['[]']);
  });

  it.each<[string, string, () => void]>([
    [
      'whose next root is missing',
      'TUF_ROOT_LINK_MISSING',
      () => {
        sim.rotate('root');
        sim.rotate('root');
        sim.files.delete('2.root.json');
      },
    ],
    [
      'whose next root lacks signatures',
      'TUF_SIGNATURES_MISSING',
      () => {
        sim.roles.root.keys = new TufSimulator().roles.root.keys;
        sim.publishRoot();
      },
    ],
    [
      'with an older timestamp',
      'TUF_ROLLED_BACK',
      () => {
        sim.versions.timestamp = 0;
        sim.publishTimestamp();
      },
    ],
    [
      'with a snapshot of another state',
      'TUF_FILE_MISSING',
      () => {
        sim.publish();
        sim.files.delete('3.snapshot.json');
      },
    ],
    [
      'with a target of other bytes',
      'TUF_CONTENT_MISMATCH',
      () => {
        sim.publish();
        for (const name of sim.targetFiles.keys())
          sim.targetFiles.set(name, Buffer.alloc(sim.targetFiles.get(name)?.length ?? 0));
      },
    ],
    [
      'with plant keys that cannot be read',
      'TUF_METADATA_INVALID',
      () => {
        sim.addTarget('plant-keys.json', Buffer.from('{"v":1}'));
        sim.publish();
      },
    ],
    [
      'whose snapshot expired',
      'TUF_EXPIRED',
      () => {
        sim.expires['snapshot'] = rig.clock.at - 1;
        sim.publish();
      },
    ],
  ])('is refused %s, and nothing changes', async (_name, code, spoil) => {
    await pin();
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);
    await site.trust.update(asMedium(sim), EVA);
    const before = { trust: site.trust.trust(), floors: site.floors.floors(), events: site.events() };
    spoil();

    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal(code));

    expect({ trust: site.trust.trust(), floors: site.floors.floors(), events: site.events() }).toEqual(before);
  });

  it('is refused from an older medium, also after a restart', async () => {
    const old = new TufSimulator(rig.clock.at);
    old.files.clear();
    for (const [name, bytes] of sim.files) old.files.set(name, bytes);
    await pin();
    sim.rotate('root', 2);
    sim.publish();
    await site.trust.update(asMedium(sim), EVA);
    await reopen();

    await expect(site.trust.update(asMedium(old), EVA)).rejects.toEqual(refusal('TUF_ROLLED_BACK'));
  });
});

describe('a restored database', () => {
  it('is told at the start, and the older medium stays refused by the second store', async () => {
    await pin();
    const old = new Map(sim.files);
    await site.trust.update(asMedium(sim), EVA);
    site.close();
    await copyFile(join(rig.folder, 'station.db'), join(rig.folder, 'saved.db'));
    site = await rig.open();
    sim.publish();
    await site.trust.update(asMedium(sim), EVA);
    site.close();
    await copyFile(join(rig.folder, 'saved.db'), join(rig.folder, 'station.db'));

    site = await rig.open();
    sim.files.clear();
    for (const [name, bytes] of old) sim.files.set(name, bytes);

    expect(site.trust.storesAlarm()).toMatchObject({
      state: expect.stringMatching(/database-older|chain-differs/) as string,
    });
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_ROLLED_BACK'));
    site.trust.acknowledgeStores('restored on purpose', EVA);
    expect(site.trust.storesAlarm()).toBeNull();
    await reopen();
    expect(site.trust.storesAlarm()).toBeNull();
  });

  it('with a second store that is gone is told, and goes on with the database', async () => {
    await pin();
    await site.trust.update(asMedium(sim), EVA);
    site.close();
    const empty = { ...rig.file, read: () => Promise.resolve(undefined) };

    site = await rig.open({ file: empty });

    expect(site.trust.storesAlarm()).toMatchObject({ state: 'file-missing' });
    expect(site.floors.floors().tuf?.timestamp.version).toBe(1);
  });
});

describe('a power cut during an update', () => {
  it('before the second store leaves everything as it was', async () => {
    await pin();
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);
    site.close();
    const broken = { ...rig.file, write: () => Promise.reject(new Error('power')) };
    site = await rig.open({ file: broken });

    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toThrow('power');
    await reopen();

    expect(site.trust.trust().trustedRoot).toBeNull();
    expect(site.floors.floors().tuf).toBeNull();
    expect(site.trust.storesAlarm()).toBeNull();
  });

  it('between the two stores uses nothing of the update, refuses what is older, and the same medium repairs it', async () => {
    const older = new Map(sim.files);
    await pin();
    sim.publish();
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);
    site.close();
    const cut = {
      ...rig.file,
      write: async (text: string) => {
        await rig.file.write(text);
        throw new Error('power');
      },
    };
    site = await rig.open({ file: cut });
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toThrow('power');
    await reopen();

    expect(site.trust.trust().keys).toEqual([]);
    expect(site.trust.storesAlarm()).toMatchObject({ state: 'database-older' });
    const now = new Map(sim.files);
    sim.files.clear();
    for (const [name, bytes] of older) sim.files.set(name, bytes);
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_ROLLED_BACK'));
    for (const [name, bytes] of now) sim.files.set(name, bytes);
    await site.trust.update(asMedium(sim), EVA);
    expect(site.trust.trust().keys).toHaveLength(1);
  });
});

describe('an expired timestamp', () => {
  const OTTO = { name: 'Otto Brandt', role: 'admin', passphrase: 'correct horse battery' } as const;
  let digest: string;

  beforeEach(async () => {
    await pin();
    await site.people.add(OTTO, EVA);
    sim.expires['timestamp'] = rig.clock.at - DAY;
    bring([{ name: 'vision team', publicKeyPem: first.publicKeyPem }]);
    const refused: unknown = await site.trust.previewUpdate(asMedium(sim)).catch((error: unknown) => error);
    digest = (refused as { details: { digest: string } }).details.digest;
  });

  const ask = (by = EVA) =>
    site.trust.requestException(
      { timestampDigest: digest, expiredAt: rig.clock.at - DAY, reason: 'no stick until May' },
      by,
    );
  const approve = (id: string, part: Partial<{ subject: string; name: string; passphrase: string }> = {}) =>
    site.trust.approveException({ id, subject: digest, name: OTTO.name, passphrase: OTTO.passphrase, ...part });

  it('passes once after a second administrator approved exactly this content, and every step is recorded', async () => {
    const { id } = ask();
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_EXPIRED'));
    await approve(id);

    await site.trust.update(asMedium(sim), EVA);

    expect(site.trust.trust().keys).toHaveLength(1);
    expect(site.events().slice(-4)).toEqual([
      'trust.exception-requested',
      'trust.exception-approved',
      'trust.exception-used',
      'trust.repository-updated',
    ]);
    await expect(approve(id)).rejects.toEqual(refusal('TRUST_EXCEPTION_DECIDED'));
    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_EXPIRED'));
  });

  it('is not let pass by one person under two requests', async () => {
    const person = await site.people.prove(OTTO.name, OTTO.passphrase);

    await expect(approve(ask(person).id)).rejects.toEqual(refusal('TRUST_EXCEPTION_SAME_PERSON'));
  });

  it('is not let pass by who cannot prove presence, or may not change trust', async () => {
    await site.people.add({ name: 'Olga', role: 'operator', passphrase: 'another passphrase' }, EVA);
    const { id } = ask();

    await expect(approve(id, { passphrase: 'guess guess' })).rejects.toEqual(refusal('PERSON_NOT_PROVEN'));
    await expect(approve(id, { name: 'Eva Field' })).rejects.toEqual(refusal('PERSON_NOT_PROVEN'));
    await expect(approve(id, { name: 'Olga', passphrase: 'another passphrase' })).rejects.toEqual(
      refusal('NOT_PERMITTED'),
    );
  });

  it('is not let pass when the request or the approval ran out, or the clock was set back before it', async () => {
    const { id } = ask();
    rig.clock.at += DAY;
    await expect(approve(id)).rejects.toEqual(refusal('TRUST_EXCEPTION_EXPIRED'));
    rig.clock.at -= 3 * DAY;
    await expect(approve(id)).rejects.toEqual(refusal('TRUST_EXCEPTION_EXPIRED'));
    rig.clock.at += 2 * DAY;
    await approve(ask().id);
    rig.clock.at += DAY;

    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_EXPIRED'));
  });

  it('is not let pass when the content changed before or after the approval', async () => {
    const { id } = ask();
    await expect(approve(id, { subject: 'f'.repeat(64) })).rejects.toEqual(refusal('TRUST_EXCEPTION_CHANGED'));
    await approve(id);
    sim.publish();

    await expect(site.trust.update(asMedium(sim), EVA)).rejects.toEqual(refusal('TUF_EXPIRED'));
  });
});
