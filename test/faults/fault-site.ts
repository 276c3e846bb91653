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

/** Made once per suite, by the real program. `weightBytes` makes the import larger. */
export async function makeFaultSite(weightBytes = 0): Promise<FaultSite> {
  const work = await mkdtemp(join(tmpdir(), 'gantry-faults-'));
  const at = (...parts: string[]): string => join(work, ...parts);
  const template = at('template');
  const stick = at('stick');
  await writeSpec(at('spec'));
  if (weightBytes > 0) await writeFile(at('spec', 'model.onnx'), aLargeModel(weightBytes));
  await done('keys', 'create', '--out', at('keys'), '--no-passphrase', '--json');
  await done('bundle', 'create', '--spec', at('spec', 'spec.yaml'), '--out', at('layout'), '--json');
  await done('bundle', 'sign', at('layout'), '--key', at('keys', 'plant.key.pem'), '--json');
  await done('media', 'write', '--from', at('layout'), '--to', stick, '--json');
  await done('init', '--site', template, '--name', 'Plant', '--json');
  const channel = ['--site', template, '--channel', 'production'];
  await done('trust', 'add-key', ...channel, '--name', 'Plant', '--key', at('keys', 'plant.pub.pem'));
  await done('trust', 'policy', ...channel, '--builder', TEST_BUILDER, '--source', TEST_SOURCE, '--json');

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

async function done(...args: string[]): Promise<void> {
  const ran = await gantry(...args);
  if (ran.status !== 0) throw new Error(`gantry ${args.join(' ')} ended with ${String(ran.status)}: ${ran.err}`);
}
