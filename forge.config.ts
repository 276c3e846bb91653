import type { ForgeConfig } from '@electron-forge/shared-types';
import { isAppFile, pruneForeignBinaries } from './electron/packaging/app-files.ts';
import { electronExecutable } from './electron/packaging/electron-executable.ts';
import { burnFuses } from './electron/packaging/fuses.ts';

const electronZipDir = process.env['GANTRY_ELECTRON_ZIP_DIR'];

/**
 * `npm run package`: an unpacked application from dist/ and an Electron zip.
 * With GANTRY_ELECTRON_ZIP_DIR the zip comes from that folder and nothing is fetched.
 */
const config: ForgeConfig = {
  packagerConfig: {
    name: 'Gantry',
    executableName: 'gantry-desktop',
    appBundleId: 'io.gantry.station',
    asar: { unpack: '**/node_modules/{better-sqlite3,onnxruntime-node}/**' },
    // The bundles carry everything else; packager must not look through node_modules itself.
    prune: false,
    ignore: (path: string) => path !== '' && !isAppFile(path),
    ...(electronZipDir === undefined ? {} : { electronZipDir }),
  },
  // The native packages bring N-API binaries that Electron loads as they are.
  rebuildConfig: { onlyModules: [] },
  hooks: {
    packageAfterCopy: async (_config, appDir, _version, platform, arch) => {
      await pruneForeignBinaries(appDir, { platform, arch });
      await burnFuses(electronExecutable(appDir, platform));
    },
  },
};

export default config;
