/**
 * Looks at a customer's spend cap: what the running period costs, whether people are told, and whether the instance is stopped or runs
 * again, through the one path of states. The look that reads is the one that writes: where the cap, the subscription or the usage has
 * changed meanwhile, it looks again.
 */

import type { AuditEntry } from '../../audit/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { hourMs } from '../../lib/time.ts';
import { billedCurrency } from '../../pricing/publication.ts';
import type { Rated } from '../../pricing/rate.ts';
import { judge, type Spent, stateOf, type Verdict } from '../../spend-caps/spend-cap.ts';
import type { CapEvent, CapRow } from '../../spend-caps/store.ts';
import * as capStore from '../../spend-caps/store.ts';
import { findGround, type Ground } from '../billing/cost.ts';
import { ratePeriod } from '../billing/rate-period.ts';
import type { Context } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { type Entered, enterState } from './enter-state.ts';

/** Without news a cap is looked at so often: usage that arrives and changes of the subscription are news. */
const lookMs = 6 * hourMs;

/** The running period, rated. */
export interface Costs extends Spent {
  ground: Ground;
  rated: Rated;
}

/** What the running period costs; nothing where it is not invoiced, or where none runs. */
export async function costsOf(context: Pick<Context, 'db' | 'shards' | 'now'>, whole: WholeCustomer): Promise<Costs> {
  const found = await findGround(context, whole, 'current');
  if (!found.ok) throw new Error(`the customer ${whole.customer.id} has no billing period`);
  const ground = found.value;
  const { period, basis, head } = ground;
  const rated = await ratePeriod(shardOf(context, whole.customer), whole.customer.seq, period, basis);
  const counts = period.invoiceable && !head.isOver;
  return { period, usedCents: counts ? rated.totalCents : 0, ground, rated };
}

export interface Judged {
  cap: CapRow;
  /** Among the writes, the first one first. */
  events: readonly CapEvent[];
  writes: Write[];
  audit: readonly AuditEntry[];
  outbox: readonly string[];
}

/** What a cap says, before it is judged. */
export type Wanted = Pick<CapRow, 'customerId' | 'capCents' | 'action' | 'periodStart' | 'toldPercent' | 'reachedAt'>;

/**
 * Plans what a cap comes to.
 * @param before as it is stored, read before the costs; null where it is new
 */
export async function judgeCap(
  context: Context,
  whole: WholeCustomer,
  { before, wanted, costs }: { before: CapRow | null; wanted: Wanted; costs: Spent },
): Promise<Judged> {
  const { now } = context;
  const verdict = judge(wanted, costs);
  const entered = await follow(context, whole, verdict);
  const suspendedFor = (entered?.value ?? whole.subscription).suspendedFor;
  const { start, end } = costs.period;
  const cap = {
    customerId: wanted.customerId,
    capCents: wanted.capCents,
    action: wanted.action,
    state: stateOf(verdict, suspendedFor),
    usedCents: costs.usedCents,
    periodStart: start,
    periodEnd: end,
    toldPercent: verdict.toldPercent,
    reachedAt: verdict.isReached ? (wanted.periodStart === start ? (wanted.reachedAt ?? now) : now) : null,
    lookAt: end > now ? Math.min(end, now + lookMs) : now + lookMs,
    updatedAt: now,
  };
  const told = tell(context, cap, verdict, entered);
  return {
    cap: { ...cap, version: (before?.version ?? 0) + 1, marks: before?.marks ?? 0 },
    events: told.events,
    writes: [...capStore.put(before, cap), ...(entered?.writes ?? []), ...told.writes],
    audit: entered?.audit ?? [],
    outbox: [...(entered?.outbox ?? []), ...told.outbox],
  };
}

/** Stops the instance, or has it run again; null where it stays as it is. */
export async function follow(
  context: Context,
  whole: WholeCustomer,
  { stops }: Pick<Verdict, 'stops'>,
): Promise<Entered | null> {
  const isStopped = whole.subscription.suspendedFor === 'spend_cap';
  if (stops === isStopped) return null;
  return await enterState(context, whole, stops ? 'spend_cap_over' : 'spend_cap_lifted', 'the spend cap is reached');
}

type Told = Pick<CapRow, 'customerId' | 'capCents' | 'action' | 'usedCents' | 'periodStart' | 'periodEnd'>;

/** Mails and events. Who is stopped is told that, and so needs no alert of the whole cap. */
function tell(context: Context, cap: Told, { alert }: Verdict, entered: Entered | null) {
  const { now } = context;
  const { customerId, capCents, action, usedCents } = cap;
  const event = (kind: CapEvent['kind'], percent: number | null = null): CapEvent => ({
    customerId,
    kind,
    at: now,
    capCents,
    action,
    usedCents,
    percent,
  });
  const sums = { cap_cents: capCents, used_cents: usedCents, currency: billedCurrency, period_ends_at: cap.periodEnd };
  const isStopped = entered?.value.suspendedFor === 'spend_cap';
  const notices = [
    ...(alert !== null && !isStopped
      ? [
          planNotice(context, {
            customerId,
            kind: 'spend_cap_alert' as const,
            about: `${cap.periodStart}/${alert}`,
            params: { ...sums, percent: alert, action },
          }),
        ]
      : []),
    ...(isStopped
      ? [planNotice(context, { customerId, kind: 'spend_cap_suspended' as const, about: String(now), params: sums })]
      : []),
    ...(entered !== null && !isStopped
      ? [planNotice(context, { customerId, kind: 'spend_cap_resumed' as const, about: String(now), params: {} })]
      : []),
  ];
  const events = [
    ...(alert === null ? [] : [event('alert', alert)]),
    ...(entered === null ? [] : [event(isStopped ? 'suspended' : 'resumed')]),
  ];
  return {
    events,
    writes: [...events.map(capStore.insertEvent), ...notices.flatMap(({ writes }) => writes)],
    outbox: notices.map(({ outboxId }) => outboxId),
  };
}
