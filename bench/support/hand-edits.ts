/** Hand edits over customers of the shipped chart, each suspended and resumed after every edit, on a cluster of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster } from '../../test/harness/cluster.ts';
import { type FakeControlPlane, startFakeControlPlane } from '../../test/provisioner/fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from '../../test/provisioner/fake-job.ts';
import { type Hands, handEdits, handsOf } from '../../test/provisioner/hand-edits.ts';
import { shippedChart, startProvisioner, workshop } from '../../test/provisioner/real-cluster.ts';
import { seeded } from './random.ts';

type Options = { edits: number; customers: number; seed: number; log: (line: string) => void };
/** `problem`: why the suspension or the resumption did not get there; null when both did. */
export type EditRun = { what: string; suspendMs: number; resumeMs: number; problem: string | null };

const LOOK_EVERY_MS = 50;

/** Every kind equally often, in a seeded order; a customer's edits follow one another. */
export async function handEditRuns({ edits, customers, seed, log }: Options): Promise<EditRun[]> {
  const order = seeded(seed).shuffled(Array.from({ length: edits }, (_, n) => handEdits[n % handEdits.length]));
  const cluster = await startCluster();
  const shop = await workshop();
  const plane = await startFakeControlPlane();
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const hands = handsOf(config, config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api));
  const provisioner = startProvisioner(plane, {
    KUBECONFIG: cluster.kubeconfig,
    HELM_BIN: shop.helmBin,
    HELM_CHART_PATH: shippedChart,
    QUEUE_CONCURRENCY: String(customers),
  });
  try {
    const runs: EditRun[] = [];
    const one = async () => {
      const on = plane.deployment();
      const failed = problemOf(await ended(plane.want(on, 'running')));
      if (failed !== null) throw new Error(`the first installation: ${failed}`);
      for (let edit = order.pop(); edit !== undefined; edit = order.pop()) {
        const run = { what: edit.what, ...(await editAndCycle(plane, hands, on, edit)) };
        runs.push(run);
        log(`${runs.length}/${edits} ${run.what}: suspended in ${run.suspendMs} ms, resumed in ${run.resumeMs} ms`);
        if (run.problem !== null) log(`  ${run.problem}`);
      }
    };
    await Promise.all(Array.from({ length: customers }, one));
    return runs;
  } finally {
    await provisioner.stop();
    await plane.stop();
    await shop.remove();
    await cluster.stop();
  }
}

async function editAndCycle(
  plane: FakeControlPlane,
  hands: Hands,
  on: FakeDeployment,
  edit: (typeof handEdits)[number],
): Promise<Omit<EditRun, 'what'>> {
  await edit.does(hands, on);
  const began = performance.now();
  const suspended = problemOf(await ended(plane.want(on, 'suspended')));
  const { items } = await hands.core.listNamespacedPod({ namespace: on.namespace });
  const left = items.filter(({ status }) => status?.phase === 'Running').length;
  const between = performance.now();
  const resumed = problemOf(await ended(plane.want(on, 'running')));
  return {
    suspendMs: Math.round(between - began),
    resumeMs: Math.round(performance.now() - between),
    problem: suspended ?? (left > 0 ? `${left} pods run though it is suspended` : resumed),
  };
}

async function ended(job: FakeJob): Promise<FakeJob> {
  while (job.state !== 'completed' && job.state !== 'failed') await sleep(LOOK_EVERY_MS);
  return job;
}

/** A run that failed counts, though a later one got there: no hand edit may cost a run. */
const problemOf = (job: FakeJob): string | null =>
  job.failures.length === 0 ? null : job.failures.map(({ code, message }) => `${code}: ${message}`).join('; ');
