/** Ends a reporter at the end of a window. Its key lives on, so that its last windows can still be reported. */
import { record } from '../audit/store.ts';
import { commit, type Write } from '../db/client.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { iso } from '../lib/time.ts';
import { endEdge } from '../reporters/reporter.ts';
import * as reporterStore from '../reporters/store.ts';
import type { Deps } from './deps.ts';

export interface EndFailure {
  code: 'not_found' | 'reporter_ended' | 'validation_failed';
  message: string;
}

/** Ends it at the end of the window that contains `until` (default: now). */
export async function endReporter(
  deps: Deps,
  customerId: string,
  reporterId: string,
  until: number | null,
  receipt: (ended: reporterStore.ListedReporter) => Promise<Write[]>,
): Promise<Result<reporterStore.ListedReporter, EndFailure>> {
  const { db, now, random } = deps;
  const listed = (await reporterStore.listReporters(db, customerId)).find(({ reporter: r }) => r.id === reporterId);
  if (!listed) return err({ code: 'not_found', message: 'there is nothing here, or not for you' });
  const { reporter } = listed;
  if (reporter.activeUntil !== null) {
    return err({ code: 'reporter_ended', message: `the reporter ended at ${iso(reporter.activeUntil)}` });
  }
  const edge = endEdge(until ?? now, reporter.windowSeconds);
  if (reporter.activeFrom !== null && edge < reporter.activeFrom) {
    return err({ code: 'validation_failed', message: 'active_until: is before the reporter began' });
  }
  const ended = { ...listed, reporter: { ...reporter, activeUntil: edge } };
  await commit(db, [
    ...reporterStore.endReporter(db, reporter.seq, edge),
    record(db, random, deps.actor, now, {
      action: 'reporter.ended',
      subject: reporterId,
      details: { active_until: iso(edge) },
    }),
    ...(await receipt(ended)),
  ]);
  return ok(ended);
}
