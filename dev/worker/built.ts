/**
 * The Worker as it is deployed: bundled and described by Wrangler, which takes seconds, and kept under a hash of what that was made
 * of. A start whose sources are those of an earlier one takes what is kept.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { filesBelow, hashOf } from '../source-hash.ts';
import { bundleWorker } from './bundle.ts';
import { describeWorker, type WorkerDescription } from './description.ts';

/** The project's own. A Worker of another configuration is bundled each time: what it is made of is not known here. */
const root = resolve(import.meta.dirname, '../..');
const folders = ['src', 'migrations'];
const files = ['wrangler.toml', 'package-lock.json', 'tsconfig.json'];
/** Those of some branches that somebody goes to and fro between. */
const keptMax = 4;
const descriptionFile = 'description.json';
const bundleFolder = 'bundle';

/** Bundles into `outDir`, which is emptied before, and describes. Throws PlatformError with Wrangler's reason. */
export async function builtWorker(configPath: string, outDir: string): Promise<WorkerDescription> {
  if (configPath !== join(root, 'wrangler.toml')) return await build(configPath, outDir);
  const kept = join(root, 'node_modules/.cache/tenantry-worker', hashOfSources());
  const before = take(kept, outDir);
  if (before !== null) return before;
  const description = await build(configPath, outDir);
  keep(kept, outDir, description);
  return description;
}

async function build(configPath: string, outDir: string): Promise<WorkerDescription> {
  const [description] = await Promise.all([describeWorker(configPath), bundleWorker(configPath, outDir)]);
  return description;
}

/** The description names folders by their whole paths, and another Node bundles with another Wrangler's eyes. */
const hashOfSources = (): string =>
  hashOf(
    root,
    [...folders.flatMap((folder) => filesBelow(root, folder)), ...files.map((file) => join(root, file))],
    [root, process.version],
  );

/** Null where nothing is kept, or somebody clears it away just now. */
function take(kept: string, outDir: string): WorkerDescription | null {
  try {
    const description = JSON.parse(readFileSync(join(kept, descriptionFile), 'utf8')) as WorkerDescription;
    rmSync(outDir, { recursive: true, force: true });
    cpSync(join(kept, bundleFolder), outDir, { recursive: true });
    return description;
  } catch {
    return null;
  }
}

/** Whole or not at all; a folder that cannot be written, or that another start has written meanwhile, is no matter. */
function keep(kept: string, outDir: string, description: WorkerDescription): void {
  try {
    mkdirSync(dirname(kept), { recursive: true });
    const next = mkdtempSync(`${kept}.`);
    try {
      cpSync(outDir, join(next, bundleFolder), { recursive: true });
      writeFileSync(join(next, descriptionFile), JSON.stringify(description));
      renameSync(next, kept);
    } catch {
      rmSync(next, { recursive: true, force: true });
    }
    forgetOld(dirname(kept), basename(kept));
  } catch {}
}

function forgetOld(folder: string, current: string): void {
  const newestFirst = readdirSync(folder)
    .filter((name) => name !== current)
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of newestFirst.slice(keptMax - 1)) rmSync(path, { recursive: true, force: true });
}
