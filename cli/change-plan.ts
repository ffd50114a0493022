/** Changes the plan of a subscription that is paid for: shows what it costs, asks, and orders it at the price that was shown. */
import type { z } from 'zod';
import { previewChange, upgradeSubscription } from '../src/contracts/routes/subscriptions.ts';
import type { upgradeAnswer } from '../src/contracts/subscriptions.ts';
import type { Result } from '../src/lib/result.ts';
import type { Api } from './api.ts';
import { confirm, type YesOption } from './confirm.ts';
import type { Failure } from './failure.ts';
import { dollars, minuteOf } from './format/amounts.ts';
import { previewLines } from './format/subscription.ts';
import type { JsonOption } from './output.ts';
import type { World } from './world.ts';

export type Upgraded = z.infer<typeof upgradeAnswer>;

export interface PlanWish extends JsonOption, YesOption {
  plan: string;
  interval?: 'month' | 'year';
}

export async function changePlan(
  world: World,
  api: Api,
  customerId: string,
  { plan, interval, ...options }: PlanWish,
): Promise<Result<Upgraded, Failure>> {
  const asked = { customer_id: customerId, new_plan: plan, ...(interval === undefined ? {} : { interval }) };
  const seen = await api.call(previewChange, { body: asked });
  if (!seen.ok) return seen;
  for (const line of previewLines(seen.value)) world.note(line);
  const { effective, due_now_cents: due, effective_at: at } = seen.value;
  const when = effective === 'now' ? `at once, for ${dollars(due)}` : `at ${minuteOf(at)} UTC`;
  const may = await confirm(world, options, `${customerId} goes over to ${plan} ${when}.`);
  if (!may.ok) return may;
  const frozen = effective === 'now' ? { proration_date: seen.value.proration_date } : {};
  return await api.call(upgradeSubscription, { body: { ...asked, ...frozen } });
}

/** What has become of it, for people. */
export function outcomeOf({ effective, subscription, invoice }: Upgraded): string {
  const { plan, scheduled } = subscription;
  if (effective === 'period_end') return `Scheduled: ${scheduled?.plan ?? plan}; take it back with customer resume.`;
  return invoice === null
    ? `On ${plan} now.`
    : `On ${plan} now; invoice ${invoice.invoice_id}: ${dollars(invoice.amount_due_cents)}.`;
}
