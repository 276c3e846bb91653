import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#core/base/index.ts';
import type { IssuedCertificate } from '#core/fleet/ports.ts';
import { systemClock } from '#native/clock/index.ts';
import { ensureServerCredentials, openOrCreateSiteCa, type ServerCredentials, type SiteCa } from '#native/pki/index.ts';
import { createDeviceRequest } from '#test/support/device-request.ts';

/** What a device holds after enrolment. */
export interface DeviceCredentials {
  readonly id: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly issued: IssuedCertificate;
}

/** A real certificate authority in a temporary folder. */
export interface SitePki {
  readonly dir: string;
  readonly site: string;
  readonly ca: SiteCa;
  readonly server: ServerCredentials;
  /** A certificate for `id`, as enrolment would give it. */
  device(id: string, site?: string): Promise<DeviceCredentials>;
  remove(): Promise<void>;
}

export async function createSitePki(options: { site?: string; clock?: Clock } = {}): Promise<SitePki> {
  const site = options.site ?? 'plant';
  const dir = await mkdtemp(join(tmpdir(), 'gantry-pki-'));
  const folder = { dir, passphrase: null, clock: options.clock ?? systemClock };
  const ca = await openOrCreateSiteCa(folder, { id: site, name: 'Plant North' });
  return {
    dir,
    site,
    ca,
    server: await ensureServerCredentials(folder, ca),
    async device(id, ofSite = site) {
      const request = await createDeviceRequest('gateway.local');
      const issued = await ca.signDevice({ csrPem: request.csrPem, site: ofSite, device: id });
      return { id, privateKeyPem: request.privateKeyPem, certificatePem: issued.certificatePem, issued };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A clock that stands where it is put; sleeping takes no time. */
export function clockAt(now: number): Clock {
  return { now: () => now, monotonicMs: () => now, sleep: () => Promise.resolve() };
}
