/** A PostgreSQL of its own in a temporary folder, with the Express server before it; both end with `stop`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { choosePort } from '../../../dev/free-port.ts';

const BINARIES = ['/usr/lib/postgresql/15/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/17/bin'];
const READY_TRIES = 100;
const READY_PAUSE_MS = 100;

const SCHEMA = `
  CREATE TABLE api_keys (hash text PRIMARY KEY, customer_id text NOT NULL);
  CREATE TABLE usage_reports (
    customer_id text NOT NULL, instance_id text NOT NULL, namespace text NOT NULL,
    window_start timestamptz NOT NULL, window_end timestamptz NOT NULL, revision bigint NOT NULL,
    cpu_hours double precision, memory_gb_hours double precision, storage_used_gb double precision,
    storage_capacity_gb double precision, network_bytes_sent bigint, network_bytes_received bigint,
    http_requests bigint, running_pods double precision, reported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, window_end, instance_id, namespace))`;

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function postgresUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:.*$/m)?.[0];
  if (line === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

async function untilReady(url: string): Promise<pg.Client> {
  for (let i = 0; ; i++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (i === READY_TRIES) throw error;
      await sleep(READY_PAUSE_MS);
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

export type Baseline = { url: string; rows: () => Promise<number>; stop: () => Promise<void> };

/** Starts both; null when there is no PostgreSQL on this machine. */
export async function startBaseline(key: string, customerId: string): Promise<Baseline | null> {
  const binaries = BINARIES.find((path) => existsSync(join(path, 'postgres')));
  if (binaries === undefined) return null;
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const as = user ?? {};
  execFileSync(join(binaries, 'initdb'), ['-D', folder, '-U', 'bench', '-A', 'trust'], { ...as, stdio: 'ignore' });
  const port = await choosePort(0);
  const postgres = spawn(
    join(binaries, 'postgres'),
    ['-D', folder, '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
    {
      ...as,
      stdio: 'ignore',
    },
  );
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  const client = await untilReady(url);
  await client.query(SCHEMA);
  await client.query('INSERT INTO api_keys VALUES ($1, $2)', [
    createHash('sha256').update(key).digest('hex'),
    customerId,
  ]);
  const server = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./express-server.ts'))], {
    env: { ...process.env, DATABASE_URL: url, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  return {
    url: `http://127.0.0.1:${line.replace('listening ', '')}`,
    rows: async () => Number((await client.query<{ n: string }>('SELECT count(*) AS n FROM usage_reports')).rows[0]?.n),
    async stop() {
      await end(server, 'SIGTERM');
      await client.end();
      await end(postgres, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
