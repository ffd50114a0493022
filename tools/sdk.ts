/**
 * `npm run sdk [NAME]`: builds the packages of sdk/ into their dist/ folders and says what each entry weighs in a host.
 * An entry is a file of sdk/NAME/src; what lies deeper is the package's own. The same sources give the same bytes.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const sdk = join(root, 'sdk');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** The package.json of a folder of sdk/, as far as it is read here. */
export interface Manifest {
  name: string;
  version: string;
  exports: Record<string, { types: string; default: string } | string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** What an entry weighs in a host's bundle, with the package's dependencies and without its peers. */
export interface Size {
  /** As a host imports it, e.g. `@tenantry/licence-guard/hono`. */
  entry: string;
  minifiedBytes: number;
  gzipBytes: number;
}

/** The names of the folders in sdk/ that hold a package. */
export const sdkPackages = (): string[] => readdirSync(sdk).toSorted();

export const sdkFolder = (name: string): string => join(sdk, name);

export const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(sdk, name, 'package.json'), 'utf8')) as Manifest;

/**
 * Compiles one package, JavaScript and types, into the folder's dist/. Throws with the compiler's words.
 * @param into tests build in folders of their own, beside one another
 */
export function buildPackage(name: string, into = sdkFolder(name)): void {
  const dist = join(into, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const args = [compiler, '-p', sdkFolder(name), '--outDir', dist];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sdk/${name} does not compile:\n${stdout}${stderr}`);
}

async function sizeOf(entry: string, file: string, external: string[]): Promise<Size> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    legalComments: 'none',
    external,
    nodePaths: [join(root, 'node_modules')],
  });
  const bundle = outputFiles[0]?.contents ?? new Uint8Array();
  return { entry, minifiedBytes: bundle.length, gzipBytes: gzipSync(bundle).length };
}

/** What each entry of a package that is built in a folder weighs. */
export function sizesOf(name: string, folder = sdkFolder(name)): Promise<Size[]> {
  const { name: packageName, exports, peerDependencies = {} } = manifestOf(name);
  const sizes = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [sizeOf(packageName + subpath.slice(1), join(folder, target.default), Object.keys(peerDependencies))],
  );
  return Promise.all(sizes);
}

const printRow = (entry: string, minified: string, gzip: string): void =>
  console.log(`${entry.padEnd(40)}${minified.padStart(10)}${gzip.padStart(10)}`);

if (import.meta.main) {
  const asked = process.argv.slice(2);
  printRow('ENTRY', 'MINIFIED', 'GZIP');
  for (const name of asked.length > 0 ? asked : sdkPackages()) {
    buildPackage(name);
    for (const { entry, minifiedBytes, gzipBytes } of await sizesOf(name)) {
      printRow(entry, `${minifiedBytes} B`, `${gzipBytes} B`);
    }
  }
}
