/**
 * An invoice was finalised: its lines are what they are from now on. Ours are compared with what Stripe has: one that is missing is
 * billed by the next invoice, one that was changed is drift, one whose row is lost is kept. Stripe's own are copied, and a fee is compared
 * with its plan's.
 */
import type { AuditEntry } from '../../audit/store.ts';
import { findCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import type { Difference } from '../../drift/drift.ts';
import { keepFinding, ofInvoices } from '../../drift/store.ts';
import { dropMissing, insertLines, type LineRow, markBilled } from '../../invoices/line-store.ts';
import { sumOf } from '../../invoices/lines.ts';
import type { InvoiceRow, NewInvoice } from '../../invoices/store.ts';
import { toStripeLines } from '../../invoices/stripe-lines.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import * as periodStore from '../../periods/store.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { priceIn } from '../../pricing/stripe-price.ts';
import { isPrepared } from '../../statements/store.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import type { StripeLine } from '../../stripe/drafts.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { findOffers } from '../../subscriptions/price-store.ts';
import type { Context } from '../deed.ts';
import { toCopied } from './copy-lines.ts';
import { cents, type FoundDifference, missingFee } from './missing-fee.ts';
import { prepareStatement } from './prepare-statement.ts';
import { findSent, linesAt, recallLines, toOurLine } from './recall-lines.ts';
import { consumeCredit, releaseCredit } from './reserve-credit.ts';

export interface Frozen {
  fields: Partial<NewInvoice>;
  writes: Write[];
  audit: AuditEntry[];
}

/** A cent is how far apart two roundings may be (decision 3). */
const centsApartMax = 1;

/** Plans it. Fails where Stripe does not show the lines. */
export async function freeze(
  context: Context,
  row: InvoiceRow,
  invoice: StripeInvoice,
): Promise<Result<Frozen, StripeFailure>> {
  const { log, now, random } = context;
  const shown = await linesAt(context, invoice);
  if (!shown.ok) return shown;
  const theirs = shown.value;
  const ours = await findSent(context, row.id);
  const matched = match(ours, theirs);
  // By meter events the sum is a line of Stripe's own, and in shadow nothing was sent.
  const isBySum =
    ours.length > 0 && ours.every(({ state, stripeLineId }) => state === 'billed' && stripeLineId === null);
  const isCompared = !row.shadow && !isBySum;
  const missing = isCompared ? matched.missing : [];
  const recalled = await recallLines(context, row, invoice, { ours, theirs });
  const hasCredit = recalled.fields.creditCents !== undefined;
  const lacksCredit = !hasCredit && ours.some(({ id, meter }) => meter === 'credit' && missing.includes(id));
  const isBlind = row.periodStart !== null && row.ratedAt === null && recalled.count === 0;
  if (isBlind || missing.length > 0) {
    log('error', 'an invoice was finalised without our lines; the next one bills them', {
      invoice_id: row.id,
      customer_id: row.customerId,
      lines: missing.length,
    });
  }
  const unmarked = theirs.filter(({ mark }) => mark === null);
  const { sold, others } = await kindsOf(context, unmarked);
  // By a sum ours stand for Stripe's line of the meter, which is not copied beside them.
  const billed = isBySum ? await billedByMeter(context, others) : ok([]);
  if (!billed.ok) return billed;
  const metered = billed.value;
  const own = unmarked.filter((line) => !metered.includes(line));
  const fees = [
    ...(await feeDifferences(context, row.customerId, sold)),
    ...(sold.length === 0 ? await missingFee(context, row.customerId, invoice) : []),
  ];
  const sums = isBySum && !row.shadow ? sumDifferences(ours, metered, invoice.id) : [];
  const differences = [...(isCompared ? matched.differences : []), ...sums, ...fees].map(
    ({ expected, found, line }): Difference => ({
      kind: 'amount',
      side: 'both',
      objectId: `${invoice.id}/${line}`,
      customerId: row.customerId,
      expected,
      found,
      fix: null,
    }),
  );
  return ok({
    fields: {
      late: row.late || isBlind || missing.length > 0,
      ...(lacksCredit ? { creditCents: 0 } : {}),
      ...recalled.fields,
    },
    writes: [
      ...recalled.writes,
      ...(lacksCredit ? releaseCredit(context, row.id) : consumeCredit(context, row.id)),
      ...(isCompared ? [markBilled(row.id, matched.pairs), ...dropMissing(row.id, missing)] : []),
      ...insertLines(
        row.id,
        own.map((line) =>
          toCopied(line, newId('invoiceLine', random), { isFee: sold.some((one) => one.line === line) }),
        ),
      ),
      ...differences.map((found) => keepFinding(newId('drift', random), ofInvoices, found, now)),
      ...(recalled.count > 0 ? [] : await prepareWithoutUsage(context, row)),
    ],
    audit: [
      {
        action: 'invoice.finalized',
        subject: row.customerId,
        details: {
          invoice_id: row.id,
          stripe_invoice_id: invoice.id,
          total_cents: invoice.totalCents,
          missing: missing.length,
        },
      },
    ],
  });
}

/** The statement of an invoice that has no usage on it, where none was prepared when it was rated: of its other lines alone. */
async function prepareWithoutUsage(context: Context, row: InvoiceRow): Promise<readonly Write[]> {
  const { id: invoiceId, customerId, periodStart, ratedAt, shadow } = row;
  if (periodStart !== null && ratedAt !== null && !shadow) return [];
  const [isThere, customer] = await Promise.all([
    isPrepared(context.db, invoiceId),
    findCustomer(context.db, customerId),
  ]);
  if (isThere || customer === null) return [];
  return (await prepareStatement(context, { invoiceId, customer, period: null })).writes;
}

/** Which of our lines Stripe has, by their marks; what is different about them. */
function match(ours: readonly LineRow[], theirs: readonly StripeLine[]) {
  const byMark = new Map(theirs.flatMap((line) => (line.mark === null ? [] : [[line.mark, line] as const])));
  const pairs: [string, string][] = [];
  const missing: string[] = [];
  const differences: FoundDifference[] = [];
  for (const wanted of toStripeLines(ours.map(toOurLine))) {
    const line = byMark.get(wanted.mark);
    if (line === undefined) {
      missing.push(...wanted.ids);
      continue;
    }
    pairs.push(...wanted.ids.map((id): [string, string] => [id, line.id]));
    if (line.amountCents === wanted.amountCents) continue;
    differences.push({ line: line.id, expected: cents(wanted.amountCents), found: cents(line.amountCents) });
  }
  return { pairs, missing, differences };
}

/** A price of ours with its line, where it is one of ours. */
interface Sold {
  line: StripeLine;
  offer: Awaited<ReturnType<typeof findOffers>>[number];
}

/** Lines of prices that are sold here, and of others: a meter's, or somebody else's. Parts of a price are neither. */
async function kindsOf({ db }: Context, lines: readonly StripeLine[]): Promise<{ sold: Sold[]; others: StripeLine[] }> {
  const priced = lines.filter(({ priceId, proration }) => priceId !== null && !proration);
  if (priced.length === 0) return { sold: [], others: [] };
  const offers = await findOffers(
    db,
    priced.flatMap(({ priceId }) => priceId ?? []),
  );
  const offerOf = ({ priceId }: StripeLine) => offers.find((one) => one.priceId === priceId);
  return {
    sold: priced.flatMap((line) => {
      const offer = offerOf(line);
      return offer === undefined ? [] : [{ line, offer }];
    }),
    others: priced.filter((line) => offerOf(line) === undefined),
  };
}

/** Those of the meter that was told. Each price is asked for once. */
async function billedByMeter(
  { stripe }: Context,
  lines: readonly StripeLine[],
): Promise<Result<StripeLine[], StripeFailure>> {
  const metered: StripeLine[] = [];
  for (const [priceId, alike] of Map.groupBy(lines, (line) => line.priceId ?? '')) {
    if (stripe === null) return err({ kind: 'denied', code: 'stripe_not_configured' });
    const found = await stripe.usageEvents.isBilledBy(priceId);
    if (!found.ok) return found;
    if (found.value) metered.push(...alike);
  }
  return ok(metered);
}

/** What the meter has brought onto the invoice, beside what it was told; a sum below nothing bills nothing. */
function sumDifferences(
  ours: readonly LineRow[],
  metered: readonly StripeLine[],
  invoiceId: string,
): FoundDifference[] {
  const [told, found] = [Math.max(0, sumOf(ours)), sumOf(metered)];
  if (told === found) return [];
  return [{ line: metered[0]?.id ?? invoiceId, expected: cents(told), found: cents(found) }];
}

/** Fees of whole periods which are not what the plan says. */
async function feeDifferences({ db }: Context, customerId: string, fees: readonly Sold[]): Promise<FoundDifference[]> {
  if (fees.length === 0) return [];
  const [periods, { versions }] = await Promise.all([periodStore.findAll(db, customerId), findCatalogue(db)]);
  // Days that are left of a trial are a line of nothing.
  const isFree = ({ start, amountCents }: StripeLine) =>
    amountCents === 0 && periods.some((period) => period.kind === 'trial' && start < period.end);
  const charged = fees.filter(({ line }) => !isFree(line));
  return charged.flatMap(({ line: { id, amountCents }, offer }) => {
    const price = priceIn(versions, offer);
    if (price === undefined || Math.abs(price.amountCents - amountCents) <= centsApartMax) return [];
    return [{ line: id, expected: cents(price.amountCents), found: cents(amountCents) }];
  });
}
