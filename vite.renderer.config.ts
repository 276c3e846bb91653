import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page: one build for the desktop and the browser shell, with relative addresses and no inline script. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    // An inlined asset would be a `data:` font, which the content security policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
});
