/** Buying a subscription on Stripe's page, at the stand-in: what is bought becomes the customer's, and what cannot be bought says why. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, type OpenPage, problem, subscribersOf, urls } from '../../harness/worker/subscriber.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:34:56.789Z');
const api = makeApi(begin);
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});
beforeEach(async () => {
  await stripe.heal();
});

const { ask, subscriptionOf, pay, refresh } = subscribersOf(api, () => stripe);
const customer = () => signUp(api, { plan: 'starter' });
const checkOut = (made: SignupAnswer, body: Record<string, unknown> = {}, token?: string) =>
  ask('checkout', made, { plan: 'starter', ...urls, ...body }, token);
const opened = (response: Response) => good<OpenPage>(response);

describe('a checkout', () => {
  it('opens a page; what is paid on it is the customer’s, and the free days stay', async () => {
    const made = await customer();
    const page = await opened(await checkOut(made, { plan: 'professional' }));
    expect(page.checkout_url).toContain(page.session_id);
    expect((await subscriptionOf(made)).status).toBe('trialing');
    const id = await pay(page);
    await refresh(id);
    const trialEnd = new Date(Math.floor((begin + 14 * day) / 1000) * 1000).toISOString();
    expect(await subscriptionOf(made)).toMatchObject({
      status: 'active',
      plan: 'professional',
      interval: 'month',
      collection: 'card',
      stripe_subscription_id: id,
      current_period: { end: trialEnd },
      scheduled: null,
      cancel_at: null,
    });
  });

  it('on the trial’s last day is paid at once: the trial ends here and the paid month begins', async () => {
    const made = await customer();
    await stripe.move(begin + 13 * day);
    const id = await pay(await opened(await checkOut(made)));
    await refresh(id);
    const subscription = await subscriptionOf(made);
    expect(subscription).toMatchObject({ status: 'active', plan: 'starter' });
    expect(Date.parse(subscription.current_period.start)).toBeGreaterThan(begin + 13 * day - 5000);
    expect(Date.parse(subscription.current_period.end)).toBeGreaterThan(begin + 40 * day);
  });

  it('by the year has the year’s price', async () => {
    const made = await customer();
    const id = await pay(await opened(await checkOut(made, { interval: 'year' })));
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ interval: 'year', plan: 'starter' });
  });

  it('while a subscription lives is refused with the way to the portal, also where no webhook has told of it', async () => {
    const made = await customer();
    const id = await pay(await opened(await checkOut(made)));
    const untold = await checkOut(made);
    expect(untold.status).toBe(409);
    expect(await problem(untold)).toMatchObject({
      code: 'already_subscribed',
      details: { portal_url: expect.stringContaining('http') },
    });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active', stripe_subscription_id: id });
    const told = await checkOut(made);
    expect(told.status).toBe(409);
    expect(await problem(told)).toMatchObject({
      code: 'already_subscribed',
      details: { portal_url: expect.stringContaining('http') },
    });
  });

  it('that is abandoned leaves everything as it was, and the next one closes its page', async () => {
    const made = await customer();
    const first = await opened(await checkOut(made));
    const second = await opened(await checkOut(made, { plan: 'professional' }));
    expect(second.session_id).not.toBe(first.session_id);
    expect(await stripe.read(`/checkout/sessions/${first.session_id}`)).toMatchObject({ status: 'expired' });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'trialing', stripe_subscription_id: null });
    await stripe.move(api.clock.now + 2 * day);
    expect(await stripe.read(`/checkout/sessions/${second.session_id}`)).toMatchObject({ status: 'expired' });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'trialing' });
  });

  it('whose card is declined, or whose bank gets no confirmation, buys nothing', async () => {
    const made = await customer();
    const page = await opened(await checkOut(made));
    await expect(pay(page, '4000000000000002')).rejects.toThrow(/declined/);
    await pay(page, '4000002760003184', { authenticates: false }).catch(() => null);
    expect(await subscriptionOf(made)).toMatchObject({ status: 'trialing', stripe_subscription_id: null });
    const id = await pay(page, '4000002760003184');
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active' });
  });

  it('takes no promotion code while PROMOTION_CODES is off: the page asks for none, and one that is given is refused', async () => {
    const made = await customer();
    const { session_id: id } = await opened(await checkOut(made));
    expect(await stripe.read(`/checkout/sessions/${id}`)).toMatchObject({ allow_promotion_codes: null });
    for (const token of [made.api_key, rootToken]) {
      const given = await checkOut(made, { promotion_code: 'HALF' }, token);
      expect(given.status).toBe(422);
      const message = 'promotion_code: promotion codes are not taken';
      expect(await problem(given)).toMatchObject({ details: { issues: [{ path: 'promotion_code', message }] } });
    }
  });

  it('takes a promotion code that is there, and names one that is not', async () => {
    Object.assign(api.bindings, { PROMOTION_CODES: 'on' });
    const made = await customer();
    const { session_id: id } = await opened(await checkOut(made));
    expect(await stripe.read(`/checkout/sessions/${id}`)).toMatchObject({ allow_promotion_codes: true });
    const coupon = await stripe.call('/coupons', { percent_off: '50', duration: 'once' });
    await stripe.call('/promotion_codes', {
      'promotion[type]': 'coupon',
      'promotion[coupon]': coupon.id,
      code: 'HALF',
    });
    expect((await checkOut(made, { promotion_code: 'HALF' })).status).toBe(200);
    const unknown = await checkOut(made, { promotion_code: 'NEVER' });
    expect(unknown.status).toBe(422);
    expect(await problem(unknown)).toMatchObject({ details: { issues: [{ path: 'promotion_code' }] } });
    Object.assign(api.bindings, { PROMOTION_CODES: undefined });
  });

  it('of a customer whom somebody has deleted at Stripe makes another', async () => {
    const made = await customer();
    await opened(await checkOut(made));
    const before = await control
      .prepare('SELECT stripe_customer_id FROM customers WHERE id = ?')
      .bind(made.customer.customer_id)
      .first<string>('stripe_customer_id');
    await fetch(`${stripe.url}/v1/customers/${before}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${api.bindings['STRIPE_SECRET_KEY']}` },
    });
    const id = await pay(await opened(await checkOut(made)));
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active', stripe_subscription_id: id });
    const after = await control
      .prepare('SELECT stripe_customer_id FROM customers WHERE id = ?')
      .bind(made.customer.customer_id)
      .first<string>('stripe_customer_id');
    expect(after).not.toBe(before);
    expect((await stripe.read(`/subscriptions/${id}`))['customer']).toBe(after);
  });

  it('of a customer whom the sign-up still tells Stripe of waits for that, and makes no second one', async () => {
    const made = await customer();
    const { customer_id: id } = made.customer;
    const ofCustomer = "WHERE kind = 'stripe_customer' AND payload ->> 'customer_id' = ?";
    const stripeId = await control
      .prepare('SELECT stripe_customer_id FROM customers WHERE id = ?')
      .bind(id)
      .first<string>('stripe_customer_id');
    await control.batch([
      control.prepare('UPDATE customers SET stripe_customer_id = NULL WHERE id = ?').bind(id),
      control.prepare(`UPDATE outbox SET state = 'sent', claimed_until = ? ${ofCustomer}`).bind(begin + 400 * day, id),
    ]);
    const asked = checkOut(made);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await control.batch([
      control.prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?').bind(stripeId, id),
      control.prepare(`UPDATE outbox SET state = 'confirmed' ${ofCustomer}`).bind(id),
    ]);
    expect(await opened(await asked)).toHaveProperty('session_id');
    const rows = await control.prepare(`SELECT count(*) AS n FROM outbox ${ofCustomer}`).bind(id).first('n');
    expect(rows).toBe(1);
    const after = await control
      .prepare('SELECT stripe_customer_id FROM customers WHERE id = ?')
      .bind(id)
      .first('stripe_customer_id');
    expect(after).toBe(stripeId);
  });
});

describe('a page that is open when its customer leaves', () => {
  const left: [string, (made: SignupAnswer) => Promise<Response>][] = [
    ['cancels at once', (made) => ask('cancel', made, { immediately: true })],
    [
      'is deactivated',
      ({ customer: { customer_id: id } }) =>
        api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} }),
    ],
  ];
  it.each(left)('is closed when who has it %s: nobody pays for what they do not get', async (_, leave) => {
    const made = await customer();
    const page = await opened(await checkOut(made));
    expect((await leave(made)).status).toBe(200);
    await api.tick();
    expect(await stripe.read(`/checkout/sessions/${page.session_id}`)).toMatchObject({ status: 'expired' });
    const { customer_id: id } = made.customer;
    await api.call('POST', `/api/customers/${id}/reactivate`, { token: rootToken, body: {} });
    const again = await opened(await checkOut(made, {}, rootToken));
    await api.tick();
    expect(await stripe.read(`/checkout/sessions/${again.session_id}`)).toMatchObject({ status: 'open' });
  });
});

describe('a checkout that cannot be', () => {
  it.each([
    ['somebody else’s page', { success_url: 'https://evil.test/' }],
    ['one that only looks like ours', { cancel_url: 'http://127.0.0.1:8787@evil.test/' }],
    ['no page at all', { cancel_url: 'javascript:alert(1)' }],
  ])('returns to %s', async (_, body) => {
    const made = await customer();
    const response = await checkOut(made, body);
    expect(response.status).toBe(422);
    expect(await problem(response)).toMatchObject({ code: 'return_url_not_allowed' });
  });

  it('is for another customer, for a plan that is not on offer, or for none', async () => {
    const [made, other] = [await customer(), await customer()];
    const foreign = await checkOut(made, { customer_id: other.customer.customer_id });
    expect([foreign.status, (await problem(foreign)).code]).toEqual([403, 'customer_mismatch']);
    const bindings = { SIGNUP_PLANS: 'starter' };
    const body = { customer_id: made.customer.customer_id, plan: 'enterprise', ...urls };
    const closed = await api.call('POST', '/api/subscriptions/checkout', { token: made.api_key, body, bindings });
    expect([closed.status, (await problem(closed)).code]).toEqual([403, 'plan_not_offered']);
    const byOperator = await api.call('POST', '/api/subscriptions/checkout', { token: rootToken, body, bindings });
    expect(byOperator.status).toBe(200);
    expect((await checkOut(made, { plan: 'platinum' })).status).toBe(422);
  });

  it('has no price at Stripe, is in another currency, or of who has left', async () => {
    const made = await customer();
    await control.prepare("UPDATE stripe_prices SET interval = interval || '_' WHERE plan = 'enterprise'").run();
    const missing = await checkOut(made, { plan: 'enterprise' });
    expect([missing.status, (await problem(missing)).code]).toEqual([503, 'price_missing']);
    await control.prepare("UPDATE stripe_prices SET interval = rtrim(interval, '_')").run();
    await opened(await checkOut(made));
    const id = made.customer.customer_id;
    const cus = await control
      .prepare('SELECT stripe_customer_id c FROM customers WHERE id = ?')
      .bind(id)
      .first<string>('c');
    const product = await stripe.call('/products', { name: 'Euro' });
    const euro = await stripe.call('/prices', {
      product: product.id,
      currency: 'eur',
      unit_amount: '100',
      'recurring[interval]': 'month',
    });
    await stripe.door(`/customers/${cus}/cards`, { card: '4242424242424242' });
    const foreign = await stripe.call('/subscriptions', { customer: String(cus), 'items[0][price]': euro.id });
    await fetch(`${stripe.url}/v1/subscriptions/${foreign.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${api.bindings['STRIPE_SECRET_KEY']}` },
    });
    const mismatch = await checkOut(made);
    expect([mismatch.status, (await problem(mismatch)).code]).toEqual([409, 'currency_mismatch']);
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    const left = await checkOut(made, {}, rootToken);
    expect([left.status, (await problem(left)).code]).toEqual([409, 'subscription_ended']);
  });

  it('meets a Stripe that is away: nothing is open, and a later one works', async () => {
    const made = await customer();
    await stripe.door('/faults', { kind: '500', match: { path: '/v1/checkout/sessions' } });
    const away = await checkOut(made);
    expect([away.status, (await problem(away)).code]).toEqual([503, 'stripe_unavailable']);
    await stripe.heal();
    await opened(await checkOut(made));
  });
});

describe('the portal', () => {
  it('is opened for the customer, and returns to our pages only', async () => {
    const made = await customer();
    const response = await ask('portal', made, { return_url: 'http://127.0.0.1:8787/plan' });
    expect((await good<{ portal_url: string }>(response)).portal_url).toContain('http');
    const elsewhere = await ask('portal', made, { return_url: 'https://evil.test' });
    expect([elsewhere.status, (await problem(elsewhere)).code]).toEqual([422, 'return_url_not_allowed']);
  });
});
