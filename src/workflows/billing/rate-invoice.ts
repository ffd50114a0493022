/**
 * What an invoice is to say: the usage of its own period, and what has changed in others since they were billed.
 * Changes need no mark: each period is rated again, and what was said of it before is taken off. What an invoice says is rated by the
 * windows that its statement keeps (prepare-statement.ts).
 */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { afterMs, changedSince, isUnfinished, openMs, renewalMs, settleMs } from '../../invoices/invoice.ts';
import { findSaid, findUsual, type LineRow, retell, type SaidOf } from '../../invoices/line-store.ts';
import { asCorrection, linesOf, type NewLine, type RatedLine } from '../../invoices/lines.ts';
import { findOf, type InvoiceRow } from '../../invoices/store.ts';
import { sameJson } from '../../lib/json.ts';
import { ceilTo, hourMs } from '../../lib/time.ts';
import * as periodStore from '../../periods/store.ts';
import { toCostLine } from '../../pricing/cost-line.ts';
import type { Rated } from '../../pricing/rate.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { isGapIn } from '../../usage/gaps.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { hasOpen } from '../../usage/review-store.ts';
import type { Context } from '../deed.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import { prepareStatement } from './prepare-statement.ts';
import { ratePeriod } from './rate-period.ts';

type Period = periodStore.StoredPeriod;

/** Invoices of a customer that say what a meter usually costs. */
const usualOf = 3;

/** The usage lines of a rated period; the fee's are Stripe's. */
const usageLines = ({ lines }: Rated, period: Period): RatedLine[] =>
  lines.filter(({ kind }) => kind === 'usage').map((line) => ({ identity: line.id, body: toCostLine(line, period) }));

/** What an invoice is to say. */
export interface Rating {
  lines: NewLine[];
  /** Belong into the batch that fixes the lines. */
  writes: readonly Write[];
}

const noneSaid: SaidOf = { said: [], firstBill: null };

interface Asked {
  /** The invoice whose statement is prepared. */
  invoiceId: string;
  own: Period | undefined;
  earlier: readonly Period[];
  said: ReadonlyMap<number, SaidOf>;
  keeps: boolean;
}

/**
 * Rates periods, each as it costs now. Of earlier ones the sums say which differ from what was billed: those, and the invoice's own, are
 * rated by the windows that its statement keeps. What changes in another one between the two looks is the next invoice's.
 */
async function rateAll(
  context: Context,
  customer: CustomerRow,
  { invoiceId, own, earlier, said, keeps }: Asked,
): Promise<{ rated: Map<Period, Rated>; writes: readonly Write[] }> {
  const looked = await bySums(context, customer, keeps || own === undefined ? earlier : [own, ...earlier]);
  if (!keeps) return { rated: looked, writes: [] };
  const changed = [...looked].flatMap(([period, one]) =>
    isQuiet(period, one, said.get(period.start) ?? noneSaid) ? [] : [period],
  );
  if (own === undefined && changed.length === 0) return { rated: new Map(), writes: [] };
  const billed = changed.map((period) => ({
    ...period,
    billed: new Map(said.get(period.start)?.said.map(({ identity, billedCents }) => [identity, billedCents])),
  }));
  const made = await prepareStatement(context, { invoiceId, customer, period: own ?? null, earlier: billed });
  const others = changed.flatMap((period, i): [Period, Rated][] => {
    const one = made.earlier[i];
    return one === undefined ? [] : [[period, one]];
  });
  const mine: [Period, Rated][] = own === undefined || made.rated === null ? [] : [[own, made.rated]];
  return { rated: new Map([...mine, ...others]), writes: made.writes };
}

/** Rates periods by the sums of their days. */
async function bySums(
  context: Context,
  customer: CustomerRow,
  periods: readonly Period[],
): Promise<Map<Period, Rated>> {
  if (periods.length === 0) return new Map();
  const basis = await findRatingBasis(context.db, customer.id);
  const shard = shardOf(context, customer);
  const all = periods.map(
    async (period): Promise<[Period, Rated]> => [period, await ratePeriod(shard, customer.seq, period, basis)],
  );
  return new Map(await Promise.all(all));
}

/** Whether a period costs what was billed of it, and nothing of it was approved since. */
const isQuiet = (period: Period, rated: Rated, { said, firstBill }: SaidOf): boolean =>
  linesOf(period, usageLines(rated, period), said, firstBill).length === 0 &&
  said.every(({ amountCents, billedCents }) => amountCents === billedCents);

