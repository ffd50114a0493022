/** `npm run figures -- exporter`: memory and seconds per window of the bundled exporter, and how they grow with pods. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { bundleExporter } from '../exporter/bundle.ts';
import { customerId, startApi } from '../test/exporter/stand-ins.ts';
import { freePort } from '../test/harness/prometheus.ts';
import { crowdedDay } from '../test/metering/crowd.ts';
import { type ServedDays, serveDays } from '../test/metering/days.ts';
import { type Case, hourMs } from '../test/metering/model.ts';
import { printJson, printTable } from './support/report.ts';

interface Measured {
  pods: number;
  windows: number;
  secondsPerWindow: number;
  idleMiB: number;
  peakMiB: number;
  complete: number;
}

const rssLimitMiB = 96;
const podsOfTheLimit = 100;
const windows = 3;
/** When the garbage collector comes makes some MiB of difference between two runs. */
const runsEach = 3;
const patienceMs = 120_000;
// As the image sets them.
const dockerfile = readFileSync(new URL('../exporter/Dockerfile', import.meta.url), 'utf8');
const flags = [...dockerfile.matchAll(/"(--[^"]+)"/g)].map(([, flag]) => flag ?? '');

export async function run(args: string[]): Promise<void> {
  const command = new Command('exporter')
    .description(
      'the bundled exporter over hourly windows of two-container pods, scraped every 30 s; the middle of three runs',
    )
    .option('--pods <list>', 'numbers of pods, with commas', '10,100,300')
    .parse(args, { from: 'user' });
  const bundle = await bundleExporter();
  const measured: Measured[] = [];
  for (const pods of command.opts<{ pods: string }>().pods.split(',').map(Number)) {
    const toMs = Math.floor(Date.now() / hourMs) * hourMs;
    const day = crowdedDay(pods, toMs - windows * hourMs, toMs);
    const served = await serveDays([day]);
    try {
      const runs: Measured[] = [];
      for (let n = 0; n < runsEach; n++) runs.push(await measure(bundle, pods, day, served));
      measured.push(middle(runs));
    } finally {
      await served.stop();
    }
  }
  const rows = measured.map((m) => [
    m.pods,
    m.windows,
    m.secondsPerWindow.toFixed(2),
    m.idleMiB,
    m.peakMiB,
    m.complete,
  ]);
  printTable([['pods', 'windows', 'seconds/window', 'idle MiB', 'peak RSS MiB', 'complete'], ...rows]);
  printJson('exporter', { flags, measured });
  const limited = measured.filter((m) => m.pods <= podsOfTheLimit);
  if (limited.some((m) => m.peakMiB >= rssLimitMiB) || measured.some((m) => m.complete !== m.windows))
    process.exitCode = 1;
}

/** The run in the middle by its peak; complete only as the worst of them. */
function middle(runs: Measured[]): Measured {
  const sorted = runs.toSorted((a, b) => a.peakMiB - b.peakMiB);
  const chosen = sorted[Math.floor(sorted.length / 2)];
  if (!chosen) throw new Error('nothing was measured');
  return { ...chosen, complete: Math.min(...runs.map((r) => r.complete)) };
}

async function measure(bundle: string, pods: number, day: Case, served: ServedDays): Promise<Measured> {
  const api = await startApi(day.fromMs);
  // Held back until the idle memory has been read.
  let held = true;
  api.interrupt = () => (held ? { status: 503 } : null);
  const spool = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  const child = spawn(process.execPath, [...flags, bundle], {
    env: {
      MALLOC_ARENA_MAX: '1',
      CUSTOMER_ID: customerId,
      NAMESPACE: day.namespace,
      PROMETHEUS_URL: served.prometheus.url,
      BILLING_API_URL: api.url,
      API_KEY: 'rep_bench',
      SPOOL_DIR: spool,
      HEALTH_CHECK_PORT: String(await freePort()),
      SETTLE_DELAY: '0',
      LOG_LEVEL: 'error',
    },
    stdio: 'ignore',
  });
  try {
    await delay(1500);
    const idleMiB = memoryOf(child.pid, 'VmRSS');
    held = false;
    const until = Date.now() + patienceMs;
    while (api.accepted.length < windows && Date.now() < until) await delay(50);
    const computed = api.accepted.map((r) => r.revision ?? 0).sort((a, b) => a - b);
    const spanMs = (computed.at(-1) ?? 0) - (computed[0] ?? 0);
    const peakMiB = memoryOf(child.pid, 'VmHWM');
    const complete = api.accepted.filter((r) => r.complete).length;
    const secondsPerWindow = spanMs / 1000 / Math.max(1, computed.length - 1);
    return { pods, windows: api.accepted.length, secondsPerWindow, idleMiB, peakMiB, complete };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    await api.close();
    rmSync(spool, { recursive: true, force: true });
  }
}

/** VmRSS (now) or VmHWM (the highest so far) of a process, whole MiB. */
function memoryOf(pid: number | undefined, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
}
