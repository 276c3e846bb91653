import { createCipheriv } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLayouts } from '#cli/authoring/open-layouts.ts';
import { MAX_PART_BYTES } from '#contracts/media.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { composeStation } from '#electron/station-host/compose.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { writeMediaSet } from '#native/media/index.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { aLargeModel } from '#test/support/large-model.ts';
import { aPolicy, aSigningKey } from '#test/support/trust.ts';
import { aTarget } from '../integration/media/folders.ts';
import { finishImport } from './finish-import.ts';

/** A site that trusts one key, a stick that this key signed, and the blobs that an import of it must end with. */
export interface FaultSite {
  readonly work: string;
  readonly stick: string;
  readonly layout: string;
  readonly publicKeyPem: string;
  /** SHA-256 of every blob of the bundle, in hex, sorted. */
  readonly blobs: readonly string[];
  /** A fresh copy of the site under this path; every round begins with one. */
  copyTo(path: string): Promise<void>;
  remove(): Promise<void>;
}

/** How the site differs from the smallest one. */
export interface FaultSiteWish {
  /** Makes the import larger. */
  readonly weightBytes?: number;
  /** Another version of the model, made today, was accepted before: the site knows a signed time and a sequence. */
  readonly hasAccepted?: boolean;
}

/** Made once per suite, in this process: the program itself is what the suites start. */
export async function makeFaultSite({ weightBytes = 0, hasAccepted = false }: FaultSiteWish = {}): Promise<FaultSite> {
  const work = await mkdtemp(join(tmpdir(), 'gantry-faults-'));
  const at = (...parts: string[]): string => join(work, ...parts);
  const key = aSigningKey();
  const template = at('template');
  const stick = at('stick');
  const layout = await writeStick(at('new'), { to: stick, key, change: { sequence: 2 }, weightBytes });
  const create = { siteName: 'Plant', administrator: 'Ada' };
  const station = await composeStation({ siteDir: template, devices: 'closed', create });
  try {
    const { trust } = station.services;
    trust.trustKey({ name: 'Plant', publicKeyPem: key.publicKeyPem, channels: ['production'] }, station.person);
    trust.setChannelPolicy({ channel: 'production', policy: aPolicy().channels.production }, station.person);
    if (hasAccepted) {
      const change = { version: '0.9.0', sequence: 1, createdAt: new Date().toISOString() };
      await writeStick(at('before'), { to: at('stick-before'), key, change });
      const { state } = await finishImport(station, at('stick-before'), systemClock);
      if (state !== 'accepted') throw new Error(`the version before ended ${state}`);
    }
  } finally {
    await station.close();
  }
  return {
    work,
    stick,
    layout,
    publicKeyPem: key.publicKeyPem,
    blobs: (await readdir(join(layout, 'blobs', 'sha256'))).sort(),
    copyTo: (path) => cp(template, path, { recursive: true }),
    remove: () => rm(work, { recursive: true, force: true }),
  };
}

/** What is put on a stick. */
export interface StickWish {
  readonly to: string;
  readonly key: SigningKey;
  readonly change?: Parameters<typeof aBundleSpec>[0];
  readonly weightBytes?: number;
}

/** Makes a bundle below `work`, signs it and writes it to a stick; gives back the folder of its layout. */
export async function writeStick(work: string, { to, key, change = {}, weightBytes = 0 }: StickWish): Promise<string> {
  const filesDir = join(work, 'files');
  await writeSpecFiles(filesDir);
  if (weightBytes > 0) await writeFile(join(filesDir, 'model.onnx'), aLargeModel(weightBytes, noise(weightBytes)));
  const { dir } = await aSignedLayout({ key, spec: aBundleSpec(change), filesDir, outDir: work });
  await mkdir(to);
  await writeMediaSet({
    ...(await openLayouts([dir])),
    targets: [aTarget(to)],
    partBytes: MAX_PART_BYTES,
    clock: systemClock,
    ids: randomIds(systemClock),
  });
  return dir;
}

/** Bytes that are like no others: what a cut leaves in zeros must not look right. */
function noise(bytes: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
