/**
 * Every call of the port to Stripe (src/stripe) with typical arguments, so that each form of request that our code sends is made: a
 * call without a form does not compile. Where a second request depends on what the first was told, the form says what is told.
 */
import type { StripePort } from '../../../src/stripe/port.ts';

/** One way in which a call is made. */
export interface Form<Arguments extends readonly unknown[] = readonly unknown[]> {
  with: Arguments;
  /** What Stripe says instead of stripe-mock's example, by method and path: of a 200 some fields, else an error's code. */
  told?: Readonly<Record<string, Told>>;
}
export type Told = { fields: object } | { status: number; code: string };

type FormsOf<Resource> = {
  [Name in keyof Resource]: Resource[Name] extends (...args: infer Arguments) => unknown
    ? readonly Form<Arguments>[]
    : never;
};
export type Forms = { [Name in keyof StripePort]: FormsOf<StripePort[Name]> };

const at = Date.parse('2026-11-21T10:00:00.000Z');
const monthMs = 30 * 86_400_000;
const key = 'tenantry-out_1-1';
const change = { subscriptionId: 'sub_1', itemId: 'si_1', priceId: 'price_2', prorationAt: at };
const checkout = {
  customer: 'cus_1',
  priceId: 'price_1',
  successUrl: 'https://seller.example/done?s={CHECKOUT_SESSION_ID}',
  cancelUrl: 'https://seller.example/',
  trialEnd: null,
  promotion: 'none',
  tax: false,
  customerId: 'cust_1',
  plan: 'starter',
  planVersion: '2026-11',
  orderId: 'out_1',
} as const;
const newPrice = {
  lookupKey: 'tenantry_starter_2026-11_month',
  plan: 'starter',
  version: '2026-11',
  name: 'Starter',
  amountCents: 2900,
  currency: 'usd',
  interval: 'month',
} as const;

const draftLine = {
  mark: 'lin_1',
  parts: [
    { id: 'lin_1', identity: 'cpu', meter: 'cpu', start: at - monthMs, end: at, deltaOf: null, amountCents: 280 },
  ],
  amountCents: 280,
  description: 'CPU',
  start: 1_764_000_000,
  end: 1_766_000_000,
};
const ownDraft = { id: 'in_1', invoiceId: 'inv_1' };
const ownInvoice = {
  invoiceId: 'inv_1',
  customerId: 'cust_1',
  kind: 'usage',
  periodStart: at - monthMs,
  periodEnd: at,
  customer: 'cus_1',
  description: 'Usage',
  collection: 'card',
  daysUntilDue: 30,
  tax: false,
} as const;
const berlin = { line1: 'Unter den Linden 1', city: 'Berlin', country: 'DE' };
const billed = { email: 'bills@example.com', address: berlin, taxExempt: 'reverse', poNumber: 'PO-7' } as const;

