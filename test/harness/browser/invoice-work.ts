/** A month of a customer whose usage is on an invoice, by the clock; and an invoice in the API's place, in a state that takes weeks. */
import type { BrowserContext } from 'playwright-core';
import { demoApi } from '../../../dev/demo/api.ts';
import type { ClockStep } from '../../../src/contracts/embedded-clock.ts';
import type { HeldLineView, InvoiceHead, InvoiceLineView } from '../../../src/contracts/invoices.ts';
import { listHolds, listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { createReporter, endReporter } from '../../../src/contracts/routes/reporters.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { reportUsage } from '../../../src/contracts/routes/usage-intake.ts';
import { ceilTo, dayMs, hourMs, iso, minuteMs } from '../../../src/lib/time.ts';
import { eventually } from '../eventually.ts';
import { cpuLine } from '../invoice-line.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';
import { withoutSignInLimits } from './member.ts';
import { withoutProvisioner } from './queue-work.ts';
import { sellsPlans, subscribe } from './subscription-work.ts';
import { hostileName } from './words.ts';

/** The platform's environment for it: nobody else reports, and usage above 20 dollars on a line waits for approval. */
export const forInvoices = {
  ...withoutProvisioner,
  ...withoutSignInLimits,
  RATE_LIMIT_AUTH: 'off',
  LOG_LEVEL: 'warn',
  HOLD_LINE_CENTS: '2000',
};

/** Above the 744 core-hours and 1,488 GB-hours of 31 days, or those of 30: a small line, and one above what is held. */
const used = { cpu_hours: 944, memory_gb_hours: 4_500 };

/** A customer's first month that was paid for. The clock stands. */
export interface UsedMonth {
  customerId: string;
  reporterId: string;
  /** The one window that was reported, as the API writes it. */
  window: { instance_id: string; window_start: string; window_end: string };
  used: typeof used;
  /** Goes on until the month has ended and its renewal's invoice is there. */
  end: () => Promise<void>;
}

/** A customer that has bought Starter, with an hour of usage. @param step how far the clock goes at once */
export async function usedMonth(platform: TestPlatform, company: string, step: ClockStep): Promise<UsedMonth> {
  const { ready } = platform;
  const admin = apiOf(ready.url, ready.admin_token);
  const { clock } = demoApi(ready, new AbortController().signal);
  const customerId = await sellsPlans(platform, company);
  const params = { customerId };
  const { subscription } = await admin.call(readSubscription, { params });
  // Less than two days of the trial are left: the month that is bought begins at once.
  await clock({ to: iso(Date.parse(subscription.trial_ends_at ?? '') - dayMs), step, hold: false });
  await subscribe(platform, customerId);
  const bought = (await admin.call(readSubscription, { params })).subscription;
  const start = Date.parse(bought.current_period?.start ?? '');
  const end = Date.parse(bought.current_period?.end ?? '');

  const hour = ceilTo(start, hourMs) + hourMs;
  const window = { instance_id: 'test', window_start: iso(hour), window_end: iso(hour + hourMs) };
  await clock({ to: iso(hour + hourMs + 2 * minuteMs), hold: true });
  const made = await admin.call(createReporter, {
    params,
    body: { instance_id: window.instance_id, active_from: iso(hour) },
  });
  await apiOf(ready.url, made.api_key).call(reportUsage, {
    body: { customer_id: customerId, timestamp: iso(hour + hourMs + minuteMs), ...window, ...used },
  });
  return {
    customerId,
    reporterId: made.reporter.id,
    window,
    used,
    async end() {
      await clock({ to: iso(end + minuteMs), step, hold: true });
      const goOn = () => clock({ advance: '1m', hold: true });
      const renewal = () => admin.call(listInvoices, { query: { customer_id: customerId, limit: 100 } });
      await eventually(goingOn(goOn, renewal), ({ total }) => total === 2);
    },
  };
}

/** Such a month that has ended, with all its usage: its renewal's invoice waits for the approval of one line. */
export async function liveMonth(platform: TestPlatform, company: string): Promise<{ customerId: string }> {
  const { ready } = platform;
  const admin = apiOf(ready.url, ready.admin_token);
  const { clock } = demoApi(ready, new AbortController().signal);
  const { customerId, reporterId, window, end } = await usedMonth(platform, company, 'day');
  // Nothing is expected after that, so that the period is whole.
  await admin.call(endReporter, {
    params: { customerId, reporterId },
    body: { active_until: window.window_end },
  });
  await end();
  await clock({ advance: '20m', hold: true });
  const goOn = () => clock({ advance: '1m', hold: true });
  const holds = async () => (await admin.call(listHolds, {})).items;
  await eventually(goingOn(goOn, holds), (items) => items.some(({ customer_id: of }) => of === customerId));
  return { customerId };
}

const looksAMinute = 20;

/** The question, with the clock a minute further at every twentieth look: what has failed once is tried again by the clock. */
function goingOn<T>(goOn: () => Promise<unknown>, ask: () => Promise<T>): () => Promise<T> {
  let looks = 0;
  return async () => {
    looks += 1;
    if (looks % looksAMinute === 0) await goOn();
    return await ask();
  };
}

const period = { start: '2026-10-20T10:00:00.000Z', end: '2026-11-20T10:00:00.000Z' };

const head: InvoiceHead = {
  invoice_id: `inv_${'1'.repeat(32)}`,
  customer_id: `cust_${'2'.repeat(32)}`,
  stripe_invoice_id: 'in_1',
  // Its prefix is the seller's, or the customer's, to choose at Stripe.
  number: hostileName,
  kind: 'cycle',
  period,
  state: 'held',
  hold: { until: '2026-11-20T15:45:00.000Z', reason: 'approval' },
  subtotal_cents: 2_900,
  credit_cents: 0,
  tax_cents: 0,
  total_cents: 2_900,
  amount_due_cents: 2_900,
  due_at: null,
  hosted_url: 'https://invoice.stripe.com/i/1',
  late: true,
  shadow: true,
  statement: false,
  finalized_at: null,
  paid_at: null,
  created_at: '2026-11-20T10:00:00.000Z',
};

const line: InvoiceLineView = {
  ...cpuLine(period),
  line_id: '2026-10-20T10:00:00.000Z/cpu_core_ms',
  description: hostileName,
};

const held: HeldLineView = {
  hold_id: `lin_${'3'.repeat(32)}`,
  invoice_id: head.invoice_id,
  customer_id: head.customer_id,
  state: 'held',
  line,
  why: { limit_cents: 200, usual: null },
  held_at: head.created_at,
  until: head.hold?.until ?? null,
};

/** The id of that invoice. */
export const heldInvoiceId = head.invoice_id;

/** There is one invoice, with a line that is held and one that corrects a month. */
export async function withHeldInvoice(context: BrowserContext): Promise<void> {
  const listOf = <T>(items: T[]) => ({ items, total: items.length, page: 1, limit: 20 });
  const lines = [line, { ...line, line_id: 'delta', delta_of: head.invoice_id, amount_cents: -50, state: 'rejected' }];
  await context.route('**/api/invoices?*', (route) => route.fulfill({ json: listOf([head]) }));
  await context.route('**/api/invoices/holds?*', (route) => route.fulfill({ json: listOf([held]) }));
  await context.route(`**/api/invoices/${head.invoice_id}`, (route) =>
    route.fulfill({ json: { success: true, invoice: { ...head, lines } } }),
  );
}
