/**
 * The part of a comparison that marks what Stripe has of invoices, while the outbox is shut: a restored database may lack their rows, or
 * their lines. Those that differ are followed as an event would have it, some at a time. While it is open events do so, and nothing is asked.
 */
import type { Difference } from '../../drift/drift.ts';
import { findSides } from '../../drift/sides-store.ts';
import { afterMs, isUnfinished, stateAfter } from '../../invoices/invoice.ts';
import { findManyAtStripe, type InvoiceRow } from '../../invoices/store.ts';
import { err, ok } from '../../lib/result.ts';
import { findGate } from '../../outbox/gate-store.ts';
import type { Page, StripeFailure, StripeResult } from '../../stripe/call.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { StripePort } from '../../stripe/port.ts';
import { refreshInvoice } from '../billing/refresh-invoice.ts';
import type { Context } from '../deed.ts';
import { refreshSubscription, StripeNotRead, UnknownSubscriber } from '../subscriptions/refresh-subscription.ts';

/** Invoices that one part follows: each is some calls of Stripe and of the database. */
const followedMax = 25;

interface Recalled {
  differences: Difference[];
  seen: string[];
  compared: number;
  next: string | null;
}

/** @param cursor behind which invoice of Stripe's it goes on; empty at its beginning */
export async function recallInvoices(
  context: Context & { stripe: StripePort },
  { cursor }: { cursor: string },
): Promise<StripeResult<Recalled>> {
  const { db, stripe, now } = context;
  const shutAt = (await findGate(db))?.shutAt ?? null;
  if (shutAt === null) return ok({ differences: [], seen: [], compared: 0, next: null });
  const page = await stripe.invoices.page(cursor === '' ? null : cursor, shutAt - afterMs);
  if (!page.ok) return page;
  const { items, next } = cut(page.value, await findManyAtStripe(db, idsOf(page.value.items)));
  const stripeCustomerIds = items.map(({ invoice }) => invoice.customer);
  const sides = new Map((await findSides(db, { stripeCustomerIds }, now)).map((side) => [side.stripeCustomerId, side]));
  for (const { invoice, differs } of items) {
    const customerId = sides.get(invoice.customer)?.customerId ?? null;
    // Whoever is not known here is a difference of a customer's.
    const failure = differs && customerId !== null ? await follow(context, customerId, invoice) : null;
    if (failure !== null) return err(failure);
  }
  return ok({ differences: [], seen: [], compared: items.length, next });
}

const idsOf = (items: readonly StripeInvoice[]): string[] => items.map(({ id }) => id);

/** As many of a page as have no more among them to follow than one part may. */
function cut({ items, next }: Page<StripeInvoice>, rows: ReadonlyMap<string, InvoiceRow>) {
  const all = items.map((invoice) => ({ invoice, differs: mayDiffer(rows.get(invoice.id) ?? null, invoice) }));
  const over = all.filter(({ differs }) => differs)[followedMax];
  if (over === undefined) return { items: all, next };
  const some = all.slice(0, all.indexOf(over));
  return { items: some, next: some.at(-1)?.invoice.id ?? null };
}

/** Whether the row is lost, or may lack what happened at Stripe since. */
const mayDiffer = (row: InvoiceRow | null, invoice: StripeInvoice): boolean =>
  row === null || isUnfinished(row) || row.state !== stateAfter(row.state, invoice);

/** @returns why it could not be followed, null where it was: the next tick tries again, and until then nothing is concluded */
async function follow(context: Context, customerId: string, invoice: StripeInvoice): Promise<StripeFailure | null> {
  try {
    // Its period is known with it.
    if (invoice.subscriptionId !== null) await refreshSubscription(context, invoice.subscriptionId);
  } catch (error) {
    if (error instanceof StripeNotRead) return error.failure;
    if (!(error instanceof UnknownSubscriber)) throw error;
  }
  const isFollowed = await refreshInvoice(context, customerId, invoice.id);
  return isFollowed ? null : { kind: 'unclear', code: 'invoice_not_followed' };
}
