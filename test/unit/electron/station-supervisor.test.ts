import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Clock } from '#core/base/index.ts';
import { restartDelayMs, STABLE_AFTER_MS } from '#electron/main/restart-delay.ts';
import { StationSupervisor } from '#electron/main/station-supervisor.ts';

class FakeChild extends EventEmitter {
  readonly sent: { message: unknown; ports: string[] }[] = [];
  wasKilled = false;
  postMessage(message: unknown, transfer: string[] = []): void {
    this.sent.push({ message, ports: transfer });
  }
  kill(): boolean {
    this.wasKilled = true;
    return true;
  }
  says(message: unknown): void {
    this.emit('message', message);
  }
  ends(code: number): void {
    this.emit('exit', code);
  }
}

/** Sleeps end when the test says so; the monotonic clock stands where the test puts it. */
class TestClock implements Clock {
  monotonic = 0;
  readonly sleeps: { ms: number; end: () => void }[] = [];
  now(): number {
    return 0;
  }
  monotonicMs(): number {
    return this.monotonic;
  }
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.sleeps.push({ ms, end: resolve }));
  }
}

function supervised() {
  const children: FakeChild[] = [];
  const clock = new TestClock();
  const lost: number[] = [];
  const failures: string[] = [];
  let count = 0;
  const station = new StationSupervisor<string>({
    fork: () => {
      const child = new FakeChild();
      children.push(child);
      return child;
    },
    clock,
    ids: { next: () => `id-${String((count += 1))}`, random: (bytes) => new Uint8Array(bytes) },
    onLost: (code) => lost.push(code),
    onStartFailed: (error) => failures.push(error.code),
  });
  const child = (index: number): FakeChild => children[index] ?? expect.fail(`no child ${String(index)}`);
  const sleep = (index: number) => clock.sleeps[index] ?? expect.fail(`no sleep ${String(index)}`);
  return { station, children, child, clock, sleep, lost, failures };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('StationSupervisor', () => {
  describe('when a page connects before the station is ready', () => {
    it('hands its port over once, when the station says ready', async () => {
      const { station, child } = supervised();
      station.start();
      const connected = station.connect('port-a');
      expect(child(0).sent).toEqual([]);

      child(0).says({ kind: 'ready' });
      await connected;

      expect(child(0).sent).toEqual([{ message: { kind: 'client', sessionId: 'id-1' }, ports: ['port-a'] }]);
    });
  });

  describe('when the station crashes', () => {
    it('says so, waits, and starts another that takes the next port', async () => {
      const { station, child, children, sleep, lost } = supervised();
      station.start();
      child(0).says({ kind: 'ready' });

      child(0).ends(139);
      const connected = station.connect('port-b');
      expect(children).toHaveLength(1);
      sleep(0).end();
      await settled();
      child(1).says({ kind: 'ready' });
      await connected;

      expect(lost).toEqual([139]);
      expect(child(1).sent).toMatchObject([{ ports: ['port-b'] }]);
    });

    it('waits longer after each crash, and anew after a stable time', async () => {
      const { station, child, clock, sleep } = supervised();
      station.start();
      for (let crash = 0; crash < 3; crash += 1) {
        child(crash).ends(1);
        sleep(crash).end();
        await settled();
      }
      child(3).says({ kind: 'ready' });
      clock.monotonic += STABLE_AFTER_MS;
      child(3).ends(1);

      expect(clock.sleeps.map(({ ms }) => ms)).toEqual([250, 500, 1000, 250]);
    });

    it('ends an open folder request with RPC_CLOSED', async () => {
      const { station, child } = supervised();
      station.start();
      child(0).says({ kind: 'ready' });
      const choice = station.openFolder('/media/stick');
      await settled();

      child(0).ends(1);

      expect(await choice).toMatchObject({ outcome: 'failed', error: { code: 'RPC_CLOSED' } });
    });
  });

  describe('when a folder is opened', () => {
    it('gives the path to the station only and the handle back', async () => {
      const { station, child } = supervised();
      station.start();
      child(0).says({ kind: 'ready' });
      const choice = station.openFolder('/media/stick');
      await settled();
      expect(child(0).sent).toEqual([
        { message: { kind: 'open-folder', requestId: 'id-1', path: '/media/stick' }, ports: [] },
      ]);

      child(0).says({
        kind: 'folder',
        requestId: 'id-1',
        choice: { outcome: 'opened', volumeId: 'v-1', path: '/media/stick' },
      });

      expect(await choice).toEqual({ outcome: 'opened', volumeId: 'v-1' });
    });
  });

  describe('when the station says that it cannot start', () => {
    it('passes the reason on', () => {
      const { station, child, failures } = supervised();
      station.start();

      child(0).says({ kind: 'start-failed', error: { code: 'SITE_LOCKED', message: 'x', details: {} } });

      expect(failures).toEqual(['SITE_LOCKED']);
    });
  });

  describe('when the application ends', () => {
    it('asks the station to close and starts no other', async () => {
      const { station, child, children, lost } = supervised();
      station.start();
      child(0).says({ kind: 'ready' });

      const stopped = station.stop();
      child(0).ends(0);
      await stopped;
      await settled();

      expect(child(0).sent).toEqual([{ message: { kind: 'stop' }, ports: [] }]);
      expect(children).toHaveLength(1);
      expect(lost).toEqual([]);
    });

    it('kills a station that does not close in time', async () => {
      const { station, child, sleep } = supervised();
      station.start();

      const stopped = station.stop();
      sleep(0).end();
      await stopped;

      expect(child(0).wasKilled).toBe(true);
    });

    it('refuses a page that connects meanwhile', async () => {
      const { station, child } = supervised();
      station.start();
      void station.stop();
      child(0).ends(0);

      await expect(station.connect('port-c')).rejects.toMatchObject({ code: 'RPC_CLOSED' });
    });
  });
});

describe('restartDelayMs', () => {
  it('grows from a quarter of a second to a quarter of a minute', () => {
    expect([1, 2, 3, 7, 100].map(restartDelayMs)).toEqual([250, 500, 1000, 15_000, 15_000]);
  });
});
