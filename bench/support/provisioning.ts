/**
 * Sign-ups on a real control plane, each followed to `ready`, and how long it took from step to step. Owns what is
 * measured; the times of the API are its own clock's, which here is this machine's, as is everything else's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../test/harness/cluster.ts';
import { startPlatform } from '../../test/harness/platform.ts';
import { type Api, readJob, type SignedUp, signUp, untilStatus } from './api.ts';
import { type HelmLog, logHelm } from './helm-log.ts';
import { kubeOf, removeNamespaces } from './kube.ts';

export type ProvisioningOptions = {
  customers: number;
  /** Sign-ups on their way at once, and jobs that the provisioner runs at once. */
  concurrency: number;
  log: (line: string) => void;
};

/** Milliseconds of one customer. The first three and the last are our own time; helm's is not. */
export type Course = {
  /** From sending the sign-up to its answer. */
  answered: number;
  /** From the answer until a provisioner held the lease. */
  leased: number;
  /** From the lease until helm's upgrade started: namespace, Secrets, reporter key. */
  started: number;
  /** Helm's upgrade, with the wait until all pods are ready. */
  helm: number;
  /** From helm's end until the API said `ready`. */
  observed: number;
  /** From sending the sign-up to `ready`. */
  total: number;
};

/** How often the API is asked, which bounds how late `ready` is seen. */
const ASK_EVERY_MS = 20;
const END_WRITTEN_WITHIN_MS = 10_000;

/** Its last upgrade. The end is written by a process apart, which may come a moment after `ready`. */
async function upgradeOf(helm: HelmLog, namespace: string): Promise<{ startedMs: number; endedMs: number }> {
  const deadline = Date.now() + END_WRITTEN_WITHIN_MS;
  for (;;) {
    const run = helm.runs().findLast((found) => found.namespace === namespace && found.verb === 'upgrade');
    if (run?.endedMs) return { startedMs: run.startedMs, endedMs: run.endedMs };
    if (Date.now() > deadline) throw new Error(`helm's log has no whole upgrade of ${namespace}`);
    await sleep(ASK_EVERY_MS);
  }
}

async function courseOf(api: Api, helm: HelmLog, name: string): Promise<{ course: Course; customer: SignedUp }> {
  const sentMs = Date.now();
  const customer = await signUp(api, name);
  await untilStatus(api, customer.customerId, 'ready', { everyMs: ASK_EVERY_MS });
  const readyMs = Date.now();
  const job = await readJob(api, customer.jobId);
  const leasedMs = Date.parse(job.started_at ?? '');
  const run = await upgradeOf(helm, customer.namespace);
  const course = {
    answered: customer.answeredMs - sentMs,
    // The doorbell may be heard before the sign-up's answer has arrived.
    leased: Math.max(0, leasedMs - customer.answeredMs),
    started: run.startedMs - leasedMs,
    helm: run.endedMs - run.startedMs,
    observed: Math.max(0, readyMs - run.endedMs),
    total: readyMs - sentMs,
  };
  return { course, customer };
}

/** Signs up `customers` one after the other in `concurrency` lanes; answers what each took and the seconds of it all. */
export async function provisioning({ customers, concurrency, log }: ProvisioningOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-provisioning-'));
  const helm = logHelm(folder);
  const cluster = await startCluster();
  const made: SignedUp[] = [];
  const platform = await startPlatform({
    dataDir: join(folder, 'data'),
    env: { KUBECONFIG: cluster.kubeconfig, HELM_BIN: helm.bin, QUEUE_CONCURRENCY: String(concurrency) },
  }).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  try {
    const api = { url: platform.url, token: platform.ready.admin_token };
    const courses: Course[] = [];
    const startedMs = Date.now();
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < customers) {
        next += 1;
        const { course, customer } = await courseOf(api, helm, `figure-${next}`);
        courses.push(course);
        made.push(customer);
        log(`${courses.length} of ${customers} ready, the last one after ${course.total} ms`);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    return { courses, seconds: (Date.now() - startedMs) / 1000 };
  } finally {
    await platform.stop();
    if (cluster.metricsUrl === null) {
      await removeNamespaces(
        kubeOf(cluster.kubeconfig),
        made.map(({ namespace }) => namespace),
      );
    }
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
