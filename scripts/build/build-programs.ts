import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { fingerprintInputs } from './fingerprint.ts';
import type { BuildProgram } from './programs.ts';

/** Builds programs. With `onlyStale`, one whose inputs are as they were at its last build is left alone. */
export async function buildPrograms(
  root: string,
  programs: readonly BuildProgram[],
  options: { onlyStale: boolean; say: (line: string) => void },
): Promise<void> {
  for (const program of programs) {
    const fingerprint = await fingerprintInputs(root, program.inputs);
    const stamp = join(root, 'dist', '.stamps', program.name);
    if (options.onlyStale && existsSync(join(root, program.result)) && (await readStamp(stamp)) === fingerprint)
      continue;
    options.say(`Building ${program.name} ...`);
    // A build that breaks off must not look like a finished one.
    await rm(stamp, { force: true });
    for (const mode of program.modes) await build({ configFile: join(root, program.config), mode, logLevel: 'warn' });
    if (!existsSync(join(root, program.result))) throw new Error(`${program.config} made no ${program.result}`);
    await mkdir(join(root, 'dist', '.stamps'), { recursive: true });
    await writeFile(stamp, fingerprint);
  }
}

async function readStamp(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