export const forms: Forms = {
  billing: {
    setCustomer: [
      { with: ['cus_1', billed, key] },
      { with: ['cus_1', { ...billed, address: null, taxExempt: 'none', poNumber: null }, key] },
      { with: ['cus_1', { address: berlin }, key] },
    ],
    setTaxIds: [{ with: ['cus_1', [{ type: 'eu_vat', value: 'DE987654321' }], key] }, { with: ['cus_1', [], key] }],
    isTaxed: [{ with: ['sub_1'] }],
    setSubscription: [
      { with: ['sub_1', { by: 'invoice', netDays: 14 }, key] },
      { with: ['sub_1', { by: 'card' }, key] },
      { with: ['sub_1', { tax: true }, key] },
    ],
  },
  changes: {
    preview: [{ with: [change] }],
    changePrice: [{ with: [change, 'card', key] }, { with: [change, 'invoice', key] }],
    priceNext: [{ with: [change, key] }],
    needsConfirmation: [{ with: ['in_1'] }],
    isOwed: [{ with: ['sub_1'] }],
    voidInvoice: [{ with: ['in_1', key] }],
    cancelAtEnd: [{ with: ['sub_1', null, key] }, { with: ['sub_1', 'moves away', key] }],
    cancelNow: [{ with: ['sub_1', null] }, { with: ['sub_1', 'moves away'] }],
    keep: [{ with: ['sub_1', 'date', key] }, { with: ['sub_1', 'period_end', key] }],
  },
  checkout: {
    create: [
      { with: [checkout, key] },
      { with: [{ ...checkout, promotion: 'typed' }, key] },
      { with: [{ ...checkout, trialEnd: at + monthMs, promotion: { id: 'promo_1' }, tax: true }, key] },
    ],
    listOpen: [{ with: ['cus_1'] }],
    expire: [{ with: ['cs_1'] }],
    findPromotion: [{ with: ['WELCOME'] }],
  },
  customers: {
    create: [{ with: [{ customerId: 'cust_1', email: 'ada@example.com', name: 'Acme' }, key] }],
    fetch: [{ with: ['cus_1'] }],
    page: [{ with: [null] }, { with: ['cus_1'] }],
    find: [{ with: [{ customerId: 'cust_1', email: 'ada@example.com' }] }],
  },
  prices: {
    find: [{ with: [newPrice.lookupKey] }],
    fetch: [{ with: ['price_1'] }],
    create: [
      {
        with: [newPrice, key],
        told: { 'GET /v1/products/tenantry_starter': { status: 404, code: 'resource_missing' } },
      },
    ],
  },
  charges: { fetch: [{ with: ['ch_1'] }] },
  drafts: {
    lines: [{ with: ['in_1'] }],
    addLines: [
      { with: [ownDraft, [draftLine], { behavior: null, code: null }, key] },
      { with: [ownDraft, [draftLine], { behavior: 'exclusive', code: 'txcd_10103001' }, key] },
    ],
    create: [{ with: [ownInvoice, key] }, { with: [{ ...ownInvoice, collection: 'invoice', tax: true }, key] }],
    find: [{ with: ['cus_1', 'inv_1'] }],
    payAs: [
      {
        with: ['in_1', 'sub_1'],
        told: { 'GET /v1/subscriptions/sub_1': { fields: { default_payment_method: 'pm_1' } } },
      },
    ],
    keep: [{ with: ['in_1'] }],
    finalize: [{ with: ['in_1', key] }],
    credit: [{ with: [{ stripeInvoiceId: 'in_1', invoiceId: 'inv_1', totalCents: 280, memo: 'Usage' }, key] }],
    reach: [{ with: ['in_1'] }],
    findCredit: [{ with: ['in_1', 'inv_1'] }],
  },
  events: { page: [{ with: [at - monthMs, at, null] }, { with: [at - monthMs, at, 'evt_1'] }] },
  invoices: {
    fetch: [{ with: ['in_1'] }],
    page: [{ with: [null, at] }, { with: ['in_1', at] }],
    hold: [{ with: ['in_1', at] }],
  },
  usageEvents: {
    isBilledBy: [
      {
        with: ['price_1'],
        told: { 'GET /v1/prices/price_1': { fields: { recurring: { interval: 'month', meter: 'mtr_1' } } } },
      },
    ],
    tell: [{ with: [{ customer: 'cus_1', cents: 280, identifier: 'inv_1', at }] }],
  },
  pauses: {
    pause: [{ with: ['sub_1', key] }],
    paidUntil: [{ with: ['sub_1'] }],
    goOn: [{ with: ['sub_1', true, key] }, { with: ['sub_1', false, key] }],
  },
  portal: { open: [{ with: ['cus_1', 'https://seller.example/'] }] },
  renewals: {
    drop: [
      {
        with: ['in_1', key],
        told: {
          'GET /v1/invoices/in_1': { fields: { status: 'draft' } },
          'POST /v1/invoices/in_1/finalize': { fields: { status: 'open' } },
        },
      },
    ],
  },
  schedules: {
    begin: [{ with: ['sub_1', key] }],
    follow: [
      {
        with: [
          {
            scheduleId: 'sub_sched_1',
            start: at,
            end: at + monthMs,
            priceId: 'price_1',
            nextPriceId: 'price_2',
          },
          key,
        ],
      },
    ],
    release: [
      {
        with: ['sub_sched_1', key],
        told: { 'POST /v1/subscription_schedules/sub_sched_1/release': { status: 400, code: 'over_already' } },
      },
    ],
  },
  subscriptions: {
    fetch: [{ with: ['sub_1'] }],
    page: [{ with: [null] }, { with: ['sub_1'] }],
    listOf: [{ with: ['cus_1'] }],
  },
};

/** What stripe-mock refuses although Stripe takes it. */
export interface Exception {
  /** Method and path. */
  request: string;
  /** What stripe-mock says: another refusal of the same request is none of the exception's. */
  refused: RegExp;
  reason: string;
}

/** Its OpenAPI is of 2026-08-26, one major version behind the client's; that the client has these, its types say. */
export const exceptions: readonly Exception[] = [
  {
    request: 'POST /v1/subscriptions/sub_1/pause',
    refused: /Unrecognized request URL/,
    reason: 'the pause of a subscription came with 2026-09-30',
  },
  {
    request: 'POST /v1/subscriptions/sub_1/resume',
    refused: /'billing_cycle_anchor' validation failed: value is not a string/,
    reason: 'the anchor of a resumption became an object with 2026-09-30',
  },
];
