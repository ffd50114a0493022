/**
 * The journey of usage: sign up, run on the real control plane, use what is known, be scraped by a real Prometheus, be
 * reported by the exporter in windows of a minute, and read the cost. Owns the order of things; what is used is
 * metering-workload.ts, what is billed metering-bill.ts. Takes a minute per window by nature, and up to one before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SignedUp, signUp, untilStatus } from '../../../bench/support/api.ts';
import type { Kube } from '../../../bench/support/kube.ts';
import { ceilTo, iso, minuteMs, secondMs } from '../../../src/lib/time.ts';
import { freePort } from '../../harness/prometheus.ts';
import { type Bill, judgedBill, prepareBilling, storedWindows } from './metering-bill.ts';
import { type RunningExporter, startExporter } from './metering-exporter.ts';
import type { Workload } from './metering-truth.ts';
import { memoryBytesShown, startBatch, startWorkload } from './metering-workload.ts';
import { memoryBytesSeen, startWorld, type Undo, type World } from './metering-world.ts';

const windowMs = minuteMs;
/** The longest that a scrape may take: one that began at a window's edge is in Prometheus by then. */
const settleSeconds = 5;
const instanceId = 'k8s-minutes';
const waitMs = 60_000;
const pauseMs = 250;
/** After the last window: settling, sending, the queue and D1, on a busy machine. */
const arrivalMs = 60_000;
/** From either edge of the measured time to the batch pod's birth and death, so that whole windows lie outside. */
const inwardMs = 1.25 * windowMs;

export interface JourneyOptions {
  /** How many windows to measure, 5 to 100. */
  windows: number;
  log: (line: string) => void;
}

export interface JourneyResult extends Bill {
  exporter: { exitCode: number | null; logs: string[] };
}

/** Runs it all and ends what it started. Null on a cluster that was given: only kwok's own metrics have a known truth. */
export async function meteringJourney({ windows, log }: JourneyOptions): Promise<JourneyResult | null> {
  const undo: Undo = [];
  try {
    const world = await startWorld(undo);
    if (!world) return null;
    const { api, kube, prometheusUrl } = world;
    const customer = await signUp(api, 'metered');
    const { customerId, namespace } = customer;
    await untilStatus(api, customerId, 'ready');
    log(`${namespace} is ready`);
    const workload = await startWorkload(kube, namespace, until);
    const key = await prepareBilling(api, customerId, instanceId);
    const isSeen = async () => (await memoryBytesSeen(prometheusUrl, namespace)) === memoryBytesShown(workload);
    await until('Prometheus shows the workload', isSeen);
    const firstMs = ceilTo(Date.now() + secondMs, windowMs);
    log(`measuring ${windows} windows from ${iso(firstMs)}`);
    const env = { ...(await chartSettings(kube, customer)), ...ownSettings(world, key, await freePort(), firstMs) };
    const exporter = await startExporter(world.folder, env);
    undo.push(exporter.stop);
    const batch = await comeAndGo(kube, namespace, firstMs + inwardMs, firstMs + windows * windowMs - inwardMs);
    await untilStored(world, customerId, exporter, { windows, untilMs: firstMs + windows * windowMs + arrivalMs });
    const exitCode = await exporter.stop();
    const whole = { pods: [...workload.pods, ...batch.pods], claims: [...workload.claims, ...batch.claims] };
    return { ...(await judgedBill(api, customerId, whole)), exporter: { exitCode, logs: exporter.logs } };
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited ${waitMs} ms in vain: ${what}`);
    await sleep(pauseMs);
  }
}

/** What the chart tells the exporter in this namespace, but for the paths inside its container. */
async function chartSettings(kube: Kube, { namespace }: SignedUp): Promise<Record<string, string>> {
  const labelSelector = 'app.kubernetes.io/component=billing-exporter';
  const { items } = await kube.core.listNamespacedConfigMap({ namespace, labelSelector });
  const data = items[0]?.data;
  if (!data) throw new Error('the chart made no settings for the exporter');
  const { API_KEY_FILE: _key, SPOOL_DIR: _spool, ...rest } = data;
  return rest;
}

/** What differs here: where things are, the minutes, and their reporter. */
const ownSettings = ({ api, prometheusUrl }: World, key: string, port: number, firstMs: number) => ({
  PROMETHEUS_URL: prometheusUrl,
  BILLING_API_URL: api.url,
  API_KEY: key,
  INSTANCE_ID: instanceId,
  COLLECTION_INTERVAL: `${windowMs}`,
  ALLOW_SHORT_WINDOWS: 'true',
  SETTLE_DELAY: `${settleSeconds}`,
  BACKFILL_FROM: iso(firstMs),
  HEALTH_CHECK_PORT: `${port}`,
});

/** The batch pod's life. */
async function comeAndGo(kube: Kube, namespace: string, fromMs: number, toMs: number): Promise<Workload> {
  await sleep(Math.max(0, fromMs - Date.now()));
  const batch = await startBatch(kube, namespace);
  await sleep(Math.max(0, toMs - Date.now()));
  return batch.end();
}

async function untilStored(
  { api }: World,
  customerId: string,
  exporter: RunningExporter,
  { windows, untilMs }: { windows: number; untilMs: number },
): Promise<void> {
  while ((await storedWindows(api, customerId)).length < windows) {
    const ended = exporter.exitCode();
    if (ended !== null || Date.now() > untilMs) {
      throw new Error(`not all windows came (the exporter's exit code: ${ended})\n${exporter.logs.join('\n')}`);
    }
    await sleep(secondMs);
  }
}
