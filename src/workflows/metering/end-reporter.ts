/** Ends a reporter at the end of a window. The reporter's key stays valid, so that its last windows can still be reported. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { err, ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { endEdge } from '../../reporters/reporter.ts';
import * as reporterStore from '../../reporters/store.ts';
import { lastEndOfReporter } from '../../usage/history-store.ts';
import type { Context, Planned } from '../deed.ts';
import { holdBackReports } from './hold-back-reports.ts';

export interface EndOfReporter {
  reporterId: string;
  /** ms; null is now. */
  until: number | null;
}

/**
 * Ends it at the end of the window that contains `until`, or at the end of the last one that it has stored if that is
 * later: whatever is stored and billed has an owner for ever.
 */
export async function endReporter(
  context: Context,
  { customer }: WholeCustomer,
  { reporterId, until }: EndOfReporter,
): Promise<Planned<reporterStore.ListedReporter>> {
  const { db, now } = context;
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: db, shard }, customer.seq);
  // Read after that, because a take-over beside this one may have ended it.
  const listed = (await reporterStore.listReporters(db, customer.id)).find(({ reporter: r }) => r.id === reporterId);
  if (!listed) return err(notFound);
  const { reporter } = listed;
  const asked = endEdge(until ?? now, reporter.windowSeconds);
  const edge = (await lastEndOfReporter(shard, customer.seq, reporter.seq, asked)) ?? asked;
  // An end that is still to come may be brought forward; nothing else is changed about an end.
  const { activeFrom, activeUntil } = reporter;
  if (activeUntil !== null && (activeUntil <= now || edge >= activeUntil)) return err(ended(activeUntil));
  if (activeFrom !== null && asked < activeFrom) {
    return err({ code: 'validation_failed', message: 'active_until: is before the reporter began' });
  }
  return ok({
    value: { ...listed, reporter: { ...reporter, activeUntil: edge } },
    writes: [unchanged, ...reporterStore.endReporter(reporter.seq, edge)],
    audit: [{ action: 'reporter.ended', subject: reporterId, details: { active_until: iso(edge) } }],
  });
}

const ended = (at: number): Failure => ({ code: 'reporter_ended', message: `the reporter ended at ${iso(at)}` });
