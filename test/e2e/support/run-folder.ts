import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder of one run of the journeys to its workers. */
export const RUN_FOLDER_VARIABLE = 'GANTRY_E2E_FOLDER';

/** Makes the folder that the journeys of one run share; the returned function removes it. Playwright calls both. */
export default async function makeRunFolder(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-e2e-'));
  process.env[RUN_FOLDER_VARIABLE] = folder;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
