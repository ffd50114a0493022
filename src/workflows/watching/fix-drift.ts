/**
 * Mends a difference, or lets it be. A fix is what `fix` says and nothing else: our rows take what Stripe says, or Stripe is given what it
 * lacks. Who asks for a preview is told, and nothing happens.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import * as customerStore from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import type { Fix } from '../../drift/drift.ts';
import * as driftStore from '../../drift/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import { forgetStripePrice } from '../../pricing/stripe-price-store.ts';
import type { Context, Planned } from '../deed.ts';
import { refreshSubscription, StripeNotRead, UnknownSubscriber } from '../subscriptions/refresh-subscription.ts';
import { noStripe } from './run-drift.ts';

const closed: Failure = { code: 'drift_closed', message: 'the difference is decided, or gone by itself' };
const notFixable: Failure = {
  code: 'drift_not_fixable',
  message: 'only a person can mend this difference: at Stripe, or in what we hold',
};

export interface Decision {
  id: string;
  reason: string;
}

export async function ignoreDrift(context: Context, { id, reason }: Decision): Promise<Planned<driftStore.Finding>> {
  const row = await driftStore.findFinding(context.db, id);
  if (row?.state !== 'open') return err(row ? closed : notFound);
  return ok({
    value: row,
    writes: driftStore.decide(id, 'ignored', reason, context.now),
    audit: [{ action: 'drift.ignored', subject: id, details: detailsOf(row, reason) }],
  });
}

/** Plans the fix. @param isPreview nothing is fetched or applied: the answer is what would be mended */
export async function fixDrift(
  context: Context,
  { id, reason, isPreview }: Decision & { isPreview: boolean },
): Promise<Planned<driftStore.Finding>> {
  const row = await driftStore.findFinding(context.db, id);
  if (row?.state !== 'open') return err(row ? closed : notFound);
  if (row.fix === null) return err(notFixable);
  if (!context.stripe) return err(noStripe);
  const mended = isPreview ? ok({ writes: [], outbox: [] }) : await fixes[row.fix as Fix](context, row);
  if (!mended.ok) return mended;
  return ok({
    value: row,
    writes: [...mended.value.writes, ...driftStore.decide(id, 'fixed', reason, context.now)],
    audit: [{ action: 'drift.fixed', subject: id, details: detailsOf(row, reason) }],
    outbox: mended.value.outbox,
  });
}

const detailsOf = ({ kind, objectId, customerId, expected, found, fix }: driftStore.Finding, reason: string) => ({
  kind,
  object_id: objectId,
  customer_id: customerId,
  expected,
  found,
  fix,
  reason,
});

type Mended = Promise<{ ok: true; value: { writes: Write[]; outbox: string[] } } | { ok: false; error: Failure }>;

const fixes: Readonly<Record<Fix, (context: Context, row: driftStore.Finding) => Mended>> = {
  // It is applied before the difference is closed: what breaks off in between is applied once more, and changes nothing.
  async apply(context, { objectId }) {
    try {
      const { outbox } = await refreshSubscription(context, objectId);
      return ok({ writes: [], outbox: [...outbox] });
    } catch (error) {
      if (error instanceof UnknownSubscriber) return err(notFixable);
      if (!(error instanceof StripeNotRead)) throw error;
      const { kind } = error.failure;
      return err(kind === 'refused' ? notFixable : { ...noStripe, message: 'Stripe does not answer; try again' });
    }
  },
  async make_customer({ db, random, now }, { customerId }) {
    const customer = customerId === null ? null : await customerStore.findCustomer(db, customerId);
    if (!customer) return err(notFixable);
    const rowId = newId('outbox', random);
    const payload = { customer_id: customer.id, email: customer.email, name: customer.companyName };
    const writes = [
      ...(customer.stripeCustomerId === null
        ? []
        : [customerStore.forgetStripeId(customer.id, customer.stripeCustomerId)]),
      outboxStore.plan({ id: rowId, kind: 'stripe_customer', payload, now }),
    ];
    return ok({ writes, outbox: [rowId] });
  },
  // Without its row the price is missing, and cron has it made.
  async make_price(_context, { objectId }) {
    return ok({ writes: [forgetStripePrice(objectId)], outbox: [] });
  },
};
