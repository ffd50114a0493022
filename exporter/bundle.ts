/** Bundles the exporter into one file, as the image runs it: `node exporter/bundle.ts [outfile]`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

export const bundleFile = 'dist/exporter.mjs';

/** Writes the bundle and answers its path. Some libraries in it are CommonJS and need a `require` of their own. */
export async function bundleExporter(outfile = bundleFile): Promise<string> {
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [new URL('./main.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

if (import.meta.main) console.log(await bundleExporter(process.argv[2]));
