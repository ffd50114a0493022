import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { nextAttemptAt } from '../../../../dev/stripe/webhooks/schedule.ts';
import { signatureOf } from '../../../../dev/stripe/webhooks/signature.ts';
import { hourMs, minuteMs } from '../../../../src/lib/time.ts';

it('a webhook comes again after ever longer waits, for three days', () => {
  const attempts = [0];
  for (let next = nextAttemptAt(1, 0, 0); next !== null; next = nextAttemptAt(attempts.length, next, 0))
    attempts.push(next);
  const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
  expect(waits).toEqual([
    5 * minuteMs,
    30 * minuteMs,
    2 * hourMs,
    5 * hourMs,
    10 * hourMs,
    ...Array.from({ length: 4 }, () => 12 * hourMs),
  ]);
  expect(attempts.at(-1)).toBeLessThanOrEqual(72 * hourMs);
});

it("its signature is what Stripe's own client accepts, of its body only", async () => {
  const body = JSON.stringify({ id: 'evt_1', object: 'event' });
  const header = signatureOf(body, 'whsec_1', Date.now());
  const { webhooks } = new Stripe('sk_test_1');
  expect((await webhooks.constructEventAsync(body, header, 'whsec_1')).id).toBe('evt_1');
  await expect(webhooks.constructEventAsync(`${body} `, header, 'whsec_1')).rejects.toThrow(/signature/i);
  await expect(webhooks.constructEventAsync(body, header, 'whsec_2')).rejects.toThrow(/signature/i);
});
