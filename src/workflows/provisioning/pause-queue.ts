/** Pauses the queue of a cluster or of all, and resumes it. What runs goes on; `next` answers that there is nothing. */
import * as clusterStore from '../../clusters/store.ts';
import { notFound } from '../../contracts/failures.ts';
import { endPause, everywhere, insertPause, listPauses, type PauseRow } from '../../deployments/pause-store.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export interface Pausing {
  /** Undefined: all clusters. */
  clusterId: string | undefined;
  reason: string;
}

/** Plans a pause; its value is everything that is paused then. What is paused already gets the new reason. */
export async function pauseQueue(context: Context, { clusterId, reason }: Pausing): Promise<Planned<PauseRow[]>> {
  const { db, now, actor } = context;
  if (!(await isCluster(context, clusterId))) return err(notFound);
  const scope = clusterId ?? everywhere;
  const pauses = await listPauses(db);
  const standing = pauses.find((pause) => pause.scope === scope);
  const pause = { scope, reason, pausedBy: actor.name, pausedAt: standing?.pausedAt ?? now };
  return ok({
    value: [...pauses.filter((other) => other.scope !== scope), pause].sort((a, b) => (a.scope < b.scope ? -1 : 1)),
    writes: [insertPause(pause)],
    audit: [{ action: 'queue.paused', subject: scope, details: { reason } }],
  });
}

/** Plans the end of a pause; its value is what is still paused. A pause of all and one of a cluster end each by itself. */
export async function resumeQueue(context: Context, { clusterId, reason }: Pausing): Promise<Planned<PauseRow[]>> {
  if (!(await isCluster(context, clusterId))) return err(notFound);
  const scope = clusterId ?? everywhere;
  const pauses = await listPauses(context.db);
  const left = pauses.filter((pause) => pause.scope !== scope);
  const ends = left.length < pauses.length;
  return ok({
    value: left,
    writes: ends ? endPause(scope) : [],
    audit: ends ? [{ action: 'queue.resumed', subject: scope, details: { reason } }] : [],
  });
}

const isCluster = async ({ db }: Context, clusterId: string | undefined): Promise<boolean> =>
  clusterId === undefined || (await clusterStore.find(db, clusterId)) !== null;
