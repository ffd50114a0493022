/** Bundles the provisioner into one file, as the image runs it: `node provisioner/bundle.ts [outfile]`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

/** Writes the bundle and answers its path. Some libraries in it are CommonJS and need a `require` of their own. */
export async function bundleProvisioner(outfile = 'dist/provisioner.mjs'): Promise<string> {
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

if (import.meta.main) console.log(await bundleProvisioner(process.argv[2]));
