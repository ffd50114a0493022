/** Builds the pages. ui/ imports the API's contracts from ../src, whose packages are the root's. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The contracts' zod and the app's own are one.
  resolve: { dedupe: ['zod'] },
  build: {
    target: 'es2022',
    // The Content-Security-Policy takes no font or script from a data: URL.
    assetsInlineLimit: 0,
    // Who loads what, for the test of the first load's size.
    manifest: true,
    // Vite's own polyfill for preloads would be an inline script.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
});
