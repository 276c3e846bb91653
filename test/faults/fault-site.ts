import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aLargeModel } from '#test/support/large-model.ts';
import { TEST_BUILDER, TEST_SOURCE } from '#test/support/trust.ts';
import { gantry, writeSpec } from '../integration/cli/gantry.ts';

/** A site that trusts one key, a stick that this key signed, and the blobs that an import of it must end with. */
export interface FaultSite {
  readonly work: string;
  readonly stick: string;
  readonly layout: string;
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

/** Made once per suite, by the real program. */
export async function makeFaultSite({ weightBytes = 0, hasAccepted = false }: FaultSiteWish = {}): Promise<FaultSite> {
  const work = await mkdtemp(join(tmpdir(), 'gantry-faults-'));
  const at = (...parts: string[]): string => join(work, ...parts);
  const template = at('template');
  const stick = at('stick');
  await done('keys', 'create', '--out', at('keys'), '--no-passphrase', '--json');
  await done('init', '--site', template, '--name', 'Plant', '--json');
  const channel = ['--site', template, '--channel', 'production'];
  await done('trust', 'add-key', ...channel, '--name', 'Plant', '--key', at('keys', 'plant.pub.pem'));
  await done('trust', 'policy', ...channel, '--builder', TEST_BUILDER, '--source', TEST_SOURCE, '--json');
  if (hasAccepted) {
    const change = { version: '0.9.0', sequence: 1, createdAt: new Date().toISOString() };
    await writeStick(work, { name: 'before', to: at('stick-before'), change });
    const decided = ['--accept', '--reason', 'the version before', '--json'];
    await done('import', at('stick-before'), '--site', template, ...decided);
  }
  await writeStick(work, { name: 'layout', to: stick, change: { sequence: 2 }, weightBytes });

  const layout = at('layout');
  const blobs = (await readdir(join(layout, 'blobs', 'sha256'))).sort();
  return {
    work,
    stick,
    layout,
    blobs,
    copyTo: (path) => cp(template, path, { recursive: true }),
    remove: () => rm(work, { recursive: true, force: true }),
  };
}

/** Makes a bundle, signs it with the key in `keys` and writes it to a stick. */
export async function writeStick(
  work: string,
  wish: { name: string; to: string; keys?: string; change?: Parameters<typeof writeSpec>[1]; weightBytes?: number },
): Promise<void> {
  const spec = join(work, `${wish.name}-spec`);
  const layout = join(work, wish.name);
  await writeSpec(spec, wish.change);
  if (wish.weightBytes !== undefined && wish.weightBytes > 0)
    await writeFile(join(spec, 'model.onnx'), aLargeModel(wish.weightBytes));
  await done('bundle', 'create', '--spec', join(spec, 'spec.yaml'), '--out', layout, '--json');
  await done('bundle', 'sign', layout, '--key', join(work, wish.keys ?? 'keys', 'plant.key.pem'), '--json');
  await done('media', 'write', '--from', layout, '--to', wish.to, '--json');
}

/** Runs the real program, which has to succeed. */
export async function done(...args: string[]): Promise<void> {
  const ran = await gantry(...args);
  if (ran.status !== 0) throw new Error(`gantry ${args.join(' ')} ended with ${String(ran.status)}: ${ran.err}`);
}
