/** Ends a reporter at the end of a window. Its key lives on, so that its last windows can still be reported. */
import { record } from '../../audit/store.ts';
import { findWhole } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { endEdge } from '../../reporters/reporter.ts';
import * as reporterStore from '../../reporters/store.ts';
import { lastEndOfReporter } from '../../usage/history-store.ts';
import type { Deps } from '../deps.ts';
import { handOver } from './hand-over.ts';

export interface EndFailure {
  code: 'not_found' | 'reporter_ended' | 'validation_failed';
  message: string;
}

const nothing: EndFailure = { code: 'not_found', message: 'there is nothing here, or not for you' };

/**
 * Ends it at the end of the window that contains `until` (default: now), or at the end of the last one that it has stored
 * if that is later: whatever is stored and billed has an owner for ever.
 */
export async function endReporter(
  deps: Deps,
  shards: readonly D1Database[],
  customerId: string,
  reporterId: string,
  until: number | null,
  receipt: (ended: reporterStore.ListedReporter) => Promise<Write[]>,
): Promise<Result<reporterStore.ListedReporter, EndFailure>> {
  const { db, now, random } = deps;
  const whole = await findWhole(db, customerId);
  if (!whole) return err(nothing);
  const shard = shardOf({ shards }, whole.customer);
  return await handOver({ control: db, shard }, whole.customer.seq, async (unchanged) => {
    // Read here, because a hand-over beside this one may have ended it.
    const listed = (await reporterStore.listReporters(db, customerId)).find(({ reporter: r }) => r.id === reporterId);
    if (!listed) return err(nothing);
    const { reporter } = listed;
    if (reporter.activeUntil !== null) {
      return err({ code: 'reporter_ended', message: `the reporter ended at ${iso(reporter.activeUntil)}` });
    }
    const asked = endEdge(until ?? now, reporter.windowSeconds);
    if (reporter.activeFrom !== null && asked < reporter.activeFrom) {
      return err({ code: 'validation_failed', message: 'active_until: is before the reporter began' });
    }
    const stored = await lastEndOfReporter(shard, whole.customer.seq, reporter.seq, asked);
    const edge = stored ?? asked;
    const ended = { ...listed, reporter: { ...reporter, activeUntil: edge } };
    await commit(db, [
      unchanged,
      ...reporterStore.endReporter(reporter.seq, edge),
      record(random, deps.actor, now, {
        action: 'reporter.ended',
        subject: reporterId,
        details: { active_until: iso(edge) },
      }),
      ...(await receipt(ended)),
    ]);
    return ok(ended);
  });
}