/**
 * Whether an invoice may say something of a period that is not its own: one that was billed before, where it may have changed since; one
 * that nobody has billed once it is sure that no renewal will. What another draft is about to bill is that one's.
 */
function isOpenTo(invoice: InvoiceRow | null, period: Period, now: number, others: readonly InvoiceRow[]): boolean {
  const since = invoice === null ? now - afterMs : Math.min(now - openMs, changedSince(others));
  const claims = others.filter(
    ({ id, periodStart, state }) => id !== invoice?.id && periodStart === period.start && state !== 'void',
  );
  const isClosed = claims.some(({ kind, ratedAt }) => kind === 'closing' && ratedAt !== null);
  const upTo = invoice === null ? now : Math.max(invoice.createdAt, invoice.periodEnd ?? 0);
  if (!period.invoiceable || (period.end > upTo && !isClosed) || period.end <= since) return false;
  if (claims.some((other) => other.ratedAt === null && isUnfinished(other))) return false;
  if (claims.some(({ ratedAt }) => ratedAt !== null)) return true;
  return period.end <= now - renewalMs || invoice?.kind === 'closing';
}

/**
 * The lines that an invoice takes.
 * @param invoice an id alone: what has changed, for an invoice that is not there yet; it may be of periods that were over longer than
 * anything of theirs is billed
 * @param options `released`: what was approved after its invoice comes on this one; its periods are proven with it, however old they are.
 * `withVoid`: what a void invoice has said counts as billed. `keeps`: the statement is prepared with it
 * @throws AmountOutOfRange
 */
export async function rateInvoice(
  context: Context,
  customer: CustomerRow,
  asked: InvoiceRow | { newId: string },
  { released, withVoid = false, keeps = true }: { released: readonly LineRow[]; withVoid?: boolean; keeps?: boolean },
): Promise<Rating> {
  const { db, now } = context;
  const invoice = 'newId' in asked ? null : asked;
  const [periods, others] = await Promise.all([periodStore.findAll(db, customer.id), findOf(db, customer.id)]);
  const isOwn = (period: Period): boolean => invoice !== null && period.start === invoice.periodStart;
  const isReleased = ({ start }: Period): boolean => released.some(({ periodStart }) => periodStart === start);
  const open = periods.filter(
    (period) => isOwn(period) || isReleased(period) || isOpenTo(invoice, period, now, others),
  );
  const starts = open.map(({ start }) => start);
  const said = await findSaid(db, customer.id, starts, withVoid);
  // What is not billed in 62 days never is; what was billed is put right, however old it is.
  const isTooOld = ({ start, end }: Period): boolean =>
    invoice !== null && end <= now - openMs && (said.get(start)?.firstBill ?? null) === null;
  const own = open.find(isOwn);
  const earlier = open.filter((period) => !isOwn(period) && !isTooOld(period));
  const { rated, writes } = await rateAll(context, customer, {
    invoiceId: 'newId' in asked ? asked.newId : asked.id,
    own,
    earlier,
    said,
    keeps,
  });
  const lines = [...rated].flatMap(([period, one]) => {
    const before = said.get(period.start) ?? noneSaid;
    return linesOf(period, usageLines(one, period), before.said, before.firstBill);
  });
  return { lines, writes: [...writes, ...retold(released, rated, lines)] };
}

/**
 * Approved lines say what was so when they were held, and the statement has the windows of now. Where nothing new stands beside them the
 * last says so, too: less may have changed than a cent.
 */
function retold(
  released: readonly LineRow[],
  rated: ReadonlyMap<Period, Rated>,
  lines: readonly NewLine[],
): readonly Write[] {
  return [...rated].flatMap(([period, one]) => {
    const now = new Map(usageLines(one, period).map(({ identity, body }) => [identity, body]));
    const isNew = (line: LineRow) =>
      !lines.some((fresh) => fresh.period === period && fresh.identity === line.identity);
    const mine = released.filter(({ periodStart }) => periodStart === period.start).filter(isNew);
    return [...new Map(mine.map((line) => [line.identity, line])).values()].flatMap(
      ({ id, identity, amountCents, body }) => {
        const again = now.get(identity);
        if (again === undefined || sameJson(again, body)) return [];
        return [retell(id, asCorrection(again, again.amount_cents - amountCents))];
      },
    );
  });
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
