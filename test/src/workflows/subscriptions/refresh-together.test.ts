/** Many who look at one subscription at once, as the events of one payment do. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { refreshSubscription } from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { makeApi } from '../../../harness/worker/api.ts';
import { refreshingOf } from '../../../harness/worker/refreshing.ts';

const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const { prepare, reset, fake, context, rowOf, one, paying } = refreshingOf(api);

beforeAll(prepare);
beforeEach(reset);

it('all come to what Stripe has, none overtakes the others for ever, and the change is made once', async () => {
  const { id, subscription } = await paying();
  const cancelAt = api.clock.now + 86_400_000;
  fake().put({ ...subscription, cancelAt });
  const done = await Promise.all(Array.from({ length: 8 }, () => refreshSubscription(context(), subscription.id)));
  expect(done.every(({ customerId }) => customerId === id)).toBe(true);
  expect(done.filter(({ outbox }) => outbox.length > 0).length).toBeLessThanOrEqual(1);
  expect(await rowOf(id)).toMatchObject({ status: 'active', cancel_at: cancelAt });
  expect(await one('SELECT fetch_seq - applied_seq AS open FROM stripe_objects WHERE id = ?', subscription.id)).toEqual(
    {
      open: 0,
    },
  );
});
