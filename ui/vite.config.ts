/** Builds the pages. ui/ imports the API's contracts from ../src, whose packages are the root's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The variables of PatternFly's looks that the app does not offer: a fifth of what every page loads of styles. */
const unusedTheme = /^\s*:root:where\([^,]*pf-v6-theme-(?:felt|glass|high-contrast)[^,]*\)\s*$/;

/** A rule of CSS without rules in it, with its selector. */
const plainRule = /([^{}]+)\{[^{}]*\}/g;

const withoutUnusedThemes: Plugin = {
  name: 'without-unused-themes',
  enforce: 'pre',
  transform: (code, id) =>
    /@patternfly.*[.]css$/.test(id)
      ? {
          code: code.replace(plainRule, (rule, selector: string) => (unusedTheme.test(selector) ? '' : rule)),
          map: null,
        }
      : null,
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
  plugins: [withoutUnusedThemes, react(), reference],
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
