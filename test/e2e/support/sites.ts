import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGantry } from '#scripts/station/station-process.ts';
import { RUN_FOLDER_VARIABLE } from './run-folder.ts';

/** A folder for one journey; it goes away with the run. */
export function aFolder(name: string): Promise<string> {
  return mkdtemp(join(runFolder(), `${name}-`));
}

/**
 * A copy of the populated site of this run, for one journey to change. The demonstration is told once a run: by the journey of the
 * first start when it runs, else here.
 */
export async function aPopulatedSite(options: { gateways: 'revived' | 'off' }): Promise<string> {
  const kept = keptSite();
  if (!existsSync(kept)) {
    const told = `${kept}.told`;
    await runGantry(['demo', '--headless', '--source', 'generated', '--keep', told]);
    await rename(told, kept);
  }
  const copy = join(await aFolder('populated'), 'site');
  await cp(kept, copy, { recursive: true });
  // Without their folders the station has no gateways to start again.
  if (options.gateways === 'off') await rm(join(copy, 'demo', 'gateways'), { recursive: true, force: true });
  return copy;
}

/**
 * Accepts good versions beyond those of the demonstration into a site that nobody serves now: made from the specification of its 1.1.0,
 * signed by a publisher of their own.
 */
export async function bringNewerVersions(siteDir: string, versions: readonly string[]): Promise<void> {
  const folder = await aFolder('publisher');
  await runGantry(['keys', 'create', '--out', folder, '--name', 'second', '--no-passphrase']);
  const publicKey = join(folder, 'second.pub.pem');
  const trust = ['--name', 'Second publisher', '--key', publicKey, '--channel', 'production'];
  await runGantry(['trust', 'add-key', '--site', siteDir, ...trust]);
  const workshop = join(siteDir, 'demo', 'workshop');
  const text = await readFile(join(workshop, 'surface-detector-1.1.0.yaml'), 'utf8');
  for (const [at, version] of versions.entries()) {
    const spec = join(workshop, `surface-detector-${version}.yaml`);
    await writeFile(
      spec,
      text
        .replace('"version": "1.1.0"', `"version": "${version}"`)
        .replace('"sequence": 2', `"sequence": ${String(10 + at)}`),
    );
    const layout = join(folder, version);
    await runGantry(['bundle', 'create', '--spec', spec, '--out', layout]);
    await runGantry(['bundle', 'sign', layout, '--key', join(folder, 'second.key.pem'), '--no-passphrase']);
    await runGantry(['import', layout, '--site', siteDir, '--accept', '--reason', 'newer version']);
  }
}

/** Hands a site that a journey populated to the journeys after it. */
export async function keepPopulatedSite(siteDir: string): Promise<void> {
  if (!existsSync(keptSite())) await cp(siteDir, keptSite(), { recursive: true });
}

function keptSite(): string {
  return join(runFolder(), 'kept-site');
}

function runFolder(): string {
  return process.env[RUN_FOLDER_VARIABLE] ?? tmpdir();
}
