import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// `node electron/packaging/make-installers.ts [builder options]`: installers for this platform, from a local Electron zip when there is one.
const root = join(import.meta.dirname, '../..');
const zipDir = process.env['GANTRY_ELECTRON_ZIP_DIR'];
const options = [
  '--config',
  'electron-builder.yml',
  ...(zipDir === undefined ? [] : [`-c.electronDist=${zipDir}`]),
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/electron-builder/cli.js'), ...options], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
