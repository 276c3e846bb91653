import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Electron binary, or null. Looks at files only: `require('electron')` would start a blocking download.
 * ELECTRON_OVERRIDE_DIST_PATH names an unpacked Electron, as Electron's own launcher understands it.
 */
export function findElectron(root: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') return existing(join(override, executableName(platform)));
  const version = readText(join(folder, 'dist', 'version'));
  const manifest = readText(join(folder, 'package.json'));
  const name = readText(join(folder, 'path.txt'));
  if (version === null || manifest === null || name === null) return null;
  const { version: wantedVersion } = JSON.parse(manifest) as { version: string };
  return version.replace(/^v/, '') === wantedVersion ? existing(join(folder, 'dist', name)) : null;
}

function executableName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

function existing(path: string): string | null {
  return existsSync(path) ? path : null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null; // not there: Electron is not installed, or only half
  }
}
