/** One run of the bundled exporter, with the image's Node flags, over windows that a Prometheus has: its memory and its time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { type StandInApi, startApi } from '../../../test/exporter/stand-ins.ts';
import { freePort } from '../../../test/harness/prometheus.ts';
import { cpuSeconds, memoryMiB } from '../processes.ts';

export interface ExporterRun {
  bundle: string;
  prometheusUrl: string;
  /** Where its reporters begin. */
  fromMs: number;
  /** Its environment beyond addresses and key. */
  env: Record<string, string>;
  reporters?: StandInApi['reporters'];
  /** Reports that it is to send. */
  reports: number;
  patienceMs: number;
  onProgress?: (accepted: number) => void;
}

export interface Measured {
  reports: number;
  complete: number;
  /** What all of them took, by the times between their computations, seconds: what comes before the first is not of them. */
  seconds: number;
  cpuSeconds: number;
  idleMiB: number;
  peakMiB: number;
}

// As the image sets them.
const dockerfile = readFileSync(new URL('../../../exporter/Dockerfile', import.meta.url), 'utf8');
export const flags = [...dockerfile.matchAll(/"(--[^"]+)"/g)].map(([, flag]) => flag ?? '');

const idleAfterMs = 1500;
const lookEveryMs = 50;
const progressEveryMs = 10_000;

/** Throws when it ends by itself, with what it wrote. */
export async function runExporter(asked: ExporterRun): Promise<Measured> {
  const api = await startApi(asked.fromMs);
  api.reporters = asked.reporters ?? [];
  // Held back until the idle memory has been read.
  let held = true;
  api.interrupt = () => (held ? { status: 503 } : null);
  const spool = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  const child = spawn(process.execPath, [...flags, asked.bundle], {
    env: {
      MALLOC_ARENA_MAX: '1',
      PROMETHEUS_URL: asked.prometheusUrl,
      BILLING_API_URL: api.url,
      API_KEY: 'rep_bench',
      SPOOL_DIR: spool,
      HEALTH_CHECK_PORT: String(await freePort()),
      SETTLE_DELAY: '0',
      LOG_LEVEL: 'error',
      ...asked.env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const pid = child.pid ?? 0;
  try {
    await delay(idleAfterMs);
    const idleMiB = memoryMiB(pid, 'VmRSS');
    held = false;
    const startedMs = Date.now();
    let toldMs = startedMs;
    while (api.accepted.length < asked.reports && Date.now() < startedMs + asked.patienceMs) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the exporter ended with ${child.exitCode ?? child.signalCode}: ${said}`);
      if (Date.now() > toldMs + progressEveryMs) {
        toldMs = Date.now();
        asked.onProgress?.(api.accepted.length);
      }
      await delay(lookEveryMs);
    }
    return {
      reports: api.accepted.length,
      complete: api.accepted.filter((r) => r.complete).length,
      seconds: secondsOf(api.accepted),
      cpuSeconds: cpuSeconds(pid).own,
      idleMiB,
      peakMiB: memoryMiB(pid, 'VmHWM'),
    };
  } finally {
    child.kill('SIGTERM');
    await gone;
    await api.close();
    rmSync(spool, { recursive: true, force: true });
  }
}

/** A report has the time of its computation for its revision. */
function secondsOf(reports: WindowReport[]): number {
  const times = reports.map((r) => r.revision ?? 0);
  const spanMs = Math.max(0, ...times) - Math.min(...times);
  return (spanMs / 1000 / Math.max(1, times.length - 1)) * times.length;
}
