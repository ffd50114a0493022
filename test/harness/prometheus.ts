/** A real Prometheus on a free loopback port, over past blocks or a scrape configuration; ended by its own process id. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toolPath } from './tools.ts';

export interface RunningPrometheus {
  url: string;
  folder: string;
  stop(): Promise<void>;
}

export interface PrometheusSetup {
  /** TSDB folder with blocks, e.g. of createBlocks; it is used in place. */
  blocksDir?: string;
  /** prometheus.yml; without one it scrapes nothing. */
  config?: string;
  /** More command line flags. */
  flags?: string[];
}

/** With the pause a minute and a half: only one that hangs is this slow, and one that has ended is seen at once. */
const readyTries = 900;
const readyPauseMs = 100;

export async function startPrometheus(setup: PrometheusSetup = {}): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-prometheus-'));
  const configFile = join(folder, 'prometheus.yml');
  writeFileSync(configFile, setup.config ?? 'global: {scrape_interval: 1h}\n');
  const data = setup.blocksDir ?? join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const child = spawn(
    toolPath('prometheus'),
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
      ...(setup.flags ?? []),
    ],
    { stdio: ['ignore', openSync(join(folder, 'prometheus.log'), 'a'), openSync(join(folder, 'prometheus.log'), 'a')] },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, folder);
  return {
    url,
    folder,
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes OpenMetrics files as blocks into a folder that startPrometheus can serve. One file per two hours is fastest. */
export function createBlocks(files: string[], blocksDir: string): void {
  for (const file of files) {
    const run = spawnSync(toolPath('promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, blocksDir]);
    if (run.status !== 0) throw new Error(`promtool: ${run.stderr.toString().slice(0, 2000)}`);
  }
}

async function untilReady(url: string, child: ChildProcess, folder: string): Promise<void> {
  for (let i = 0; i < readyTries; i++) {
    if (child.exitCode !== null)
      throw new Error(`prometheus ended with ${child.exitCode}; see ${folder}/prometheus.log`);
    const ready = await fetch(`${url}/-/ready`).catch(() => null);
    if (ready?.ok) return;
    await delay(readyPauseMs);
  }
  await end(child);
  throw new Error('prometheus did not become ready');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
