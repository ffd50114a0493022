/**
 * What another plan would cost, before it is ordered: Stripe says what is asked for at once, our own rating what the period comes
 * to. Nothing is changed. The moment from which Stripe counts is frozen, so that an upgrade with it costs the same.
 */
import type { Failure } from '../../contracts/failures.ts';
import { shardOf } from '../../db/shards.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { floorTo, secondMs } from '../../lib/time.ts';
import type { Period } from '../../periods/period.ts';
import type { Rated } from '../../pricing/rate.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import type { ChangePreview } from '../../stripe/changes.ts';
import { type Effective, validUntil } from '../../subscriptions/plan-move.ts';
import { currentPeriod } from '../billing/current-period.ts';
import { ratePeriod } from '../billing/rate-period.ts';
import type { Context } from '../deed.ts';
import { stripeFailed } from './order.ts';
import { type MoveWish, type PlanMove, planMove } from './plan-move.ts';

export interface Preview {
  effective: Effective;
  /** All in ms. */
  effectiveAt: number;
  prorationAt: number;
  validUntil: number;
  atStripe: ChangePreview;
  period: Period;
  before: Rated;
  after: Rated;
}

const nothingAsked: ChangePreview = { amountDueCents: 0, lines: [] };

export async function previewChange(context: Context, wish: MoveWish): Promise<Result<Preview, Failure>> {
  const move = await planMove(context, wish);
  if (!move.ok) return move;
  const { stripe, found, item, chosen, effective } = move.value;
  const prorationAt = floorTo(context.now, secondMs);
  const change = { subscriptionId: found.id, itemId: item.id, priceId: chosen.priceId, prorationAt };
  // In the free days nothing is asked for: what Stripe would show is the invoice at their end.
  const asks = effective === 'now' && found.status !== 'trialing';
  const atStripe = asks ? await stripe.changes.preview(change) : ok(nothingAsked);
  if (!atStripe.ok) return err(stripeFailed(atStripe.error));
  return ok({
    effective,
    effectiveAt: effective === 'now' ? prorationAt : item.end,
    prorationAt,
    validUntil: validUntil(prorationAt),
    atStripe: atStripe.value,
    ...(await rated(context, move.value, prorationAt)),
  });
}

/** The period that runs, rated as it is and as it would be. */
async function rated(context: Context, { whole, chosen, effective }: PlanMove, at: number) {
  const { customer, subscription } = whole;
  const [basis, period] = await Promise.all([
    findRatingBasis(context.db, customer.id),
    currentPeriod(context.db, { id: customer.id, status: subscription.status }, context.now),
  ]);
  const shard = shardOf(context, customer);
  const { plan, version: planVersion } = chosen.version;
  const changes = effective === 'now' ? [...basis.changes, { effectiveAt: at, plan, planVersion }] : basis.changes;
  const [before, after] = await Promise.all([
    ratePeriod(shard, customer.seq, period, basis),
    ratePeriod(shard, customer.seq, period, { ...basis, changes }),
  ]);
  return { period, before, after };
}
