/** What every job on a real cluster is given, and the views of it that single steps take. */
import type { Logger } from 'pino';
import type { LeasedJob } from '../src/contracts/jobs.ts';
import type { Random } from '../src/lib/ids.ts';
import type { Monotonic } from './clock.ts';
import type { JobContext } from './executor.ts';
import type { Helm } from './helm.ts';
import type { Kube } from './kube.ts';
import type { Place, Until } from './namespace.ts';
import { snapshot, whyNotReady } from './not-ready.ts';
import type { Chart, ReleaseContext } from './release.ts';

export type ClusterDeps = {
  kube: Kube;
  helm: Helm;
  /** Helm applies on the server, as every major version from 4 on does. */
  serverSide: boolean;
  chart: Chart;
  baseDomain: string | undefined;
  now: Monotonic;
  random: Random;
  log: Logger;
};

export const placeOf = (job: LeasedJob): Place => ({ name: job.job.namespace, customerId: job.job.customer_id });

export const untilOf = (deps: ClusterDeps, context: JobContext): Until => ({
  workUntil: context.deadlines.workUntil,
  now: deps.now,
  signal: context.signal,
});

/** The job's release. `workUntil` may end its commands before the job's own end. */
export const releaseOf = (
  deps: ClusterDeps,
  context: JobContext,
  workUntil = context.deadlines.workUntil,
): ReleaseContext => ({
  helm: deps.helm,
  serverSide: deps.serverSide,
  release: context.job.job.release,
  namespace: context.job.job.namespace,
  now: deps.now,
  workUntil,
  signal: context.signal,
  explain: async () => whyNotReady(await snapshot(deps.kube, context.job.job.namespace)),
});
