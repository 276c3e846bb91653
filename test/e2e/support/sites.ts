import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
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
