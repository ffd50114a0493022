/** The route that says what another plan would cost. */
import * as routes from '../contracts/routes/subscriptions.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { iso } from '../lib/time.ts';
import { customerNamed, offeredTo } from '../subscriptions/asker.ts';
import { contextOf } from '../wiring.ts';
import { type Preview, previewChange } from '../workflows/subscriptions/preview-change.ts';
import { toCostLine } from './cost-line.ts';
import { baseFeeMeter } from './meters.ts';
import type { Rated } from './rate.ts';

/** What is beyond the plan's own fee. */
const overageOf = ({ lines }: Rated): number =>
  lines.filter(({ meter }) => meter !== baseFeeMeter).reduce((sum, { amountCents }) => sum + amountCents, 0);

const toPreview = ({ effective, effectiveAt, prorationAt, validUntil, atStripe, period, before, after }: Preview) => ({
  success: true as const,
  effective,
  effective_at: iso(effectiveAt),
  proration_date: iso(prorationAt),
  due_now_cents: atStripe.amountDueCents,
  stripe_lines: atStripe.lines.map(({ description, amountCents, start, end, proration }) => ({
    description,
    amount_cents: amountCents,
    start: iso(start),
    end: iso(end),
    proration,
  })),
  lines: after.lines.map((line) => toCostLine(line, period)),
  overage_before_cents: overageOf(before),
  overage_after_cents: overageOf(after),
  valid_until: iso(validUntil),
});

const preview = endpoint({
  ...routes.previewChange,
  handle: async (call) => {
    const { customer_id, new_plan: plan, interval = null } = call.body;
    const customer = customerNamed(call.principal, customer_id);
    if (!customer.ok) return customer;
    const offered = offeredTo(call.principal, call.env.SIGNUP_PLANS);
    const found = await previewChange(contextOf(call), { customerId: customer.value, plan, interval, offered });
    return found.ok ? reply(200, toPreview(found.value)) : found;
  },
});

export const previewEndpoints: readonly Endpoint[] = [preview];
