/** Builds the pages. ui/ imports the API's contracts from ../src, whose packages are the root's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { withoutUnused } from './unused-styles.ts';

const withoutUnusedStyles: Plugin = {
  name: 'without-unused-styles',
  enforce: 'pre',
  transform: (code, id) => (/@patternfly.*[.]css$/.test(id) ? { code: withoutUnused(code), map: null } : null),
};

const filesOf = createRequire(import.meta.url);

/** The files of the API's reference page, which the Worker writes (src/http/openapi-page.ts). */
const reference: Plugin = {
  name: 'reference',
  generateBundle() {
    for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
      const source = readFileSync(filesOf.resolve(`swagger-ui-dist/${name}`));
      this.emitFile({ type: 'asset', fileName: `reference/${name}`, source });
    }
  },
};

export default defineConfig({
  plugins: [withoutUnusedStyles, react(), reference],
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
