/** What people hear while helm waits for a stack's pods, and when waiting is given up: what no waiting mends, twice in a row. */
import { sleep } from './clock.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { JobContext } from './executor.ts';
import { hopelessPod, uidsOf } from './hopeless.ts';
import { podsIn, podsReady, snapshot, whyNotReady } from './not-ready.ts';

/** How long a line of progress may be. */
const progressMax = 500;
/** How often people hear how many pods are ready while helm waits; also how soon a lost lease is noticed. */
const lookEveryMs = 3_000;

interface Watch {
  /** Raised when helm has ended. */
  ended: AbortSignal;
  giveUp: () => void;
}

/**
 * Reports pods and the first reason until helm has ended; gives up where a pod that came meanwhile says the same hopeless thing at
 * two looks.
 */
export async function watchPods(deps: ClusterDeps, context: JobContext, { ended, giveUp }: Watch): Promise<void> {
  const { namespace } = context.job.job;
  const before = uidsOf(await podsIn(deps.kube, namespace));
  let suspect: string | null = null;
  await sleep(lookEveryMs, ended);
  while (!ended.aborted && !context.signal.aborted) {
    const seen = await snapshot(deps.kube, namespace);
    const { ready, total } = podsReady(seen.pods);
    const [first] = whyNotReady(seen);
    const why = first ? `; ${first.object}: ${first.reason}` : '';
    const share = total === 0 ? 0 : ready / total;
    if (!ended.aborted)
      context.progress(30 + Math.round(60 * share), `${ready} of ${total} pods ready${why}`.slice(0, progressMax));
    const hopeless = hopelessPod(seen, before);
    if (hopeless !== null && hopeless === suspect) return giveUp();
    suspect = hopeless;
    await sleep(lookEveryMs, ended);
  }
}
