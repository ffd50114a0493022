/** Random bills of each kind that a statement may be of: what the tests that change statements take in turn. */
import { commit } from '../../../src/db/client.ts';
import { insertLines } from '../../../src/invoices/line-store.ts';
import { linesOf, type NewLine } from '../../../src/invoices/lines.ts';
import { newId } from '../../../src/lib/ids.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import type { Rated } from '../../../src/pricing/rate.ts';
import { quantities } from '../../../src/usage/meters.ts';
import { prepareStatement } from '../../../src/workflows/billing/prepare-statement.ts';
import {
  bytesOf,
  db,
  download,
  finalise,
  insertInvoice,
  insertLine,
  type Month,
  prepare,
  randomMonth,
  run,
  shard,
  statementOf,
  type World,
} from './kit.ts';

const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

type Billed = Month & { bytes: Uint8Array };

/** One plan, another version of it from the middle of the month on. */
async function onPlan({ customer, period }: Month, plan: string, versions: readonly string[]): Promise<void> {
  await run('DELETE FROM plan_changes WHERE customer_id = ?', customer.id);
  for (const [i, version] of versions.entries()) {
    await run(
      'INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version) VALUES (?, ?, ?, ?)',
      ...[customer.id, period.start + (i === 0 ? -3 : 14 * i) * dayMs, plan, version],
    );
  }
}

/** What is on most invoices beside usage. */
async function insertFeeAndCredit(invoiceId: string): Promise<void> {
  await insertLine(invoiceId, { lineId: 'fee', by: 'stripe', amountCents: 2900 });
  await insertLine(invoiceId, { lineId: 'credit', by: 'tenantry', amountCents: -700 });
}

async function fileOf(world: World, month: Month): Promise<Billed> {
  await finalise(world, month.invoiceId);
  return { ...month, bytes: await bytesOf(await download(world, month.invoiceId)) };
}

/** The first half at another version's prices. */
async function twoVersions(world: World, seed: number, windows: number): Promise<Billed> {
  const month = await randomMonth(world, seed, windows);
  await onPlan(month, 'starter', ['all-1', 'all-2']);
  await prepare(world, month);
  await insertFeeAndCredit(month.invoiceId);
  return await fileOf(world, month);
}

/** A month's invoice of ours, of who pays the fee by the year: no fee is on it, and prepaid credit. */
async function byTheYear(world: World, seed: number, windows: number): Promise<Billed> {
  const month = await randomMonth(world, seed, windows);
  await onPlan(month, 'professional', ['all-3']);
  await run("UPDATE invoices SET kind = 'usage' WHERE id = ?", month.invoiceId);
  await prepare(world, month);
  await insertLine(month.invoiceId, { lineId: 'credit', by: 'tenantry', amountCents: -100 });
  return await fileOf(world, month);
}

const usageOf = ({ lines }: Rated, period: Month['period']) =>
  lines.filter(({ kind }) => kind === 'usage').map((line) => ({ identity: line.id, body: toCostLine(line, period) }));

/** A month that was billed, of which some meters are more since then and others less. */
async function changedSince(world: World, seed: number, windows: number) {
  const month = await randomMonth(world, seed, windows);
  await onPlan(month, 'starter', ['all-2', 'all-1']);
  const { rated } = await prepare(world, month);
  const said = usageOf(rated, month.period).map(({ identity, body }) => ({
    identity,
    body,
    amountCents: body.amount_cents,
    billedCents: body.amount_cents,
  }));
  await shard
    .prepare(
      `UPDATE windows SET ingress_requests = 90000000, cpu_core_ms = coalesce(cpu_core_ms, 0) + 4000000000,
        network_sent_bytes = coalesce(network_sent_bytes, 0) + 900000000000, custom_1 = NULL, revision = revision + 1 WHERE customer_seq = ?`,
    )
    .bind(month.customer.seq)
    .run();
  return { month, said };
}

/** Puts corrections of that month on an invoice, as rateInvoice does. @param own the invoice's own period, null for none */
async function correct(
  { context }: World,
  { month, said }: Awaited<ReturnType<typeof changedSince>>,
  invoiceId: string,
  own: Month['period'] | null,
): Promise<void> {
  const billed = new Map(said.map(({ identity, billedCents }) => [identity, billedCents]));
  const { customer, period } = month;
  const earlier = [{ ...period, billed }];
  const prepared = await prepareStatement(context, { invoiceId, customer, period: own, earlier });
  const mine = own === null || prepared.rated === null ? [] : linesOf(own, usageOf(prepared.rated, own), [], null);
  const again = prepared.earlier[0];
  const due = again ? linesOf(period, usageOf(again, period), said, month.invoiceId) : [];
  if (due.length < 2) throw new Error('too little has changed');
  const written = (line: NewLine) => ({
    ...line,
    id: newId('invoiceLine', context.random),
    by: 'tenantry' as const,
    state: 'billed' as const,
    stripeLineId: null,
  });
  await commit(db, [...prepared.writes, ...insertLines(invoiceId, [...mine, ...due].map(written))]);
}

/** The same windows a month later. */
const useAgain = ({ customer }: Month) => {
  const columns = [
    'reporter_seq',
    'project_seq',
    'seconds',
    'revision',
    'accepted_at',
    'complete',
    'gap_ms',
    'missing',
  ];
  const same = [...columns, ...quantities.map(({ column }) => column)].join(', ');
  return shard
    .prepare(
      `INSERT INTO windows (customer_seq, window_end, accepted_at, ${same})
        SELECT customer_seq, window_end + ${monthMs}, accepted_at + ${monthMs}, ${same} FROM windows WHERE customer_seq = ?`,
    )
    .bind(customer.seq)
    .run();
};

/** The next month's invoice has corrections of the one before beside its own usage. */
async function corrected(world: World, seed: number, windows: number): Promise<Billed> {
  const before = await changedSince(world, seed, windows);
  const { month } = before;
  const period = { start: month.period.end, end: month.period.end + monthMs, kind: 'paid' as const };
  await useAgain(month);
  const next = { ...month, period, invoiceId: await insertInvoice(month.customer.id, period) };
  await correct(world, before, next.invoiceId, period);
  await insertFeeAndCredit(next.invoiceId);
  return await fileOf(world, next);
}

/** A difference after the end: nothing but corrections. */
async function difference(world: World, seed: number, windows: number): Promise<Billed> {
  const before = await changedSince(world, seed, windows);
  const { month } = before;
  const { end } = month.period;
  const invoiceId = await insertInvoice(month.customer.id, { start: end, end: end + dayMs });
  await run("UPDATE invoices SET kind = 'delta', period_start = NULL, period_end = NULL WHERE id = ?", invoiceId);
  await correct(world, before, invoiceId, null);
  await insertLine(invoiceId, { lineId: 'credit', by: 'tenantry', amountCents: -300 });
  return await fileOf(world, { ...month, invoiceId });
}

/** Every kind of bill. */
const scenarios = { plain: statementOf, twoVersions, byTheYear, corrected, difference } as const;
export type Scenario = keyof typeof scenarios;
export const allScenarios = Object.keys(scenarios) as Scenario[];

/** Which kind a seed is of: each comes in turn. */
export const scenarioOf = (seed: number): Scenario => allScenarios[seed % allScenarios.length] ?? 'plain';

/** The statement's file of a random bill of the seed's kind. */
export const billOf = (world: World, seed: number, windows: number): Promise<Billed> =>
  scenarios[scenarioOf(seed)](world, seed, windows);
