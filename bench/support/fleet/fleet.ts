/**
 * A fleet that signs up at once, brought up by one provisioner on the test's control plane, with as many stacks made by hand before and
 * after it. Owns the order; what it costs is read by cost.ts, the stacks by hand are bare.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleProvisioner } from '../../../provisioner/bundle.ts';
import { queueHistory } from '../../../src/contracts/queue.ts';
import { startCluster, type TestCluster } from '../../../test/harness/cluster.ts';
import { startPlatform, type TestPlatform } from '../../../test/harness/platform.ts';
import { toolPath } from '../../../test/harness/tools.ts';
import { type Api, callApi, persistently, signUp, untilStatus } from '../api.ts';
import { kubeOf, releases, removeNamespaces } from '../kube.ts';
import { installBare, patternOf } from './bare.ts';
import { between, type Cpu, cpuOf, peakMiB, pidOf, requestsIn, watchMemory } from './cost.ts';

export type FleetOptions = {
  customers: number;
  /** Jobs that the provisioner runs at once, and helms by hand. */
  concurrency: number;
  /** Stacks by hand, before the fleet and again after it. */
  byHand: number;
  /** The fleet has failed when it is not up by then. */
  minutes: number;
  log: (line: string) => void;
};

/** Seconds of so many stacks, and what they took of the processor. */
export type Stretch = { releases: number; seconds: number; cpu: Cpu };

export type FleetResult = {
  fleet: Stretch;
  handBefore: Stretch;
  handAfter: Stretch;
  ready: number;
  failed: number;
  deployedReleases: number;
  provisionerMiB: number;
  withHelmsMiB: number;
  /** By who asked, of the fleet's time; null with a cluster that was given. */
  requests: Record<string, number> | null;
};

const LOOK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 15_000;
const SIGN_UPS_AT_ONCE = 4;
const ANSWER_MS = 60_000;

/** Jobs that have ended, of all that there were: the queue's lists keep the last hundred. */
async function endedJobs(api: Api): Promise<{ done: number; failed: number }> {
  const hours = queueHistory.parse(await persistently(() => callApi(api, 'GET', '/api/queue/history'), ANSWER_MS));
  const sum = (key: 'done' | 'failed') => hours.reduce((all, hour) => all + hour[key], 0);
  return { done: sum('done'), failed: sum('failed') };
}
const newShortIds = (count: number): string[] => Array.from({ length: count }, () => randomBytes(4).toString('hex'));

/** Throws for what kept it from being measured; a fleet that is not up in time is told by its numbers. */
export async function bringUpFleet(options: FleetOptions): Promise<FleetResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-fleet-'));
  const cluster = await startCluster({ audit: true });
  const made: string[] = [];
  try {
    const platform = await startPlatform({
      dataDir: join(folder, 'data'),
      env: {
        // As its image runs it: the figure's memory is the bundle's.
        PROVISIONER_PROGRAM: await bundleProvisioner(join(folder, 'provisioner.mjs')),
        KUBECONFIG: cluster.kubeconfig,
        HELM_BIN: toolPath('helm'),
        QUEUE_CONCURRENCY: String(options.concurrency),
      },
    });
    try {
      return await measured(options, cluster, platform, made);
    } finally {
      await platform.stop();
    }
  } finally {
    if (cluster.folder === null) await removeNamespaces(kubeOf(cluster.kubeconfig), made);
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(
  options: FleetOptions,
  { kubeconfig, folder }: TestCluster,
  platform: TestPlatform,
  made: string[],
): Promise<FleetResult> {
  const { customers, concurrency, byHand, log } = options;
  const api = { url: platform.url, token: platform.ready.admin_token };
  const cpu = () => cpuOf(platform.pid, folder);
  /** The first customer is the pattern of those by hand, and warms up what is compiled or cached once. */
  const first = await signUp(api, 'fleet-0', { byAdmin: true });
  made.push(first.namespace);
  await untilStatus(api, first.customerId, 'ready');
  const pattern = await patternOf(kubeconfig, first.namespace.replace('customer-', ''));
  const hand = async (when: string): Promise<Stretch> => {
    const shortIds = newShortIds(byHand);
    made.push(...shortIds.map((shortId) => `customer-${shortId}`));
    const before = cpu();
    const seconds = await installBare(kubeconfig, pattern, shortIds, concurrency);
    log(`${byHand} stacks by hand ${when} the fleet: ${seconds.toFixed(1)} s`);
    return { releases: byHand, seconds, cpu: between(before, cpu()) };
  };
  const handBefore = await hand('before');

  const stop = new AbortController();
  const withHelms = await watchMemory(pidOf(platform.pid, 'provisioner'), stop.signal);
  const before = cpu();
  const { done } = await endedJobs(api);
  const startedMs = Date.now();
  const since = (): number => (Date.now() - startedMs) / 1000;
  const signing = signUpAll(api, customers, made);
  let toldMs = startedMs;
  let ready = 0;
  let failed = 0;
  while (ready + failed < customers && since() < options.minutes * 60) {
    await sleep(LOOK_EVERY_MS);
    const ended = await endedJobs(api);
    ready = ended.done - done;
    failed = ended.failed;
    if (Date.now() > toldMs + TELL_EVERY_MS) {
      toldMs = Date.now();
      const left = ready === 0 ? '' : `, about ${Math.ceil(((customers - ready) * since()) / ready / 60)} minutes more`;
      log(`${ready} of ${customers} ready after ${Math.round(since())} s${left}`);
    }
  }
  const fleet = { releases: ready, seconds: since(), cpu: between(before, cpu()) };
  const endedMs = Date.now();
  await signing;
  stop.abort();
  const handAfter = await hand('after');
  return {
    fleet,
    handBefore,
    handAfter,
    ready,
    failed,
    deployedReleases: (await releases(kubeconfig, 'deployed')).length,
    provisionerMiB: peakMiB(platform.pid),
    withHelmsMiB: withHelms(),
    requests: folder === null ? null : await requestsIn(folder, startedMs, endedMs),
  };
}

async function signUpAll(api: Api, customers: number, made: string[]): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < customers) {
      next += 1;
      made.push((await signUp(api, `fleet-${next}`, { byAdmin: true })).namespace);
    }
  };
  await Promise.all(Array.from({ length: SIGN_UPS_AT_ONCE }, lane));
}
