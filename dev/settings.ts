/**
 * The platform's own configuration: environment and flags, read once. Variables of the Worker and the provisioner only
 * pass through; those programs check them (worker-environment.ts, provisioner.ts).
 */
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PlatformError } from './problem.ts';

const PORT_MAX = 65_535;
const EXPORTERS_MAX = 20;
const projectRoot = fileURLToPath(new URL('..', import.meta.url));

const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port, e.g. 8787; 0 picks a free one')
    .default('8787')
    .transform(Number)
    .refine((port) => port <= PORT_MAX, `must be at most ${PORT_MAX}`),
  DATA_DIR: z.string().min(1).default('.data'),
  WORKER_CONFIG: z.string().min(1).default('wrangler.toml'),
  PROVISIONER_PROGRAM: z.string().min(1).default('provisioner/main.ts'),
  EXPORTERS: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a number of exporters; 0 starts none')
    .default(String(EXPORTERS_MAX))
    .transform(Number)
    .refine((most) => most <= EXPORTERS_MAX, `must be at most ${EXPORTERS_MAX}`),
  PROMETHEUS_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
});

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
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = schema.safeParse(given);
  if (!read.success) {
    throw new PlatformError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const ofProject = (path: string) => (isAbsolute(path) ? path : join(projectRoot, path));
  const { PORT, DATA_DIR, WORKER_CONFIG, PROVISIONER_PROGRAM, EXPORTERS } = read.data;
  return {
    port: PORT,
    dataDir: resolve(DATA_DIR),
    fresh: args.includes('--fresh'),
    workerConfig: ofProject(WORKER_CONFIG),
    provisioner: PROVISIONER_PROGRAM === 'off' ? null : ofProject(PROVISIONER_PROGRAM),
    exporters: EXPORTERS,
  };
}
