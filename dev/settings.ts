/**
 * The platform's own configuration: environment and flags, read once. Variables of the Worker and the provisioner only
 * pass through; those programs check them (worker-environment.ts, provisioner.ts).
 */
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { byDefault, integer, optional, readVariables, text, url } from '../src/lib/variables.ts';
import { PlatformError } from './problem.ts';

const PORT_MAX = 65_535;
const EXPORTERS_MAX = 20;
const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export const platformVariables = {
  PORT: byDefault('8787', integer(0, PORT_MAX), "the API's port; 0 picks a free one"),
  DATA_DIR: byDefault('.data', text(), 'where everything is kept'),
  WORKER_CONFIG: byDefault('wrangler.toml', text(), "the Worker's description"),
  PROVISIONER_PROGRAM: byDefault('provisioner/main.ts', text(), "the provisioner's entry; off starts none"),
  EXPORTERS: byDefault(String(EXPORTERS_MAX), integer(0, EXPORTERS_MAX), 'exporters at once; 0 starts none'),
  PROMETHEUS_URL: optional(url, "a Prometheus of your own, in the simulated one's place"),
};

export type Settings = {
  port: number;
  dataDir: string;
  fresh: boolean;
  /** The Worker's description, a wrangler.toml. */
  workerConfig: string;
  /** The provisioner's entry, or null to start none. */
  provisioner: string | null;
  /** How many exporters may run over the simulated cluster. */
  exporters: number;
};

/** Reads environment and arguments; relative programs are the project's. Throws PlatformError, a line a variable. */
export function readSettings(env: Record<string, string | undefined>, args: string[]): Settings {
  const unknown = args.filter((arg) => arg !== '--fresh');
  if (unknown.length > 0) throw new PlatformError(`unknown argument ${unknown.join(' ')}; there is only --fresh`);
  const read = readVariables(platformVariables, env);
  if (!read.ok) throw new PlatformError(read.error.join('\n'));
  const ofProject = (path: string) => (isAbsolute(path) ? path : join(projectRoot, path));
  const { PORT, DATA_DIR, WORKER_CONFIG, PROVISIONER_PROGRAM, EXPORTERS } = read.value;
  return {
    port: PORT,
    dataDir: resolve(DATA_DIR),
    fresh: args.includes('--fresh'),
    workerConfig: ofProject(WORKER_CONFIG),
    provisioner: PROVISIONER_PROGRAM === 'off' ? null : ofProject(PROVISIONER_PROGRAM),
    exporters: EXPORTERS,
  };
}
