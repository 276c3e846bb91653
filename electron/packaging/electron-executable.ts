import { join, resolve } from 'node:path';

/** The executable of a package under construction, seen from its `resources/app` folder. */
export function electronExecutable(appDir: string, platform: string): string {
  const contents = resolve(appDir, '../..');
  switch (platform) {
    case 'darwin':
    case 'mas':
      return join(contents, 'MacOS/Electron');
    case 'win32':
      return join(contents, 'electron.exe');
    default:
      return join(contents, 'electron');
  }
}
