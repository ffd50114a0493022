/** What ends a subscription, who meets whom while it is applied, and what is not applied at all. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  refreshSubscription,
  StripeNotRead,
  UnknownSubscriber,
} from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { makeApi } from '../../../harness/worker/api.ts';
import { refreshingOf } from '../../../harness/worker/refreshing.ts';
import { aSubscription, day, priceOf } from '../../../harness/worker/stripe-subscription.ts';

const hour = 3_600_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
const {
  prepare,
  reset,
  fake,
  begin,
  context,
  refresh,
  all,
  one,
  rowOf,
  periodsOf,
  plansOf,
  licencesOf,
  deploymentOf,
  auditOf,
  everythingOf,
  paying,
} = refreshingOf(api);

beforeAll(prepare);
beforeEach(reset);

describe('an end', () => {
  it('stops the stack, revokes keys and licence, and opens no further period', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'canceled', endedAt: api.clock.now });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'canceled', stripe_subscription_id: null, collection: 'none' });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'suspended' });
    expect((await licencesOf(id)).every(({ revoked }) => revoked)).toBe(true);
    expect(await all('SELECT id FROM credentials WHERE owner_id = ? AND revoked_at IS NULL', id)).toEqual([]);
    expect(await one('SELECT deactivated_at FROM customers WHERE id = ?', id)).toEqual({
      deactivated_at: api.clock.now,
    });
    const periods = await periodsOf(id);
    api.clock.now += 60 * day;
    await api.tick();
    expect((await periodsOf(id)).length).toBe(periods.length);
  });

  it('that was said once does not end who has come back, when it is said again', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'canceled' });
    await refresh(subscription.id);
    await api.call('POST', `/api/customers/${id}/reactivate`, {
      token: api.bindings['ADMIN_API_TOKEN'] as string,
      body: {},
    });
    const before = await everythingOf(id);
    expect(before.row).toMatchObject({ status: 'trialing' });
    await refresh(subscription.id);
    expect(await everythingOf(id)).toEqual(before);
  });

  it('that lies ahead, and a change that is scheduled, are shown', async () => {
    const { id, start, subscription } = await paying();
    const end = start + 30 * day;
    fake().put({
      ...subscription,
      cancelAt: end,
      scheduleId: 'sub_sched_1',
      scheduled: { priceId: priceOf('starter'), at: end },
    });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({
      cancel_at: end,
      scheduled_plan: 'starter',
      scheduled_interval: 'month',
      scheduled_at: end,
      stripe_schedule_id: 'sub_sched_1',
      plan: 'professional',
    });
    api.clock.now = end + 5 * hour;
    fake().put(aSubscription(id, { plan: 'starter', start: end, createdAt: start }));
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ plan: 'starter', scheduled_plan: null, cancel_at: null });
    expect((await plansOf(id)).at(-1)).toEqual({ plan: 'starter', effective_at: end });
    expect((await licencesOf(id)).at(-1)).toMatchObject({ action: 'downgraded' });
  });
});

describe('two handlers of one subscription', () => {
  it('cannot set it back: what the later fetch has shown stands, whichever commits first', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'past_due' });
    let met = false;
    fake().state.fetched = async (shown) => {
      if (shown.status !== 'past_due' || met) return;
      met = true;
      // While the first handler has seen `past_due` and not written it, the card is charged and another handler comes by.
      fake().put({ ...subscription, status: 'active', cancelAt: 4_000_000_000_000 });
      await refresh(subscription.id);
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'active', cancel_at: 4_000_000_000_000, grace_ends_at: null });
    expect((await auditOf(id)).filter(({ action }) => action === 'subscription.changed')).toHaveLength(2);
  });

  it('cannot set it back, also where the later one comes between the reading and the batch of the first', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'past_due' });
    const own = context();
    let met = false;
    // The licence is signed after everything was read, and before anything is written.
    const keyring = async () => {
      if (!met) {
        met = true;
        // Paid meanwhile: what the row says already, so that nothing but the fetch's number tells.
        fake().subscriptions.set(subscription.id, subscription);
        await refresh(subscription.id);
      }
      return await own.keyring();
    };
    await refreshSubscription({ ...own, keyring }, subscription.id);
    expect(met).toBe(true);
    expect(await rowOf(id)).toMatchObject({ status: 'active', grace_ends_at: null });
  });

  it('leave nothing out when the later one is killed before it writes', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'past_due' });
    let raised = false;
    fake().state.fetched = async () => {
      if (raised) return;
      raised = true;
      await control
        .prepare('UPDATE stripe_objects SET fetch_seq = fetch_seq + 1 WHERE id = ?')
        .bind(subscription.id)
        .run();
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due' });
    expect(fake().state.fetches).toBe(3);
  });

  it('meet an operator: the end that a person has made stands', async () => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status: 'past_due' });
    fake().state.fetched = async () => {
      await control.prepare("UPDATE subscriptions SET status = 'canceled' WHERE customer_id = ?").bind(id).run();
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'canceled' });
  });
});

describe('what is not applied', () => {
  it('is of nobody, or was not shown: that is said, and tried again by whoever asked', async () => {
    const nobody = fake().put(aSubscription(`cust_${'0'.repeat(32)}`, { start: begin }));
    await expect(refresh(nobody)).rejects.toThrow(UnknownSubscriber);
    await expect(refresh('sub_gone')).rejects.toThrow(StripeNotRead);
    fake().state.failure = { kind: 'unclear', code: 'timeout' };
    await expect(refresh(nobody)).rejects.toThrow(StripeNotRead);
  });

  it('is a second subscription beside the one that runs, and one of a customer who has left', async () => {
    const { id, subscription } = await paying();
    const before = await everythingOf(id);
    await refresh(fake().put({ ...subscription, id: `${subscription.id}_2`, status: 'past_due' }));
    expect(await everythingOf(id)).toEqual(before);
    fake().put({ ...subscription, status: 'canceled' });
    await refresh(subscription.id);
    const left = await everythingOf(id);
    await refresh(`${subscription.id}_2`);
    expect(await everythingOf(id)).toEqual(left);
  });

  it('is a price that is none of ours: the plan stands, the state counts', async () => {
    const { id, subscription } = await paying();
    const item = { id: 'si_1', interval: 'month' as const, start: api.clock.now, end: api.clock.now + 30 * day };
    fake().put({ ...subscription, status: 'past_due', item: { ...item, priceId: 'price_of_somebody' } });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', plan: 'professional' });
  });
});
