/**
 * What an invoice is to say: the usage of its own period, and what has changed in others of the last 62 days since they were billed.
 * Changes need no mark: each period is rated again, and what was said of it before is taken off. Reads only.
 */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { isUnfinished, openMs, renewalMs, settleMs } from '../../invoices/invoice.ts';
import { findSaid, findUsual } from '../../invoices/line-store.ts';
import { linesOf, type NewLine, type RatedLine } from '../../invoices/lines.ts';
import { findOf, type InvoiceRow } from '../../invoices/store.ts';
import { ceilTo, hourMs } from '../../lib/time.ts';
import * as periodStore from '../../periods/store.ts';
import { toCostLine } from '../../pricing/cost-line.ts';
import { findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import { isGapIn } from '../../usage/gaps.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { hasOpen } from '../../usage/review-store.ts';
import type { Context } from '../deed.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import { ratePeriod } from './rate-period.ts';

type Period = periodStore.StoredPeriod;

/** Invoices of a customer that say what a meter usually costs. */
const usualOf = 3;

async function rated(
  context: Context,
  customer: CustomerRow,
  period: Period,
  basis: RatingBasis,
): Promise<RatedLine[]> {
  const { lines } = await ratePeriod(shardOf(context, customer), customer.seq, period, basis);
  return lines
    .filter(({ kind }) => kind === 'usage')
    .map((line) => ({ identity: line.id, body: toCostLine(line, period) }));
}

/**
 * Whether an invoice may say something of a period that is not its own: one that was billed before, within the time in which usage
 * may change; one that nobody has billed once it is sure that no renewal will. What another draft is about to bill is that one's.
 */
function isOpenTo(invoice: InvoiceRow | null, period: Period, now: number, others: readonly InvoiceRow[]): boolean {
  const claims = others.filter(
    ({ id, periodStart, state }) => id !== invoice?.id && periodStart === period.start && state !== 'void',
  );
  const isClosed = claims.some(({ kind, ratedAt }) => kind === 'closing' && ratedAt !== null);
  const upTo = invoice === null ? now : Math.max(invoice.createdAt, invoice.periodEnd ?? 0);
  if (!period.invoiceable || (period.end > upTo && !isClosed) || period.end <= now - openMs) return false;
  if (claims.some((other) => other.ratedAt === null && isUnfinished(other))) return false;
  if (claims.some(({ ratedAt }) => ratedAt !== null)) return true;
  return period.end <= now - renewalMs || invoice?.kind === 'closing';
}

/**
 * The lines that an invoice takes. @param invoice null: what has changed, for an invoice that is not there yet
 * @param withVoid whether what a void invoice has said counts as billed
 */
export async function findNewLines(
  context: Context,
  customer: CustomerRow,
  invoice: InvoiceRow | null,
  withVoid = false,
): Promise<NewLine[]> {
  const { db, now } = context;
  const [periods, others, basis] = await Promise.all([
    periodStore.findAll(db, customer.id),
    findOf(db, customer.id),
    findRatingBasis(db, customer.id),
  ]);
  const isOwn = (period: Period): boolean => invoice !== null && period.start === invoice.periodStart;
  const taken = periods.filter((period) => isOwn(period) || isOpenTo(invoice, period, now, others));
  const starts = taken.map(({ start }) => start);
  const said = await findSaid(db, customer.id, starts, withVoid);
  const lines = await Promise.all(
    taken
      .toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
      .map(async (period) => {
        const before = said.get(period.start) ?? { said: [], firstBill: null };
        return linesOf(period, await rated(context, customer, period, basis), before.said, before.firstBill);
      }),
  );
  return lines.flat();
}

/** What each meter usually costs this customer, cents. */
export const findUsualCosts = (context: Context, customerId: string): Promise<Map<string, number>> =>
  findUsual(context.db, customerId, usualOf);

/**
 * Whether all usage of the invoice's period is in. @param endedAt when the last of it was, ms: in an hour that may go on after that
 */
export async function isComplete(
  context: Context,
  customer: CustomerRow,
  { periodStart, periodEnd }: InvoiceRow,
  endedAt: number | null,
): Promise<boolean> {
  if (periodStart === null || periodEnd === null) return true;
  const { db, now } = context;
  const until = endedAt === null ? periodEnd : Math.min(ceilTo(endedAt, hourMs), periodEnd);
  if (now < until + settleMs) return false;
  const range = { from: periodStart, to: until };
  const [gaps, isReviewed] = await Promise.all([
    findGapsOf(context, customer, range, await meteringOf(db, customer.id)),
    hasOpen(shardOf(context, customer), customer.seq, range),
  ]);
  return !isReviewed && !gaps.some((gap) => isGapIn(gap, range));
}
