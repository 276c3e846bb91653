import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFloors, type BundleFloors } from '#station/trust/bundle-floors.ts';
import { EVA, trustRig, type OpenRig, type TrustRig } from './trust-rig.ts';

const DAY = 86_400_000;
const OTTO = { name: 'Otto Brandt', role: 'admin', passphrase: 'correct horse battery' } as const;
const NOW = Date.parse('2026-11-21T00:00:00Z');
const FAR = Date.parse('2099-01-01T00:00:00Z');
const digest = (sequence: number): `sha256:${string}` => `sha256:${String(sequence).repeat(64).slice(0, 64)}`;
const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

let rig: TrustRig;
let site: OpenRig;
let floors: BundleFloors;

beforeEach(async () => {
  rig = await trustRig();
  rig.clock.at = NOW;
  await open();
  await site.people.add(OTTO, EVA);
});
afterEach(async () => {
  site.close();
  await rig.remove();
});

async function open(): Promise<void> {
  site = await rig.open();
  floors = bundleFloors(site.floors, rig.clock);
}
async function reopen(): Promise<void> {
  site.close();
  await open();
}
const accept = (sequence: number, part: { witness?: number; channel?: 'production' | 'staging' } = {}) =>
  floors.acceptUnder(
    {
      model: 'plant/scale',
      channel: part.channel ?? 'production',
      sequence,
      digest: digest(sequence),
      signedTimes:
        part.witness === undefined ? [] : [{ at: part.witness, kind: 'timestamp', subject: digest(sequence) }],
    },
    () => undefined,
  );
const approve = (id: string, subject: string) =>
  site.trust.approveException({ id, subject, name: OTTO.name, passphrase: OTTO.passphrase });
const bundle = (sequence: number, channel: 'production' | 'staging' = 'production') =>
  ({ model: 'plant/scale', channel, digest: digest(sequence) }) as const;
const ask = () =>
  site.trust.requestDowngrade({ model: 'plant/scale', channel: 'production', reason: 'it counts doubles' }, EVA);

describe('going back from the newest version', () => {
  it('is possible to the one before it and to no other, also after a restart, until it runs out', async () => {
    await accept(5);
    await accept(6);
    await accept(7);
    const { id } = ask();
    expect(site.trust.approvedDowngrade(bundle(6))).toBeNull();
    await approve(id, digest(6));
    await reopen();

    expect(site.trust.approvedDowngrade(bundle(6))?.approvedBy?.name).toBe(OTTO.name);
    expect([5, 7, 8].map((one) => site.trust.approvedDowngrade(bundle(one)))).toEqual([null, null, null]);
    expect(site.trust.approvedDowngrade(bundle(6, 'staging'))).toBeNull();
    rig.clock.at += DAY;
    expect(site.trust.approvedDowngrade(bundle(6))).toBeNull();
    rig.clock.at -= 3 * DAY;
    expect(site.trust.approvedDowngrade(bundle(6))).toBeNull();
  });

  it('leaves the floor where it is: accepting the older bundle opens no way to the one before that', async () => {
    await accept(6);
    await accept(7);
    await approve(ask().id, digest(6));
    await accept(6);

    expect(floors.sequence('plant/scale', 'production')).toBe(7);
    expect(site.trust.previousVersions()).toMatchObject([{ newest: { sequence: 7 }, previous: { sequence: 6 } }]);
  });

  it('ends when a newer version is accepted', async () => {
    await accept(6);
    await accept(7);
    await approve(ask().id, digest(6));
    await accept(8);

    expect(site.trust.approvedDowngrade(bundle(6))).toBeNull();
    expect(site.trust.previousVersions()).toMatchObject([{ previous: { sequence: 7 } }]);
  });

  it('needs a second person, exactly this bundle, and something that was there before', async () => {
    await accept(7);
    expect(ask).toThrow(refusal('TRUST_DOWNGRADE_NONE'));
    await accept(8);
    const { id } = ask();

    await expect(approve(id, digest(8))).rejects.toEqual(refusal('TRUST_EXCEPTION_CHANGED'));
    const other = site.trust.requestDowngrade(
      { model: 'plant/scale', channel: 'production', reason: 'again' },
      await site.people.prove(OTTO.name, OTTO.passphrase),
    );
    await expect(approve(other.id, digest(7))).rejects.toEqual(refusal('TRUST_EXCEPTION_SAME_PERSON'));
  });

  it('is recorded when it is asked for, approved and used', async () => {
    await accept(7);
    await accept(8);
    await approve(ask().id, digest(7));
    const approval = site.trust.approvedDowngrade(bundle(7));
    if (approval === null) throw new Error('it was approved');
    site.store.transaction(() => site.trust.useDowngrade(approval, { by: EVA, for: 'rollout r-1' }));

    expect(site.events().slice(-3)).toEqual([
      'trust.exception-requested',
      'trust.exception-approved',
      'trust.downgrade-used',
    ]);
    expect(site.store.events.read(0, 100).at(-1)?.payload).toMatchObject({ toSequence: 7, for: 'rollout r-1' });
  });
});

