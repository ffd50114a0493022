/**
 * What wrangler.toml says about the Worker, as data: Miniflare's options, queues, crons, and the databases with their
 * migrations cut into statements. The one description that also deploys; nothing is repeated here.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PlatformError } from '../problem.ts';
import type { WranglerQueues } from '../queue/settings.ts';

export type Migration = { name: string; statements: string[] };
/** Where the built pages are, and which paths are the Worker's before any page. */
export type Pages = { directory: string; workerFirst: string[] };
export type Database = { binding: string; migrations: Migration[] };

export type WorkerDescription = {
  name: string;
  /** The name that the bundler gives the entry: the source's, with `.js`. */
  bundledEntry: string;
  /** Miniflare's (version 4) worker options, made by Wrangler, without what only a bundler needs. */
  options: Record<string, unknown>;
  vars: Record<string, unknown>;
  queues: WranglerQueues;
  crons: string[];
  databases: Database[];
  /** Null for a Worker without pages. */
  pages: Pages | null;
};

/** What the child sends: the description, or one line that says what is wrong. */
export type DescriptionMessage = { description: WorkerDescription } | { problem: string };

const READER = fileURLToPath(new URL('description-reader.ts', import.meta.url));

/**
 * Reads the description in a child process: importing Wrangler costs 175 MB that would stay for the platform's life.
 * Throws PlatformError with Wrangler's own reason.
 */
export function describeWorker(configPath: string): Promise<WorkerDescription> {
  return new Promise((resolve, reject) => {
    const child = fork(READER, [configPath], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    child.on('message', (message: DescriptionMessage) => {
      if ('description' in message) resolve(message.description);
      else reject(new PlatformError(message.problem));
    });
    child.on('error', reject);
    child.on('exit', () => reject(new PlatformError(`${configPath} could not be read: ${output.trim()}`)));
  });
}
