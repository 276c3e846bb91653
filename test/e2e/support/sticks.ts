import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { runGantry } from '#scripts/station/station-process.ts';
import { aBundleSpec, aModelFile, writeSpecFiles } from '../../support/bundles.ts';
import { TEST_BUILDER, TEST_SOURCE } from '../../support/trust.ts';

/** Small parts, so that a bundle of a few kilobytes is a set of several. */
const PART_BYTES = 4096;

export const PUBLISHER = 'Plant models, publishing';

/** Someone outside the plant who packs, signs and writes sticks with the command line, as a pipeline does. */
export interface Publisher {
  /** Makes the site trust this publisher, its builder and its source. */
  beTrustedBy(siteDir: string): Promise<void>;
  /** What it gives away so that others can trust it. */
  publicKeyPem(): Promise<string>;
  /** Writes a stick with one version; its weights are its own, so that no blob of it is in a store already. */
  writeStick(version: PublishedVersion): Promise<string>;
}

interface PublishedVersion {
  readonly sequence: number;
  readonly signed: boolean;
}

/** A publisher with a fresh key, at work in a folder. */
export async function aPublisher(workDir: string): Promise<Publisher> {
  const keys = join(workDir, 'keys');
  await runGantry(['keys', 'create', '--out', keys, '--no-passphrase']);
  const file = async (end: string): Promise<string> =>
    join(keys, (await readdir(keys)).find((name) => name.endsWith(end)) ?? end);
  return {
    async beTrustedBy(siteDir) {
      const site = ['--site', siteDir];
      await runGantry(['init', ...site, '--name', 'North plant']);
      const key = ['--name', PUBLISHER, '--key', await file('.pub.pem'), '--channel', 'production'];
      await runGantry(['trust', 'add-key', ...site, ...key]);
      const from = ['--builder', TEST_BUILDER, '--source', TEST_SOURCE];
      await runGantry(['trust', 'policy', ...site, '--channel', 'production', ...from]);
    },
    publicKeyPem: async () => readFile(await file('.pub.pem'), 'utf8'),
    async writeStick({ sequence, signed }) {
      const folder = join(workDir, `version-${String(sequence)}`);
      const layout = join(folder, 'layout');
      await writeSpec(folder, sequence);
      await runGantry(['bundle', 'create', '--spec', join(folder, 'bundle.yaml'), '--out', layout]);
      if (signed) await runGantry(['bundle', 'sign', layout, '--key', await file('.key.pem'), '--no-passphrase']);
      const stick = join(folder, `stick-${String(sequence)}`);
      await mkdir(stick);
      await runGantry(['media', 'write', '--from', layout, '--to', stick, '--part-bytes', String(PART_BYTES)]);
      return stick;
    },
  };
}

async function writeSpec(folder: string, sequence: number): Promise<void> {
  await writeSpecFiles(folder);
  await writeFile(join(folder, 'model.onnx'), aModelFile(sequence));
  await writeFile(join(folder, 'model-alt.onnx'), aModelFile(sequence + 0.5));
  const spec = aBundleSpec({ version: `1.${String(sequence)}.0`, sequence, title: `Scale ${String(sequence)}` });
  // JSON is YAML.
  await writeFile(join(folder, 'bundle.yaml'), JSON.stringify(spec));
}

/** Flips one bit in the middle of the first part of a stick. */
export async function flipBit(stick: string): Promise<string> {
  const [name = ''] = await partsOf(stick);
  const path = join(stick, MEDIA_PATHS.parts, name);
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
  return name;
}

/** Takes the last part off a stick; the returned function puts it back. */
export async function takePartAway(stick: string): Promise<{ name: string; putBack: () => Promise<void> }> {
  const name = (await partsOf(stick)).at(-1) ?? '';
  const [here, away] = [join(stick, MEDIA_PATHS.parts, name), `${stick}-${name}`];
  await rename(here, away);
  return { name, putBack: () => cp(away, here) };
}

async function partsOf(stick: string): Promise<string[]> {
  return (await readdir(join(stick, MEDIA_PATHS.parts))).sort();
}

const Coco = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string(), width: z.number(), height: z.number() })),
  annotations: z.array(
    z.object({
      image_id: z.number(),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
});
export type Coco = z.infer<typeof Coco>;

/** The one export of a kind that lies on a stick; the folder is empty before. */
export async function exportOn(stick: string, kind: 'review' | 'audit'): Promise<string> {
  const folder = join(stick, MEDIA_PATHS.outbox, kind);
  const [name] = await readdir(folder);
  return join(folder, name ?? '');
}

/** Reads a COCO export as another program would. */
export async function readCoco(exported: string): Promise<Coco> {
  return Coco.parse(JSON.parse(await readFile(join(exported, 'annotations.json'), 'utf8')));
}
