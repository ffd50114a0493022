/** Bundles the instance into one file, as the image runs it: `node examples/instance/bundle.ts [outfile]`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const local = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Writes the bundle and answers its path. Some libraries in it are CommonJS and need a `require` of their own. */
export async function bundleInstance(outfile = 'dist/instance.mjs'): Promise<string> {
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [local('./main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    // Where the packages of sdk/ are, which a customer has from the registry.
    tsconfig: local('../../tsconfig.node.json'),
    // PGlite is for machines without a server, and brings files of its own; pg's native part is nobody's here.
    external: ['@electric-sql/pglite', 'pg-native'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

if (import.meta.main) console.log(await bundleInstance(process.argv[2]));
