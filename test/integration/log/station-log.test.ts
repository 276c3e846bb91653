import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, MIB } from '#core/base/index.ts';
import { randomIds } from '#native/clock/index.ts';
import { createKeyPair } from '#native/keys/index.ts';
import { openStationLog, type StationLog } from '#native/log/index.ts';

const clock = { now: () => Date.UTC(2026, 0, 5), monotonicMs: () => 0, sleep: () => Promise.resolve() };
const ids = randomIds(clock);
const privateKey = createKeyPair('ecdsa-p256').privateKeyPem;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gantry-log-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

/** Every way in which a secret has reached a log somewhere. */
const CANARIES: readonly { name: string; secret: string; leak(log: StationLog): void }[] = [
  {
    name: 'a passphrase by its member name',
    secret: 'canary-passphrase-1',
    leak: (log) => {
      log.info('opened', { keys: { passphrase: 'canary-passphrase-1' } });
    },
  },
  {
    name: 'a token inside a list of requests',
    secret: 'canary-token-2',
    leak: (log) => {
      log.warn('refused', { requests: [{ startToken: 'canary-token-2' }] });
    },
  },
  {
    name: 'an enrolment code by its member name',
    secret: 'canary-code-3',
    leak: (log) => {
      log.info('made', { enrolmentCode: 'canary-code-3' });
    },
  },
  {
    name: 'a cookie header',
    secret: 'canary-cookie-4',
    leak: (log) => {
      log.info('headers', { headers: { cookie: 'session=canary-cookie-4' } });
    },
  },
  {
    name: 'a bearer token in an error',
    secret: 'canary-bearer-5',
    leak: (log) => {
      log.failure(new Error('401 for Bearer canary-bearer-5'), 'fetch');
    },
  },
  {
    name: 'a token in an address',
    secret: 'canary-url-6',
    leak: (log) => {
      log.failure(new AppError('INTERNAL', 'http://127.0.0.1/?token=canary-url-6'), 'open');
    },
  },
  {
    name: 'a private key in a cause',
    secret: privateKey.split('\n')[1] ?? '',
    leak: (log) => {
      log.failure(new Error('top', { cause: new Error(privateKey) }), 'sign');
    },
  },
  {
    name: 'a private key as a fact',
    secret: privateKey.split('\n')[1] ?? '',
    leak: (log) => {
      log.info('read', { text: privateKey });
    },
  },
];

describe('openStationLog', () => {
  describe('when a secret reaches it', () => {
    it.each(CANARIES)('does not write $name', async ({ secret, leak }) => {
      const log = openStationLog({ dir, clock, ids });

      leak(log);

      await log.close();
      const text = await readFile(join(dir, 'station.log'), 'utf8');
      expect(text).not.toBe('');
      expect(text).not.toContain(secret);
    });
  });

  it('writes a failure with its causes under the id that it returns', async () => {
    const log = openStationLog({ dir, clock, ids });

    const id = log.failure(
      new AppError('DISK_FULL', 'no room', { neededBytes: 5 }, { cause: new Error('ENOSPC') }),
      'import',
    );

    await log.close();
    const text = await readFile(join(dir, 'station.log'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      level: 'warn',
      time: '2026-01-05T00:00:00.000Z',
      correlationId: id,
      code: 'DISK_FULL',
    });
    expect(text).toContain('ENOSPC');
  });

  it('does not call a cancellation a failure', async () => {
    const log = openStationLog({ dir, clock, ids });

    log.failure(new DOMException('stopped', 'AbortError'), 'copy');

    await log.close();
    expect(await readFile(join(dir, 'station.log'), 'utf8')).toBe('');
  });

  it('turns a full file over, keeps the newest, and lets only the owner read it', async () => {
    await writeFile(join(dir, 'station.log'), 'x'.repeat(8 * MIB));
    const log = openStationLog({ dir, clock, ids });

    log.info('the first line of the new file');

    await log.close();
    expect((await readdir(dir)).sort()).toEqual(['station.log', 'station.log.1']);
    expect(await readFile(join(dir, 'station.log'), 'utf8')).toContain('the first line of the new file');
    expect((await stat(join(dir, 'station.log'))).mode & 0o077).toBe(0);
  });

  it('takes the failure of work that its close overtook', async () => {
    const log = openStationLog({ dir, clock, ids, name: 'closed' });
    await log.close();

    expect(() => log.failure(new Error('the drive answered late'), 'look at media')).not.toThrow();
  });

  it.skipIf(process.platform !== 'linux')('goes on when the disk is full', async () => {
    await symlink('/dev/full', join(dir, 'full.log'));
    const log = openStationLog({ dir, clock, ids, name: 'full' });

    for (let n = 0; n < 10; n += 1) log.info(`line ${String(n)}`);

    await expect(log.close()).resolves.toBeUndefined();
  });
});
