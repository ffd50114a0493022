/** The child process of description.ts: imports Wrangler, sends what it read, ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { unstable_getMiniflareWorkerOptions, unstable_readConfig, unstable_splitSqlQuery } from 'wrangler';
import type { Database, DescriptionMessage, Migration, Pages, WorkerDescription } from './description.ts';

/** The migrations of a folder in the order in which Wrangler applies them. */
function migrationsOf(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => ({
    name,
    statements: unstable_splitSqlQuery(readFileSync(join(folder, name), 'utf8')),
  }));
}

/** What serves the pages on this machine (pages-script.ts) knows this one way of `[assets]`. */
function pagesOf(config: ReturnType<typeof unstable_readConfig>): Pages | null {
  const { assets } = config;
  if (assets?.directory === undefined) return null;
  const workerFirst = assets.run_worker_first;
  if (assets.not_found_handling !== 'single-page-application' || !Array.isArray(workerFirst)) {
    throw new Error('[assets] needs not_found_handling = "single-page-application" and a list run_worker_first');
  }
  return { directory: resolve(dirname(config.configPath ?? ''), assets.directory), workerFirst };
}

function describe(configPath: string): WorkerDescription {
  const config = unstable_readConfig({ config: configPath }, { hideWarnings: true });
  if (config.name === undefined || config.main === undefined) throw new Error('the Worker needs a name and a main');
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const { modulesRules: _bundlersBusiness, assets: _servedByOurEdge, ...options } = workerOptions;
  const databases: Database[] = config.d1_databases.map(
    ({ binding, migrations_dir }: { binding: string; migrations_dir?: string }) => ({
      binding,
      migrations: migrations_dir === undefined ? [] : migrationsOf(join(dirname(configPath), migrations_dir)),
    }),
  );
  return {
    name: config.name,
    bundledEntry: `${basename(config.main, extname(config.main))}.js`,
    options: options as Record<string, unknown>,
    vars: config.vars,
    queues: { producers: config.queues.producers, consumers: config.queues.consumers },
    crons: config.triggers.crons ?? [],
    databases,
    pages: pagesOf(config),
  };
}

function answer(configPath: string): DescriptionMessage {
  try {
    return { description: describe(configPath) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

process.send?.(answer(process.argv[2] ?? 'wrangler.toml'), () => process.exit());
