import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aSiteKey,
  codeOf,
  enrolDevice,
  handClock,
  openFleetRig,
  shortBus,
  until,
  type FleetRig,
  type HandClock,
  type ShortBus,
} from '#test/support/fleet-rig.ts';
import { createSitePki, type SitePki } from '#test/support/site-pki.ts';

const siteKey = aSiteKey();
let pki: SitePki;
let clock: HandClock;
let bus: ShortBus;
let rig: FleetRig;
let count = 0;

beforeAll(async () => {
  pki = await createSitePki();
});
afterAll(() => pki.remove());

beforeEach(() => {
  count += 1;
  clock = handClock();
  bus = shortBus();
  rig = openFleetRig({ pki, database: `station-${String(count)}.db`, bus, clock, siteKey });
  return async () => {
    await rig.fleet.stop();
    rig.store.close();
  };
});

describe('questions to a device', () => {
  const ask = (id: string, options: { signal?: AbortSignal; progress?: string[] } = {}): Promise<unknown> =>
    rig.fleet.ask(
      id,
      { type: 'ping' },
      {
        timeoutMs: 1000,
        signal: options.signal ?? new AbortController().signal,
        onProgress: (done, total, step) => options.progress?.push(`${String(done)}/${String(total)} ${step}`),
      },
    );

  it('are signed, carry an end, and give progress and the answer of the same id', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const progress: string[] = [];
    const answer = ask(device.id, { progress });
    await until(() => bus.requests.length === 1);
    const request = device.readRequest(bus.requests[0]?.envelope);

    bus.say({
      leaf: 'response',
      device: device.id,
      envelope: await device.answer('another', { status: 'done', result: 'wrong' }),
    });
    bus.say({
      leaf: 'response',
      device: device.id,
      envelope: await device.answer(request.id, { status: 'progress', done: 1, total: 2, step: 'load' }),
    });
    bus.say({
      leaf: 'response',
      device: device.id,
      envelope: await device.answer(request.id, { status: 'done', result: { pong: true } }),
    });

    expect(await answer).toEqual({ pong: true });
    expect(progress).toEqual(['1/2 load']);
    expect([request.device, request.expiresAt - request.issuedAt]).toEqual([device.id, 1000]);
  });

  it('are not answered by another device', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const other = await enrolDevice(rig.fleet, { clock, name: 'Camera 2' });
    const answer = codeOf(ask(device.id));
    await until(() => bus.requests.length === 1);
    const { id } = device.readRequest(bus.requests[0]?.envelope);

    bus.say({ leaf: 'response', device: other.id, envelope: await other.answer(id, { status: 'done', result: 1 }) });
    clock.advance(1000);

    expect(await answer).toBe('DEVICE_UNREACHABLE');
  });

  it('end after silence, and not while progress comes', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const answer = codeOf(ask(device.id));
    await until(() => bus.requests.length === 1);
    const { id } = device.readRequest(bus.requests[0]?.envelope);
    let isSettled = false;
    void answer.then(() => (isSettled = true));

    clock.advance(900);
    bus.say({
      leaf: 'response',
      device: device.id,
      envelope: await device.answer(id, { status: 'progress', done: 1, total: 2, step: 's' }),
    });
    clock.advance(900);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    clock.advance(200);

    expect(await answer).toBe('DEVICE_UNREACHABLE');
  });

  it('pass on the failure of the device, and end with their signal', async () => {
    const device = await enrolDevice(rig.fleet, { clock });
    const failed = codeOf(ask(device.id));
    await until(() => bus.requests.length === 1);
    const { id } = device.readRequest(bus.requests[0]?.envelope);
    bus.say({
      leaf: 'response',
      device: device.id,
      envelope: await device.answer(id, { status: 'failed', code: 'BENCHMARK_RUNTIME_MISSING', message: 'none' }),
    });
    const abort = new AbortController();
    const aborted = codeOf(ask(device.id, { signal: abort.signal }));
    await until(() => bus.requests.length === 2);
    abort.abort(new Error('enough'));

    expect(await failed).toBe('BENCHMARK_RUNTIME_MISSING');
    expect(await aborted).toContain('enough');
  });
});
