/** An invoice of more lines than Stripe holds, from rating to its statement: what was agreed was changed every hour. */
import { beforeAll, expect, it } from 'vitest';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { iso } from '../../../src/lib/time.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 180_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, rowsOf, linesOf, periodsOf, tell } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

/** Hours with prices of their own; each has a line of cores and one of what was sent. */
const hours = 130;
interface AtStripe {
  data: { id: string; amount: number; description: string; metadata: Record<string, string> }[];
  has_more: boolean;
}

/** All lines of an invoice at Stripe. */
async function allAt({ stripeInvoiceId }: InvoiceRow): Promise<AtStripe['data']> {
  const all: AtStripe['data'] = [];
  for (let behind = ''; ; behind = `&starting_after=${all.at(-1)?.id}`) {
    const page = await stripe.read<AtStripe>(`/invoices/${stripeInvoiceId}/lines?limit=100${behind}`);
    all.push(...page.data);
    if (!page.has_more) return all;
  }
}

it('has the largest by themselves and one a meter of the rest, and its statement proves all of them', {
  timeout,
}, async () => {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  for (let n = 0; n < hours; n++) {
    const own = String(n).padStart(3, '0');
    const prices = { cpu_core_ms: `0.05${own}`, network_sent_bytes: `0.1${own}` };
    const body = { prices, effective_at: iso(edge + n * hour) };
    const put = await api.call('PUT', `/api/customers/${customerId}/overrides`, { token: rootToken, body });
    expect(put.status, await put.clone().text()).toBe(200);
  }
  const { customerSeq, reporterSeq, projectSeq } = await billing.keysOf(customerId);
  const window = billing.shard.prepare(
    `INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete, gap_ms, missing,
      cpu_core_ms, network_sent_bytes) VALUES (?1, ?2, ?3, ?4, 3600, ?5, ?5, 1, 0, 0, ?6, ?7)`,
  );
  const used = Array.from({ length: hours }, (_, n) =>
    window.bind(
      customerSeq,
      edge + (n + 1) * hour,
      reporterSeq,
      projectSeq,
      edge + (n + 2) * hour,
      (1_000 + n) * 3_600_000,
      (200 + n) * 2 ** 30,
    ),
  );
  await billing.shard.batch(used);
  await billing.shard
    .prepare('INSERT OR IGNORE INTO dirty_days SELECT DISTINCT customer_seq, (window_end - 1) / 86400000 FROM windows')
    .run();
  await goTo(end + 21 * minute);
  const bill = (await rowsOf(customerId)).at(-1) as InvoiceRow;
  expect(bill).toMatchObject({ state: 'paid', late: false });
  const ours = (await linesOf(bill.id)).filter(({ by, amountCents }) => by === 'tenantry' && amountCents !== 0);
  expect(ours).toHaveLength(2 * hours);
  expect(ours.every(({ state, stripeLineId }) => state === 'billed' && stripeLineId !== null)).toBe(true);

  const theirs = (await allAt(bill)).filter(({ metadata }) => metadata['tenantry_line'] !== undefined);
  const rest = theirs.filter(({ metadata }) => metadata['tenantry_line']?.startsWith('rest/'));
  expect(theirs.length).toBeLessThanOrEqual(240);
  expect(theirs.length - rest.length).toBe(200);
  expect(rest.length).toBeGreaterThan(0);
  const sum = ours.reduce((cents, { amountCents }) => cents + amountCents, 0);
  expect(theirs.reduce((cents, { amount }) => cents + amount, 0)).toBe(sum);
  expect(bill.totalCents).toBe(2900 + sum);
  const shared = Map.groupBy(ours, ({ stripeLineId }) => stripeLineId);
  expect(theirs.map(({ id, amount }) => [id, amount]).toSorted()).toEqual(
    [...shared]
      .map(([id, few]) => [id, few.reduce((cents, { amountCents }) => cents + amountCents, 0)] as const)
      .toSorted(),
  );
  const drift = await api.call('GET', '/api/drift?kind=amount', { token: rootToken });
  expect(await drift.json()).toMatchObject({ total: 0 });

  await signStatements(billing.contextNow());
  const file = await api.call('GET', `/api/invoices/${bill.id}/statement`, { token: rootToken });
  const verdict = await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
  expect(verdict).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: 2900 + sum, windows: hours } });

  // Nothing of it comes again.
  await goTo(((await periodsOf(customerId)).at(-1)?.end ?? 0) + 21 * minute);
  const next = (await rowsOf(customerId)).at(-1) as InvoiceRow;
  expect((await linesOf(next.id)).filter(({ deltaOf }) => deltaOf !== null)).toEqual([]);
});
