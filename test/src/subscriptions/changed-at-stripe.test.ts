/** A plan that a person changes at Stripe, beside us: it counts from when they did, whatever was ordered before. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';

const day = 86_400_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { ask, subscriptionOf, refresh, paying, giveCard } = subscribersOf(api, () => stripe);
const upgrade = (made: SignupAnswer, new_plan: string) => ask('upgrade', made, { new_plan });

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

describe('a plan that a person changes at Stripe', () => {
  /** The price of a plan by the month is put there. @returns from when we count it */
  async function putAtStripe({ made, id }: { made: SignupAnswer; id: string }, plan: string): Promise<number | null> {
    const price = await control
      .prepare(
        "SELECT p.price_id FROM stripe_prices p JOIN subscriptions s ON s.customer_id = ? WHERE p.plan = ? AND p.interval = 'month'",
      )
      .bind(made.customer.customer_id, plan)
      .first<string>('price_id');
    const { items } = await stripe.read<{ items: { data: { id: string }[] } }>(`/subscriptions/${id}`);
    const item = { 'items[0][id]': items.data[0]?.id ?? '', 'items[0][price]': price ?? '' };
    await stripe.call(`/subscriptions/${id}`, item);
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ plan });
    return await control
      .prepare('SELECT max(effective_at) m FROM plan_changes WHERE customer_id = ?')
      .bind(made.customer.customer_id)
      .first<number>('m');
  }

  it('counts from then, and not from an upgrade that the card refused', async () => {
    const { made, id } = await paying();
    await giveCard(id, '4000000000000341');
    expect(await refusalOf(await upgrade(made, 'professional'))).toEqual([402, 'payment_failed']);
    await giveCard(id, '4242424242424242');
    await stripe.move(api.clock.now + 3 * day);
    expect(await putAtStripe({ made, id }, 'professional')).toBe(api.clock.now);
  });

  it('counts from then, and not from an upgrade that it was taken back from', async () => {
    const { made, id } = await paying();
    await good(await upgrade(made, 'professional'));
    await stripe.move(api.clock.now + 2 * day);
    expect(await putAtStripe({ made, id }, 'starter')).toBe(api.clock.now);
    await stripe.move(api.clock.now + 2 * day);
    expect(await putAtStripe({ made, id }, 'professional')).toBe(api.clock.now);
  });
});
