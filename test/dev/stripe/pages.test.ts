import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scene } from '../../../bench/support/stripe/book.ts';
import { makeCustomer, makePrices, type Prices, payWith, periodEnd } from '../../../bench/support/stripe/cast.ts';
import { openStandInSide } from '../../../bench/support/stripe/sides.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { openBrowser, type Page } from '../oidc/browser.ts';

const hostile = `<script>alert(1)</script>"'&`;
const visa = '4242424242424242';
const asksBank = '4000002760003184';

describe('the pages of the stand-in', () => {
  let side: Awaited<ReturnType<typeof openStandInSide>>;
  let scene: Scene;
  let stripe: Stripe;
  let prices: Prices;

  beforeAll(async () => {
    side = await openStandInSide();
    stripe = side.stripe;
    let count = 0;
    const unique = (name: string) => `${name}-${++count}`;
    scene = { stripe, clock: await side.openClock(), unique, tell: () => {} };
    prices = await makePrices(scene);
  });
  afterAll(async () => {
    await side.close();
  });

  /** Where the seller's pages would be: nothing listens, so the way there is looked at only. */
  const seller = () => `${side.url}/seller`;
  async function begin(more: Partial<Stripe.Checkout.SessionCreateParams> = {}, card: string | null = null) {
    const customer = await makeCustomer(scene, card, { name: hostile });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer,
      line_items: [{ price: prices.starter, quantity: 1 }],
      success_url: `${seller()}/done?session={CHECKOUT_SESSION_ID}`,
      cancel_url: `${seller()}/back`,
      ...more,
    });
    const browser = openBrowser();
    return { customer, session, browser, page: await browser.go(session.url ?? '') };
  }
  const subscriptionOf = async (id: string) => {
    const { subscription } = await stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] });
    return subscription as Stripe.Subscription | null;
  };
  const done = (page: Page, id: string) => expect(page.url.href).toBe(`${seller()}/done?session=${id}`);

  it('Checkout sells what it shows, and leads back to the seller with the session', async () => {
    const { session, browser, page } = await begin();
    expect(page.text).toMatch(/Starter.*\$29\.00 a month/);
    expect(page.text).toContain(`<a href="${seller()}/back">`);
    done(await browser.submit(page, { card: visa }), session.id);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
    });
    expect(await subscriptionOf(session.id)).toMatchObject({ status: 'active' });
    expect((await browser.go(page.url)).text).toContain('This page is over');
    expect((await browser.submit(page, { card: visa })).status).toBe(422);
  });

  it('Checkout says why a card is not taken, and takes another', async () => {
    const { session, browser, page } = await begin();
    for (const [number, why] of [
      ['4000 0000 0000 0002', 'Your card was declined.'],
      ['4000000000009995', 'Your card has insufficient funds.'],
      ['4111111111111111', 'no test card'],
    ] as const) {
      const refused = await browser.submit(page, { card: visa, number });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(why)]);
      expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    }
    done(await browser.submit(page, { number: '5555 5555 5555 4444' }), session.id);
  });

  it.each([
    ['pays', {}, 'active'],
    ['begins a trial', { subscription_data: { trial_period_days: 7 } }, 'trialing'],
  ])('the bank asks, and a yes %s', async (_, more, status) => {
    const { session, browser, page } = await begin(more);
    const bank = await browser.submit(page, { card: asksBank });
    expect(bank.text).toContain('Your bank');
    const refused = await browser.submit(bank, { answer: 'no' });
    expect(refused.text).toContain('Checkout');
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
    const again = await browser.submit(page, { card: asksBank });
    done(await browser.submit(again, { answer: 'yes' }), session.id);
    expect(await subscriptionOf(session.id)).toMatchObject({ status });
    expect((await browser.submit(again, { answer: 'yes' })).text).toContain('asks nothing any more');
  });

  it('Checkout takes a promotion code, and an address where tax is asked for', async () => {
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' });
    const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'HALF' });
    const { customer, session, browser, page } = await begin({
      allow_promotion_codes: true,
      automatic_tax: { enabled: true },
      customer_update: { address: 'auto' },
    });
    const wrong = await browser.submit(page, { card: visa, country: 'AT', promotion_code: 'NONE' });
    expect(wrong.text).toContain('This code is invalid.');
    done(
      await browser.submit(page, { card: visa, country: 'AT', postal_code: '1010', promotion_code: 'half' }),
      session.id,
    );
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      address: { country: 'AT', postal_code: '1010' },
    });
    const [invoice] = (await stripe.invoices.list({ customer })).data;
    expect(invoice).toMatchObject({ subtotal: 2900, total_discount_amounts: [{ amount: 1450 }], status: 'paid' });
    expect(invoice?.total).toBeGreaterThan(1450);
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1);
  });

  it('an invoice is paid on its own page, with another card', async () => {
    const customer = await makeCustomer(scene, 'pm_card_visa', { name: hostile });
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await payWith(stripe, customer, 'pm_card_chargeCustomerFail');
    await scene.clock.to(periodEnd(made) + (2 * 3_600_000) / 1000);
    const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(made.id, { expand: ['latest_invoice'] });
    const browser = openBrowser();
    const page = await browser.go((invoice as Stripe.Invoice).hosted_invoice_url ?? '');
    expect(page.text).toContain('To pay</td><td>$29.00');
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('&lt;script&gt;');
    expect((await browser.submit(page, { card: '4000000000000341' })).text).toContain('Your card was declined.');
    const bank = await browser.submit(page, { card: asksBank });
    expect((await browser.submit(bank, { answer: 'no' })).text).toContain('To pay</td><td>$29.00');
    const paid = await browser.submit(await browser.submit(page, { card: asksBank }), { answer: 'yes' });
    expect(paid.text).toMatch(/, paid/);
    expect((await stripe.subscriptions.retrieve(made.id)).status).toBe('active');
  });

  it('the portal changes the card, ends a subscription by cancel_at, takes that back and shows invoices', async () => {
    const { customer, session, browser, page } = await begin();
    await browser.submit(page, { card: visa });
    const subscription = await subscriptionOf(session.id);
    if (subscription === null) throw new Error('there is no subscription');
    const { url } = await stripe.billingPortal.sessions.create({ customer, return_url: `${seller()}/billing` });
    const portal = await browser.go(url);
    expect(portal.text).toContain(`<a href="${seller()}/billing">`);
    expect(portal.text).toMatch(/\$29\.00, paid/);

    const changed = await browser.submit(portal, { act: 'card', card: '5555555555554444' });
    expect(changed.text).toContain('ends in 4444');
    const { default_payment_method: pays } = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ['default_payment_method'],
    });
    expect(pays).toMatchObject({ card: { brand: 'mastercard' } });

    const ended = await browser.submit(portal, { act: 'cancel', subscription: subscription.id });
    expect(ended.text).toContain('Keep it');
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      cancel_at: periodEnd(subscription),
      cancel_at_period_end: false,
    });
    await browser.submit(portal, { act: 'keep', subscription: subscription.id });
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ cancel_at: null, canceled_at: null });
    expect((await browser.submit(portal, { act: 'card', card: '4000000000000002' })).text).toContain(
      'Your card was declined.',
    );
  });

  it("the portal of one customer does nothing to another's subscription", async () => {
    const [mine, theirs] = [await begin(), await begin()];
    await theirs.browser.submit(theirs.page, { card: visa });
    const subscription = (await subscriptionOf(theirs.session.id))?.id ?? '';
    const { url } = await stripe.billingPortal.sessions.create({ customer: mine.customer, return_url: seller() });
    const portal = await mine.browser.go(url);
    expect((await mine.browser.submit(portal, { act: 'cancel', subscription })).text).toContain('no such subscription');
    expect((await stripe.subscriptions.retrieve(subscription)).cancel_at).toBeNull();
  });

  it('a page of nothing is 404; of another name 421; a form of another site is refused', async () => {
    const { session, page } = await begin();
    expect((await fetch(`${side.url}/checkout/cs_none`)).status).toBe(404);
    expect((await fetch(`${side.url}/`)).status).toBe(404);
    const other = new URL(page.url);
    other.hostname = 'localhost';
    expect((await fetch(other)).status).toBe(421);
    const body = new URLSearchParams({ card: visa });
    const headers = { origin: 'https://evil.example' };
    expect((await fetch(page.url, { method: 'POST', body, headers })).status).toBe(403);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open');
  });

  it('a session that nobody uses is over after a day', async () => {
    const { session, browser, page } = await begin();
    await scene.clock.to(scene.clock.now() + dayMs / 1000 + 60);
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('expired');
    expect((await browser.submit(page, { card: visa })).status).toBe(422);
  });
});
