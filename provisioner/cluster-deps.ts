/** What every job on a real cluster is given, and the views of it that single steps take. */
import type { Logger } from 'pino';
import type { LeasedJob } from '../src/contracts/jobs.ts';
import type { Random } from '../src/lib/ids.ts';
import type { Access } from './access.ts';
import { lastWords } from './classify.ts';
import type { Monotonic } from './clock.ts';
import type { JobContext } from './executor.ts';
import type { Helm, HelmRun } from './helm.ts';
import type { Kube } from './kube.ts';
import { snapshot, whyNotReady } from './not-ready.ts';
import type { Place, Until } from './place.ts';
import type { Chart, ReleaseContext } from './release.ts';

export type ClusterDeps = {
  kube: Kube;
  helm: Helm;
  /** Helm applies on the server, as every major version from 4 on does. */
  serverSide: boolean;
  chart: Chart;
  baseDomain: string | undefined;
  /** Undefined where our rights in customers' namespaces are given some other way. */
  access: Access | undefined;
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

/** Commands of Helm that change something; of those that only read, failures are told. */
const changing = new Set(['upgrade', 'rollback', 'uninstall']);

/** How a helm ended, in Helm's own last words where it failed; stdout is objects and is not told. */
function endOf(run: HelmRun): string | null {
  switch (run.kind) {
    case 'exited':
      return run.code === 0 ? null : `ended with ${run.code}: ${lastWords(run.stderr)}`;
    case 'timed_out':
      return 'was not done in time and was ended';
    case 'killed':
      return `was killed by ${run.signal}`;
    case 'aborted':
      return 'was stopped: the lease is lost';
    case 'given_up':
      return 'was ended: waiting mends nothing';
    case 'no_time':
      return 'was not started: too little time is left';
    case 'missing':
      return run.message;
  }
}

/** Helm, with what it does told in the job's log. */
const told =
  ({ helm, now }: ClusterDeps, { say }: JobContext): Helm =>
  async (args, limits, input) => {
    let verb = '';
    const begun = now();
    const run = await helm(
      (seconds) => {
        const list = args(seconds);
        verb = list[0] ?? '';
        if (changing.has(verb)) say('info', `helm ${verb} begins, for at most ${seconds} s`);
        return list;
      },
      limits,
      input,
    );
    const took = `after ${((now() - begun) / 1000).toFixed(1)} s`;
    const trouble = endOf(run);
    if (trouble !== null) say('warn', `helm ${verb} ${took}: ${trouble}`);
    else if (changing.has(verb)) say('info', `helm ${verb} is done ${took}`);
    return run;
  };

/** The job's release. `workUntil` may end its commands before the job's own end. */
export const releaseOf = (
  deps: ClusterDeps,
  context: JobContext,
  workUntil = context.deadlines.workUntil,
): ReleaseContext => ({
  helm: told(deps, context),
  serverSide: deps.serverSide,
  release: context.job.job.release,
  namespace: context.job.job.namespace,
  now: deps.now,
  workUntil,
  signal: context.signal,
  explain: async () => whyNotReady(await snapshot(deps.kube, context.job.job.namespace)),
});
