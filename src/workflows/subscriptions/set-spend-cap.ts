/** Sets, raises, lowers or removes a spend cap. It is judged at once: raised above what is used, the instance runs again. */
import type { Failure } from '../../contracts/failures.ts';
import type { CapBody } from '../../contracts/spend-caps.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { Decimal, toCents } from '../../lib/decimal.ts';
import { err, ok } from '../../lib/result.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { baseFeeMeter } from '../../pricing/meters.ts';
import { stretchesOf } from '../../pricing/segments.ts';
import { leastCap } from '../../spend-caps/spend-cap.ts';
import * as capStore from '../../spend-caps/store.ts';
import type { Context, Planned } from '../deed.ts';
import { type Costs, costsOf, follow, judgeCap } from './judge-cap.ts';
import { type ShownCap, withCosts } from './show-cap.ts';

const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

function belowFee(leastCents: number): Failure {
  const path = 'cap_cents';
  const message = `must be at least ${leastCents}: the plan's fee of ${dollars(leastCents - 1)} and a cent`;
  return {
    code: 'cap_below_fee',
    message: `${path}: ${message}`,
    details: { issues: [{ path, message }], least_cents: leastCents },
  };
}

/** What the period's fee is, or will be of one that follows on the plan of now; of a plan by the year none is in it. */
function feeOf({ ground: { period, basis }, rated }: Costs): number {
  const charged = rated.lines
    .filter(({ kind }) => kind === 'fee')
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  const last = stretchesOf(period, basis.changes, basis.overrides).at(-1);
  if (!last) return charged;
  const plan = versionOf(basis.catalogue, last.plan, last.planVersion);
  if (period.ofYear || plan.interval === 'year') return charged;
  return Math.max(charged, toCents(new Decimal(last.overrides.prices[baseFeeMeter] ?? plan.fee)));
}

/** Plans the cap. */
export async function setSpendCap(context: Context, whole: WholeCustomer, body: CapBody): Promise<Planned<ShownCap>> {
  const { db, now } = context;
  const customerId = whole.customer.id;
  const before = await capStore.findCap(db, customerId);
  const costs = await costsOf(context, whole);
  const least = leastCap(feeOf(costs));
  if (body.cap_cents < least) return err(belowFee(least));
  const { cap_cents: capCents, action } = body;
  const wanted = {
    customerId,
    capCents,
    action,
    periodStart: before?.periodStart ?? costs.period.start,
    toldPercent: before?.toldPercent ?? 0,
    reachedAt: before?.reachedAt ?? null,
  };
  const judged = await judgeCap(context, whole, { before, wanted, costs });
  const { usedCents } = costs;
  const set = { customerId, kind: 'set' as const, at: now, capCents, action, usedCents, percent: null };
  const shown = await withCosts(context, whole, judged.cap, costs);
  return ok({
    value: { ...shown, events: [...judged.events.toReversed(), set, ...shown.events] },
    writes: [capStore.insertEvent(set), ...judged.writes],
    audit: [
      { action: 'spend_cap.set', subject: customerId, details: { cap_cents: capCents, action } },
      ...judged.audit,
    ],
    outbox: judged.outbox,
  });
}

/** Plans its removal; nothing where there is none. */
export async function removeSpendCap(context: Context, whole: WholeCustomer): Promise<Planned<null>> {
  const { db, now } = context;
  const customerId = whole.customer.id;
  const before = await capStore.findCap(db, customerId);
  if (before === null) return ok({ value: null, writes: [], audit: [] });
  const entered = await follow(context, whole, { stops: false });
  const { capCents, action, usedCents } = before;
  const event = { customerId, at: now, capCents, action, usedCents, percent: null };
  return ok({
    value: null,
    writes: [
      ...capStore.remove(before),
      capStore.insertEvent({ ...event, kind: 'removed' }),
      ...(entered ? [...entered.writes, capStore.insertEvent({ ...event, kind: 'resumed' })] : []),
    ],
    audit: [
      { action: 'spend_cap.removed', subject: customerId, details: { cap_cents: capCents } },
      ...(entered?.audit ?? []),
    ],
    outbox: entered?.outbox ?? [],
  });
}
