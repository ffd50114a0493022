/** A random month of a customer with the invoice that bills it: what the tests of statements begin with. */
import { env } from 'cloudflare:workers';
import { type Seeded, seeded } from '../../../bench/support/random.ts';
import type { CostLine } from '../../../src/contracts/cost.ts';
import type { PublicKeySet } from '../../../src/contracts/statements.ts';
import { type CustomerRow, findCustomer } from '../../../src/customers/store.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { insertLines } from '../../../src/invoices/line-store.ts';
import { linesOf } from '../../../src/invoices/lines.ts';
import { newId } from '../../../src/lib/ids.ts';
import { hourMs, iso } from '../../../src/lib/time.ts';
import type { Period, PeriodKind } from '../../../src/periods/period.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import type { Rated } from '../../../src/pricing/rate.ts';
import type { EarlierPeriod } from '../../../src/statements/basis.ts';
import { quantities } from '../../../src/usage/meters.ts';
import { type PreparedStatement, prepareStatement } from '../../../src/workflows/billing/prepare-statement.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import type { Context } from '../../../src/workflows/deed.ts';
import { type Api, ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { makeContext } from '../../harness/worker/context.ts';
import { publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf, shardOf } from '../usage/harness.ts';

export const control = controlOf(env);
export const shard = shardOf(env);
export const db = openDb(control);
const dayMs = 86_400_000;

/** Every meter in one list, so that a month has lines of each kind; the second version has each kind of price. */
const everyMeter = shippedPlans
  .replace('version: "2026-11"', 'version: all-1')
  .replace(
    /( {2}infrastructure:\n[\s\S]*?)( {2}application:\n)([\s\S]*?)\n(?=\n?#)/,
    `$1$3
    gpu_time: { per: GPU-hour, price: 0.9 }
    seats: { per: seat, price: 3 }
$2$3\n`,
  )
  .concat(`
meters:
  gpu_time: { field: custom_1, title: GPU time, unit: GPU-hour, adds_up: sum, source: report }
  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }
`);
const everyPrice = everyMeter
  .replace('version: all-1', 'version: all-2')
  .replace(
    'cpu_core_ms: { per: core-hour, price: 0.05 }',
    'cpu_core_ms: { per: core-hour, graduated: [{ from: 0, to: 100, price: 0.07 }, { from: 100, price: 0.03 }] }',
  )
  .replace(
    'memory_mib_s: { per: GB-hour, price: 0.01 }',
    'memory_mib_s: { per: GB-hour, volume: [{ from: 0, to: 50, price: 0.02 }, { from: 50, price: 0.011 }] }',
  )
  .replace('api_calls: { per: 1000 calls, price: 0.50 }', 'api_calls: { per: 1000 calls, package: 3, price: 0.50 }')
  .replace('gpu_time: { per: GPU-hour, price: 0.9 }', 'gpu_time: { flat: 12.5 }');
const yearlyFee = everyPrice
  .replace('version: all-2', 'version: all-3')
  .replaceAll('interval: month', 'interval: year');

/** The plans that a month may be on. */
const plans = ['starter', 'professional', 'enterprise'] as const;
const versions = ['all-1', 'all-2'] as const;

export interface World {
  api: Api;
  context: Context;
}

/** The Worker with the plans of these tests. */
export async function makeWorld(): Promise<World> {
  const api = makeApi(Date.parse('2026-11-01T00:00:00.000Z'));
  await publishPlans(everyMeter);
  await publishPlans(everyPrice);
  await publishPlans(yearlyFee);
  await ensureCluster(api);
  // The figure's two hundred customers have room: none of them pays, of whom a cluster takes a few.
  await control.prepare('UPDATE clusters SET namespaces_max = 10000, services_max = 80000').run();
  return { api, context: makeContext({ control, shards: [shard], now: Date.parse('2026-12-10T00:00:00.000Z') }) };
}

export interface Month {
  customer: CustomerRow;
  accountKey: string;
  period: Period & { kind: PeriodKind };
  invoiceId: string;
}

export const run = (sql: string, ...params: unknown[]) =>
  control
    .prepare(sql)
    .bind(...params)
    .run();

/** Units that give some cents, whatever the meter. */
const unitsOf: Record<string, number> = {
  cpu_core_ms: 90_000_000,
  memory_mib_s: 40_000_000,
  storage_mib_s: 900_000_000,
  network_sent_bytes: 9e10,
  network_received_bytes: 9e10,
  mqtt_sent_bytes: 9e9,
  mqtt_received_bytes: 9e9,
  http_sent_bytes: 9e9,
  http_received_bytes: 9e9,
  ingress_requests: 900_000,
  postgres_mib_s: 900_000_000,
  device_peak: 60,
  custom_1: 5_000_000,
  custom_2: 9_000_000,
};

/** Windows of some reporters and namespaces, each reporter with windows of its own length. */
function randomWindows(random: Seeded, { start, end }: Period, count: number, projects: readonly number[]) {
  const lengths = [60, 900, 3600];
  const drawn = Array.from({ length: count }, () => {
    const reporter = Math.floor(random.fraction() * lengths.length);
    const seconds = lengths[reporter] ?? 3600;
    // Many in one day, so that levels meet.
    const span = random.fraction() < 0.5 ? end - start : Math.min(dayMs, end - start);
    const ends = Math.ceil((start + random.fraction() * span + 1) / (seconds * 1000)) * seconds * 1000;
    return { reporter: 90_001 + reporter, seconds, end: ends, project: random.pick(projects) };
  });
  const inTime = drawn.filter((w) => w.end > start && w.end <= end);
  return [...new Map(inTime.map((w) => [`${w.reporter}/${w.project}/${w.end}`, w])).values()].map((w) => ({
    ...w,
    units: quantities.map(({ column }) =>
      random.fraction() < 0.3 ? null : Math.floor(random.fraction() * (unitsOf[column] ?? 3000)),
    ),
  }));
}

async function insertWindows(customerSeq: number, windows: ReturnType<typeof randomWindows>): Promise<void> {
  const rows = windows.map((w) => [customerSeq, w.end, w.reporter, w.project, w.seconds, w.end, ...w.units]);
  const columns = ['customer_seq', 'window_end', 'reporter_seq', 'project_seq', 'seconds', 'revision'];
  const all = [...columns, ...quantities.map((q) => q.column)];
  await shard
    .prepare(
      `INSERT INTO windows (${all.join(', ')}, accepted_at, complete, gap_ms, missing)
        SELECT ${all.map((_, i) => `value ->> ${i}`).join(', ')}, (value ->> 1) + 1000, 1, 0, 0 FROM json_each(?)`,
    )
    .bind(JSON.stringify(rows))
    .run();
  const days = new Set(windows.map(({ end }) => Math.floor((end - 1) / dayMs)));
  await shard
    .prepare('INSERT OR IGNORE INTO dirty_days SELECT ?, value FROM json_each(?)')
    .bind(customerSeq, JSON.stringify([...days]))
    .run();
}

let invoices = 0;

export async function insertInvoice(customerId: string, { start, end }: Period): Promise<string> {
  invoices += 1;
  const id = `inv_${invoices.toString(16).padStart(32, '0')}`;
  await run(
    `INSERT INTO invoices (id, customer_id, kind, period_start, period_end, state, created_at, updated_at)
      VALUES (?, ?, 'cycle', ?, ?, 'draft', 1, 1)`,
    id,
    customerId,
    start,
    end,
  );
  return id;
}

/** A customer with random windows, plans and agreements in one period, and the draft that is to bill it. */
export async function randomMonth({ api }: World, seed: number, windows: number): Promise<Month> {
  const random = seeded(seed);
  const signedUp = await signUp(api);
  const customer = (await findCustomer(db, signedUp.customer.customer_id)) as CustomerRow;
  const start = Date.parse('2026-11-02T00:00:00.000Z') + Math.floor(random.fraction() * 30 * hourMs);
  const period = { start, end: start + 30 * dayMs, kind: 'paid' as const };
  await run('DELETE FROM plan_changes WHERE customer_id = ?', customer.id);
  const changes = [
    0,
    ...Array.from({ length: Math.floor(random.fraction() * 4) }, () => random.fraction() * 30 * dayMs),
  ];
  for (const at of new Set(changes.map(Math.floor))) {
    await run(
      'INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version) VALUES (?, ?, ?, ?)',
      ...[customer.id, at === 0 ? start - 3 * dayMs : start + at, random.pick(plans), random.pick(versions)],
    );
  }
  if (random.fraction() < 0.7) {
    await run(
      `INSERT INTO agreed_overrides (customer_id, effective_at, plan, allowances, prices, until_plan_change, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, 1)`,
      customer.id,
      start + Math.floor((random.fraction() - 0.3) * 20 * dayMs),
      random.pick(plans),
      JSON.stringify({ cpu_core_ms: '3', device_peak: random.fraction() < 0.5 ? null : '4' }),
      JSON.stringify({ network_sent_bytes: '0.0333', seats: '1.75' }),
      random.fraction() < 0.5 ? 1 : 0,
    );
  }
  const own = await control
    .prepare('SELECT seq FROM projects WHERE customer_id = ?')
    .bind(customer.id)
    .first<{ seq: number }>();
  await insertWindows(customer.seq, randomWindows(random, period, windows, [own?.seq ?? 0, 90_001, 90_002]));
  const invoiceId = await insertInvoice(customer.id, period);
  return { customer, accountKey: signedUp.api_key, period, invoiceId };
}

/** Rates the invoice and keeps its statement, as the closing of a period does. */
export async function prepare(
  { context }: World,
  { customer, period, invoiceId }: Month,
  earlier: readonly EarlierPeriod[] = [],
): Promise<PreparedStatement & { rated: Rated }> {
  const prepared = await prepareStatement(context, { invoiceId, customer, period, earlier });
  const rated = prepared.rated as Rated;
  const usage = rated.lines.filter(({ kind }) => kind === 'usage');
  const own = linesOf(
    period,
    usage.map((line) => ({ identity: line.id, body: toCostLine(line, period) })),
    [],
    null,
  );
  const lines = own.map((line) => ({
    ...line,
    id: newId('invoiceLine', context.random),
    by: 'tenantry' as const,
    state: 'billed' as const,
    stripeLineId: null,
  }));
  await commit(db, [...prepared.writes, ...insertLines(invoiceId, lines)]);
  return { ...prepared, rated };
}

export interface InvoiceLine {
  lineId: string;
  by: 'tenantry' | 'stripe';
  amountCents: number;
  period?: Period;
  deltaOf?: string;
  state?: 'held' | 'billed';
  body?: Partial<CostLine>;
}

/** A line of the invoice that is something else than the period's own usage; of a line that is that, how it stands. */
export const insertLine = (invoiceId: string, { lineId, by, amountCents, period, deltaOf, state, body }: InvoiceLine) =>
  run(
    `INSERT INTO invoice_lines (invoice_id, line_id, id, identity, by, period_start, period_end, delta_of, meter, amount_cents, body, state)
      VALUES (?, ?, 'lin_' || lower(hex(randomblob(16))), ?, ?, ?, ?, ?, 'x', ?, ?, ?)
      ON CONFLICT (invoice_id, line_id) DO UPDATE SET state = excluded.state`,
    invoiceId,
    period && by === 'tenantry' && !deltaOf ? `${iso(period.start)}/${lineId}` : `${by}/${lineId}`,
    lineId,
    by,
    period?.start ?? null,
    period?.end ?? null,
    deltaOf ?? null,
    amountCents,
    JSON.stringify({
      line_id: lineId,
      from: '2026-12-02T00:00:00.000Z',
      to: '2027-01-02T00:00:00.000Z',
      meter: 'base_fee',
      description: 'Starter plan',
      quantity: '1',
      unit: 'month',
      included: '0',
      billable: '1',
      tier: null,
      unit_price: '29',
      amount_cents: amountCents,
      reason: '',
      allowance: null,
      ...body,
    } satisfies CostLine),
    state ?? 'billed',
  );

/** The invoice becomes final, and cron signs. */
export async function finalise({ context }: World, invoiceId: string): Promise<void> {
  await run("UPDATE invoices SET finalized_at = 2, state = 'open' WHERE id = ?", invoiceId);
  await signStatements(context);
}

export const download = ({ api }: World, invoiceId: string, token = rootToken): Promise<Response> =>
  api.call('GET', `/api/invoices/${invoiceId}/statement`, { token });

export const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

export async function publishedKeys({ api }: World, bindings: Record<string, unknown> = {}): Promise<PublicKeySet> {
  const answer = await api.call('GET', '/.well-known/statement-keys.json', { bindings });
  return (await answer.json()) as PublicKeySet;
}

/** The statement's file of a random month, from windows to download. */
export async function statementOf(world: World, seed: number, windows: number): Promise<Month & { bytes: Uint8Array }> {
  const month = await randomMonth(world, seed, windows);
  await prepare(world, month);
  await insertLine(month.invoiceId, { lineId: 'fee', by: 'stripe', amountCents: 2900 });
  await insertLine(month.invoiceId, { lineId: 'credit', by: 'tenantry', amountCents: -700 });
  await finalise(world, month.invoiceId);
  return { ...month, bytes: await bytesOf(await download(world, month.invoiceId)) };
}
