/**
 * Moves subscribers of a plan version to another version of the same plan, each at the end of the period that runs, who pays
 * by the year at the end of the year: what a closed period was rated by never changes, and a price list changes at period ends only.
 * Its price is put at Stripe shortly before (order-moves.ts).
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { err, ok } from '../../lib/result.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { pricesOf } from '../../pricing/stripe-price.ts';
import { findMovable, type Movable, schedule } from '../../subscriptions/plan-change-store.ts';
import type { Context, Planned } from '../deed.ts';

export interface MigrateInput {
  plan: string;
  fromVersion: string;
  toVersion: string;
  /** Null: all of the version's subscribers. */
  customerIds: readonly string[] | null;
}

export interface Migrated {
  moved: number;
  skipped: readonly { customerId: string; why: string }[];
}

/** Plans the moves; who cannot be moved is skipped, with the reason. */
export async function migrateSubscribers({ db, now }: Context, input: MigrateInput): Promise<Planned<Migrated>> {
  const { plan, fromVersion, toVersion } = input;
  const { versions } = await findCatalogue(db);
  const definitions = versions.flatMap(({ definition }) => (definition.plan === plan ? [definition] : []));
  const own = definitions.map(({ version }) => version);
  if (own.length === 0) return err({ ...notFound, message: `there is no plan ${plan}` });
  if (!own.includes(fromVersion)) return err(wrong('from_version', `the plan ${plan} has no such version`));
  const to = definitions.find(({ version }) => version === toVersion);
  if (to === undefined) return err(wrong('to_version', `the plan ${plan} has no such version`));
  if (fromVersion === toVersion) return err(wrong('to_version', 'is the version that they are on'));
  const customerIds = input.customerIds && [...new Set(input.customerIds)];
  const found = await findMovable(db, { plan, version: fromVersion }, customerIds);
  const missing = (customerIds ?? []).filter((id) => !found.some(({ customerId }) => customerId === id));
  const skipped = missing.map((customerId) => ({ customerId, why: 'is no customer of ours' }));
  const moves: { customerId: string; at: number }[] = [];
  for (const one of found) {
    const where = placeOf(one, input, to, now);
    if (typeof where === 'number') moves.push({ customerId: one.customerId, at: where });
    else skipped.push({ customerId: one.customerId, why: where });
  }
  return ok({
    value: { moved: moves.length, skipped },
    writes: schedule({ plan, fromVersion, toVersion, moves }),
    audit: [
      {
        action: 'plans.migrated',
        subject: plan,
        details: { from_version: fromVersion, to_version: toVersion, moved: moves.length, skipped: skipped.length },
      },
    ],
  });
}

/** When the subscription moves, ms, or why it does not. */
function placeOf(one: Movable, { plan, fromVersion }: MigrateInput, to: PlanVersion, now: number): number | string {
  if (one.status === 'canceled') return 'has left';
  if (one.plan !== plan || one.planVersion !== fromVersion) return `is on ${one.plan} ${one.planVersion}`;
  if (one.pending) return 'has a scheduled change already';
  if (one.periodEnd === null) return 'has no running period';
  if (one.cancelAt !== null && one.cancelAt <= one.periodEnd) return 'is cancelled and leaves before that';
  const isSold = pricesOf(to).some(({ interval }) => interval === one.interval);
  if (one.stripeSubscriptionId !== null && !isSold)
    return `pays by the ${one.interval}, which ${to.version} is not sold by`;
  return one.periodEnd > now ? one.periodEnd : 'is between two periods: try again in a minute';
}

const wrong = (path: string, message: string): Failure => ({
  code: 'validation_failed',
  message: `${path}: ${message}`,
  details: { issues: [{ path, message }] },
});
