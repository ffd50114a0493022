/**
 * Builds the pages into ui/dist when they are missing or older than their sources. What is served changes file by file,
 * index.html last, so that no reader of it finds a half of a build. Two builders at once wait for each other.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runTool, type Tool } from './run-tool.ts';
import { sourceHash } from './source-hash.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const ui = join(root, 'ui');
const distOf = (project: string): string => join(project, 'ui', 'dist');
const dist = distOf(root);
/** The hash that ui/dist was built of stands there. */
const sourceFile = '.source';
/** The hash of the lock file that ui/node_modules was installed from. */
const installedOf = join(ui, 'node_modules', '.installed-of');
const lockFolder = join(ui, '.building');
/** Stays whatever is built: it keeps the folder in the repository, which wrangler.toml names. */
const kept = ['.assetsignore', sourceFile];
const PAUSE_MS = 250;

export interface BuildOptions {
  log: (line: string) => void;
  /** Ends the build: what runs is killed. */
  signal: AbortSignal;
}

const textOf = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);
const lockHash = (): string =>
  createHash('sha256')
    .update(readFileSync(join(ui, 'package-lock.json')))
    .digest('hex');

/** Whether ui/dist is what the sources say. */
export const arePagesBuilt = (project = root): boolean =>
  existsSync(join(distOf(project), 'index.html')) && textOf(join(distOf(project), sourceFile)) === sourceHash(project);

/** Installs the packages of ui/ unless they are there. Throws PlatformError with npm's reason. */
export async function installPages(options: BuildOptions): Promise<void> {
  if (!areInstalled()) await alone(options.signal, () => install(options));
}

const areInstalled = (): boolean => textOf(installedOf) === lockHash();

async function install({ log, signal }: BuildOptions): Promise<void> {
  if (areInstalled()) return;
  log('installing their packages (npm ci in ui/, about half a minute)');
  const npm: Tool = {
    name: 'npm ci',
    command: 'npm',
    args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  };
  await runTool(npm, ui, signal);
  writeFileSync(installedOf, lockHash());
}

/** Builds what is missing or stale; says what it does. Throws PlatformError with the reason of the tool that failed. */
export async function buildPages(options: BuildOptions): Promise<void> {
  if (arePagesBuilt()) return;
  await alone(options.signal, async () => {
    if (arePagesBuilt()) return;
    const startedMs = Date.now();
    await install(options);
    const hash = sourceHash(root);
    const next = join(ui, 'node_modules', '.next-pages');
    const args = [join(ui, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', next, '--emptyOutDir'];
    await runTool(
      { name: 'vite build', command: process.execPath, args: [...args, '--logLevel', 'error'] },
      ui,
      options.signal,
    );
    publish(next);
    writeFileSync(join(dist, sourceFile), hash);
    options.log(`built in ${Math.round((Date.now() - startedMs) / 1000)} s`);
  });
}

/** Moves a build into the place that is served: new files, then index.html, then what is old goes. */
function publish(next: string): void {
  const built = readdirSync(next, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(next.length + 1));
  const isEntry = (file: string) => file === 'index.html';
  for (const file of built.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(next, file), join(dist, file));
  }
  const current = new Set([...built, ...kept]);
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !current.has(path.slice(dist.length + 1))) rmSync(path);
  }
  rmSync(next, { recursive: true });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Runs the work while no other process of this machine does; one that died in the middle holds nobody up. */
export async function alone(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const owner = join(lockFolder, 'pid');
  for (;;) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(textOf(owner) ?? process.pid);
    if (!isAlive(pid)) rmSync(lockFolder, { recursive: true, force: true });
    else await sleep(PAUSE_MS, undefined, { signal });
  }
  try {
    writeFileSync(owner, String(process.pid));
    await work();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}
