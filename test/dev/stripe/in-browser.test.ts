/** The stand-in's pages in a real browser: their policy stops nothing of theirs, and everybody can use them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Scene } from '../../../bench/support/stripe/book.ts';
import { makeCustomer, makePrices } from '../../../bench/support/stripe/cast.ts';
import { openStandInSide } from '../../../bench/support/stripe/sides.ts';
import { expectAccessible } from '../../harness/browser/accessibility.ts';
import { describeWithTools, toolPath } from '../../harness/tools.ts';

const pageTimeoutMs = 30_000;

describeWithTools(['chromium'], "the stand-in's pages in a browser", () => {
  let side: Awaited<ReturnType<typeof openStandInSide>>;
  let stripe: Stripe;
  let browser: Browser;
  let seller: Server;

  beforeAll(async () => {
    seller = createServer((_, response) => response.end('<title>Seller</title><h1>Thank you</h1>')).listen(
      0,
      '127.0.0.1',
    );
    side = await openStandInSide();
    stripe = side.stripe;
    browser = await chromium.launch({
      executablePath: toolPath('chromium'),
      args: ['--no-sandbox', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await side?.close();
    seller?.closeAllConnections();
    seller?.close();
  });

  it('somebody buys, proves it to the bank, and looks at the invoice and the portal', async () => {
    const scene: Scene = { stripe, clock: await side.openClock(), unique: (name) => name, tell: () => {} };
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene, null)];
    const home = `http://127.0.0.1:${(seller.address() as AddressInfo).port}`;
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer,
      line_items: [{ price: prices.starter, quantity: 1 }],
      success_url: `${home}/done?session={CHECKOUT_SESSION_ID}`,
      cancel_url: `${home}/back`,
    });

    const context = await browser.newContext({ viewport: { width: 375, height: 740 } });
    context.setDefaultTimeout(pageTimeoutMs);
    const complaints: string[] = [];
    context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const page = await context.newPage();
    await page.goto(session.url ?? '');
    await expectAccessible(page);
    await page
      .getByRole('radio', { name: /3-D Secure, each time/ })
      .first()
      .check();
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.getByRole('button', { name: 'Yes, it is me' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Yes, it is me' }).click();
    await page.waitForURL(`${home}/done?session=${session.id}`);

    const { url } = await stripe.billingPortal.sessions.create({ customer, return_url: `${home}/billing` });
    await page.goto(url);
    await expectAccessible(page);
    await page.getByLabel('Or the number of a test card').fill('5555 5555 5555 4444');
    await page.getByRole('button', { name: 'Pay with this card from now on' }).click();
    await page.getByText('ends in 4444').waitFor();
    await page.getByRole('link', { name: /-0001$/ }).click();
    await page.getByRole('heading', { name: 'Invoice' }).waitFor();
    await expectAccessible(page);
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    await context.close();
  });
});
