import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { NATIVE_PACKAGES } from './electron/packaging/app-files.ts';

const EXTERNAL = [/^node:/, ...builtinModules, 'electron', ...NATIVE_PACKAGES, 'bufferutil', 'utf-8-validate'];

/** A built program has no packages around it: the fonts of its printed reports lie beside its chunks. */
const REPORT_FONTS: Plugin = {
  name: 'report-fonts',
  generateBundle() {
    const folder = new URL('files/', import.meta.resolve('@fontsource/inter/package.json'));
    for (const file of readdirSync(folder).filter((name) => /-(?:400|600)-normal\.woff$/.test(name)))
      this.emitFile({ type: 'asset', fileName: `fonts/${file}`, source: readFileSync(new URL(file, folder)) });
  },
};

/** The window's process and the station's process. */
const PROCESSES: UserConfig = {
  plugins: [REPORT_FONTS],
  build: {
    outDir: 'dist/electron',
    emptyOutDir: true,
    ssr: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        main: 'electron/main/main.ts',
        'station-host': 'electron/station-host/main.ts',
        'hash-thread': 'native/workers/hash-thread.ts',
        'scan-child': 'native/model-scan/scan-child.ts',
      },
      external: EXTERNAL,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true },
};

/** A sandboxed preload must be one CommonJS file. It is built second, into the same folder. */
const PRELOAD: UserConfig = {
  build: {
    outDir: 'dist/electron',
    emptyOutDir: false,
    ssr: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: { preload: 'electron/preload/preload.ts' },
      external: EXTERNAL,
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
  ssr: { noExternal: true },
};

/** `vite build --config vite.electron.config.ts --mode processes`, then `--mode preload`. */
export default defineConfig(({ mode }) => (mode === 'preload' ? PRELOAD : PROCESSES));
