import { isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { NATIVE_PACKAGES } from './electron/packaging/app-files.ts';

const OWN_FILE_URL = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.ts)\1\s*,\s*import\.meta\.url\s*\)/g;

/** Workers and child processes are named as `new URL('./worker.ts', import.meta.url)`; each becomes an entry of its own here. */
function ownFileUrls(): Plugin {
  return {
    name: 'own-file-urls',
    transform: {
      filter: { code: 'import.meta.url' },
      handler(code, id) {
        return code.replace(OWN_FILE_URL, (_match, _quote, file: string) => {
          const reference = this.emitFile({ type: 'chunk', id: resolve(dirname(id), file) });
          return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
        });
      },
    },
  };
}

/**
 * The desktop shell in two runs: `--mode shell` (main process and station host, ES modules) and `--mode preload` (CommonJS, because a
 * sandboxed preload must be). Everything is bundled but Electron, Node and the packages with machine code.
 */
export default defineConfig(({ mode }) => {
  const isPreload = mode === 'preload';
  return {
    plugins: [ownFileUrls()],
    ssr: { noExternal: true, external: ['electron', ...NATIVE_PACKAGES] },
    build: {
      ssr: true,
      outDir: 'dist/electron',
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      sourcemap: !isPreload,
      rolldownOptions: {
        input: isPreload ? { preload: 'electron/preload/preload.ts' } : { main: 'electron/main/main.ts', 'station-host': 'electron/station-host/main.ts' },
        external: (id: string) => id === 'electron' || isBuiltin(id) || NATIVE_PACKAGES.includes(id),
        output: {
          format: isPreload ? ('cjs' as const) : ('es' as const),
          entryFileNames: isPreload ? '[name].cjs' : '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  };
});