describe('a witness that lied far into the future', () => {
  it('ages everything until two people set the time back, at once and for good', async () => {
    await accept(1, { witness: FAR });
    expect(site.trust.clock().state).toBe('behind');
    const { id } = site.trust.requestTimeReset({ to: NOW - DAY, reason: 'the authority was taken over' }, EVA);
    expect(site.floors.floors().time?.at).toBe(FAR);

    await approve(id, '2026-11-20T00:00:00.000Z');
    await reopen();

    expect(site.trust.clock()).toMatchObject({ state: 'plausible', floor: { at: NOW - DAY, kind: 'people' } });
    expect(site.trust.storesAlarm()).toBeNull();
    expect(site.trust.forDevices()).toMatchObject({ timeFloor: NOW - DAY, timeResets: 1 });
    expect(site.events().slice(-3)).toEqual([
      'trust.exception-requested',
      'trust.exception-approved',
      'trust.time-set-back',
    ]);
    await accept(2, { witness: NOW });
    expect(site.floors.floors().time).toMatchObject({ at: NOW, kind: 'timestamp' });
  });

  it('cannot be asked away to a later time, to before the site, by one person, or twice with one approval', async () => {
    await accept(1, { witness: NOW });
    const to = (at: number) => () => site.trust.requestTimeReset({ to: at, reason: 'r' }, EVA);
    expect(to(NOW + 1)).toThrow(refusal('TRUST_TIME_NOT_BACK'));
    expect(to(Date.parse('2023-12-31'))).toThrow(refusal('TRUST_TIME_NOT_BACK'));
    const { id } = to(NOW - DAY)();
    await expect(
      site.trust.approveException({ id, subject: '2026-11-20T00:00:00.000Z', name: 'Eva Field', passphrase: 'x' }),
    ).rejects.toEqual(refusal('PERSON_NOT_PROVEN'));
    await approve(id, '2026-11-20T00:00:00.000Z');
    await expect(approve(id, '2026-11-20T00:00:00.000Z')).rejects.toEqual(refusal('TRUST_EXCEPTION_DECIDED'));
  });

  it('does not come back when one of the two stores is an older copy', async () => {
    await accept(1, { witness: FAR });
    const stale = await rig.file.read();
    const { id } = site.trust.requestTimeReset({ to: NOW, reason: 'r' }, EVA);
    await approve(id, '2026-11-21T00:00:00.000Z');
    site.close();
    await rig.file.write(stale ?? '');
    await open();

    expect(site.floors.floors().time?.at).toBe(NOW);
    expect(site.floors.floors().timeResets).toBe(1);
  });

  it('leaves a request unused when the power fails before the stores are written', async () => {
    await accept(1, { witness: FAR });
    const { id } = site.trust.requestTimeReset({ to: NOW, reason: 'r' }, EVA);
    site.close();
    site = await rig.open({ file: { ...rig.file, write: () => Promise.reject(new Error('power')) } });
    await expect(approve(id, '2026-11-21T00:00:00.000Z')).rejects.toThrow('power');
    await reopen();

    expect(site.floors.floors().time?.at).toBe(FAR);
    await approve(id, '2026-11-21T00:00:00.000Z');
    expect(site.floors.floors().time?.at).toBe(NOW);
  });
});

describe('the alarm of a restored copy', () => {
  it('is closed with a name and a reason, once, and the floors stay', async () => {
    await accept(5);
    site.close();
    site = await rig.open({ file: { ...rig.file, read: () => Promise.resolve(undefined) } });
    expect(site.trust.storesAlarm()).toMatchObject({
      state: 'file-missing',
      detail: expect.stringContaining('gone') as string,
    });

    site.trust.acknowledgeStores('disk was replaced', EVA);
    site.trust.acknowledgeStores('again', EVA);

    expect(site.trust.storesAlarm()).toBeNull();
    expect(site.floors.floors().sequences).toEqual({ 'production/plant/scale': 5 });
    const records = site.store.events.read(0, 100).filter(({ type }) => type === 'trust.stores-acknowledged');
    expect(records.map(({ payload }) => payload)).toMatchObject([
      { reason: 'disk was replaced', state: 'file-missing' },
    ]);
  });

  it('is not recorded where none is open', () => {
    site.trust.acknowledgeStores('nothing there', EVA);

    expect(site.events()).not.toContain('trust.stores-acknowledged');
  });
});
