import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/**
 * The gateway program: one file that starts on a machine with Node and no node_modules beside it,
 * except onnxruntime-node, which loads machine code from its own folder.
 */
export default defineConfig({
  build: {
    outDir: 'dist/agent',
    emptyOutDir: true,
    ssr: true,
    target: 'node24',
    minify: false, // readable stack traces in a plant are worth more than bytes
    rolldownOptions: {
      input: { 'gantry-agent': 'agent/main.ts' },
      external: [/^node:/, ...builtinModules, 'onnxruntime-node', 'onnxruntime-common', 'bufferutil', 'utf-8-validate'],
      output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false },
    },
  },
  ssr: { noExternal: true },
});
