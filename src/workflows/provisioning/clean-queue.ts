/** Takes finished jobs out of the lists, at a person's word; cron forgets them later (forget-jobs.ts). */
import { clean, findCleanable } from '../../deployments/job-orders-store.ts';
import { ok } from '../../lib/result.ts';
import { secondMs } from '../../lib/time.ts';
import type { Context, Planned } from '../deed.ts';

export interface Cleaning {
  state: 'completed' | 'failed';
  olderThanSeconds: number;
  limit: number;
  reason: string | undefined;
}

/** Plans the cleaning of the oldest; its value is how many. */
export async function cleanQueue({ db, now }: Context, input: Cleaning): Promise<Planned<number>> {
  const { state, olderThanSeconds, limit, reason } = input;
  const ids = await findCleanable(db, { state, before: now - olderThanSeconds * secondMs, limit });
  const details = { state, older_than_seconds: olderThanSeconds, jobs: ids.length, reason: reason ?? null };
  return ok({
    value: ids.length,
    writes: ids.length === 0 ? [] : clean(ids, state, now),
    audit: [{ action: 'queue.cleaned', subject: state, details }],
  });
}
