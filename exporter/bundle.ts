/** Bundles the exporter into one file, as the image runs it: `node exporter/bundle.ts [outfile]`. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const bundleFile = 'dist/exporter.mjs';

const local = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * Our own files import `{ z }`, which is one object of everything that zod has, all languages included; by `* as z` the
 * bundler can leave out what nobody uses. The program holds 128 MiB in all.
 */
const shakeZod: Plugin = {
  name: 'shake-zod',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace("import { z } from 'zod';", "import * as z from 'zod';"), loader: 'ts' };
    });
  },
};

const slimUndici: Plugin = {
  name: 'slim-undici',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^undici$/ }, () => ({ path: local('./slim-undici.cjs') }));
    // HTTP/2 is not asked for (allowH2 is false), and Node's module for it is 10 MiB.
    bundler.onLoad({ filter: /undici.lib.dispatcher.client-h2\.js$/ }, () => ({
      contents: "module.exports = () => { throw new Error('HTTP/2 is not part of this program'); };",
    }));
  },
};

/** Writes the bundle and answers its path. */
export const bundleExporter = (outfile = bundleFile): Promise<string> => bundleProgram(local('./main.ts'), outfile);

/** One file of a program and all that it uses. Some libraries in it are CommonJS and need a `require` of their own. */
export async function bundleProgram(entry: string, outfile: string): Promise<string> {
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [shakeZod, slimUndici],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

if (import.meta.main) console.log(await bundleExporter(process.argv[2]));
