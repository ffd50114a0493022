/**
 * A package of sdk/ as a customer gets it: built, packed by npm, installed offline from the tarball into an empty folder. Owns the
 * folder; what is done with it is the test's.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage, manifestOf, sdkFolder } from '../../tools/sdk.ts';
import { root, run } from '../project/tool.ts';

export interface Installed {
  folder: string;
  /** The files of the tarball, sorted. */
  files: string[];
  /** Writes a file into the folder. */
  write: (file: string, text: string) => void;
  /** Runs a program of the project there, e.g. `node` or `tsc`; throws with what it said when it failed. */
  run: (command: string, ...args: string[]) => Promise<string>;
  /** The host's program against the package's types, as strict as can be; throws with what the compiler said. */
  compile: (program: string, moduleResolution: string) => Promise<string>;
  remove: () => void;
}

const compilerOptions = { target: 'es2023', strict: true, noEmit: true, skipLibCheck: false, types: ['node'] };

/** What the project has installed, for types and servers that a host has beside the package. */
export type Beside = readonly string[];

interface Pack {
  filename: string;
  files: { path: string }[];
}

async function succeed(cwd: string, command: string, args: string[]): Promise<string> {
  const { status, output } = await run(command, args, { cwd });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${output}`);
  return output;
}

async function pack(folder: string, into: string): Promise<Pack> {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', into, folder];
  const [made] = JSON.parse(await succeed(into, 'npm', args)) as Pack[];
  if (!made) throw new Error(`npm packed nothing of ${folder}`);
  return made;
}

/** Builds, packs and installs one package with what it depends on. @param beside packages that the host has too */
export async function installPacked(name: string, beside: Beside = []): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-packed-'));
  const source = join(folder, 'source');
  for (const file of ['package.json', 'README.md']) cpSync(join(sdkFolder(name), file), join(source, file));
  buildPackage(name, source);
  const needed = Object.keys(manifestOf(name).dependencies ?? {}).map((one) => join(root, 'node_modules', one));
  const packs: Pack[] = [];
  for (const one of [...needed, source]) packs.push(await pack(one, folder));
  rmSync(source, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a-host', private: true, type: 'module' }));
  const tarballs = packs.map(({ filename }) => `./${filename}`);
  const quiet = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error'];
  await succeed(folder, 'npm', ['install', ...quiet, ...tarballs]);
  for (const one of beside) {
    mkdirSync(dirname(join(folder, 'node_modules', one)), { recursive: true });
    symlinkSync(join(root, 'node_modules', one), join(folder, 'node_modules', one));
  }
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  return {
    folder,
    files: (packs.at(-1)?.files ?? []).map(({ path }) => path).toSorted(),
    write,
    run: (command, ...args) => succeed(folder, command, args),
    compile(program, moduleResolution) {
      const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext';
      const options = { ...compilerOptions, module, moduleResolution };
      write('host.ts', program);
      write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['host.ts'] }));
      return succeed(folder, 'tsc', ['-p', '.']);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
