/** The ledger's rules: none is broken by ordinary life, and each is seen to be broken by the fault that it is for. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { InvariantView } from '../../../src/contracts/drift.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { bindPrices } from '../../harness/worker/stripe-subscription.ts';
import { controlOf, shardOf } from '../usage/harness.ts';
import { deliver, heldQueue, hourReport, metered } from '../usage/story.ts';
import { pagedStripe, paying, type World } from './harness.ts';

const begin = Date.parse('2026-11-20T12:00:00.000Z');
const day = 86_400_000;
const api = makeApi(begin);
const control = controlOf(api.bindings as never);
const shard = shardOf(api.bindings as never);
const world: World = { api, control, shop: pagedStripe() };
let payer = '';
let trial = '';
let left = '';

async function check(): Promise<InvariantView[]> {
  const answer = await api.call('POST', '/api/invariants/run', { token: rootToken, body: {} });
  expect(answer.status).toBe(200);
  return (await answer.json<{ items: InvariantView[] }>()).items;
}
const broken = async () => (await check()).flatMap(({ name, ok }) => (ok ? [] : [name]));

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
  payer = await paying(world);
  trial = (await signUp(api)).customer.customer_id;
  left = (await signUp(api)).customer.customer_id;
  const body = { reason: 'r' };
  await api.call('POST', `/api/customers/${left}/deactivate`, { token: rootToken, body });
  const who = await metered(api, { activeFrom: '2026-11-20T10:00:00.000Z' });
  const held = heldQueue();
  api.clock.now = begin + 2 * day;
  const now = [1, 2, 3].map((hours) =>
    hourReport(who.customerId, new Date(begin + hours * 3_600_000).toISOString(), { cpu_hours: hours }),
  );
  const sent = await api.call('POST', '/api/usage/batch', {
    token: who.key,
    body: { reports: now },
    bindings: { USAGE_QUEUE: held.queue },
  });
  expect(sent.status).toBe(202);
  await deliver(api, held.bodies.splice(0));
  await api.tick();
  await control.prepare("UPDATE outbox SET state = 'confirmed'").run();
  await control
    .prepare(
      `INSERT INTO invoices (id, customer_id, kind, period_start, period_end, state, rated_at, finalized_at, created_at, updated_at)
      VALUES ('inv_1', ?, 'cycle', 1, 2, 'paid', 1, 1, 1, 1)`,
    )
    .bind(payer)
    .run();
});

/** A rule, and the fault that it is for. */
type Fault = readonly [rule: string, sql: () => string];

const faults: Fault[] = [
  [
    'one_open_period',
    () => `INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind)
    SELECT customer_id, end_at + 1, end_at + 2, 1, 'signup', 1, 'manual' FROM billing_periods WHERE customer_id = '${trial}'`,
  ],
  [
    'intents_are_confirmed_or_young',
    () => "UPDATE outbox SET state = 'sent', created_at = 0, next_at = 0 WHERE kind = 'stripe_customer'",
  ],
  [
    'events_are_applied',
    () => `INSERT INTO stripe_events (id, type, state, payload, occurred_at, received_at, next_at)
    VALUES ('evt_old', 'invoice.paid', 'failed', '{}', 0, 0, 0)`,
  ],
  [
    'a_reason_for_each_suspension',
    () => `UPDATE subscriptions SET suspended_for = 'unpaid' WHERE customer_id = '${payer}'`,
  ],
  ['grace_is_of_who_owes', () => `UPDATE subscriptions SET grace_ends_at = 9e15 WHERE customer_id = '${payer}'`],
  [
    'grace_ends',
    () => `UPDATE subscriptions SET status = 'past_due', grace_ends_at = 1 WHERE customer_id = '${payer}'`,
  ],
  ['trials_end', () => `UPDATE subscriptions SET trial_ends_at = 1 WHERE customer_id = '${trial}'`],
  ['stopped_stacks_stand', () => `UPDATE deployments SET phase = 'running' WHERE customer_id = '${left}'`],
  ['paid_stacks_run', () => `UPDATE deployments SET phase = 'suspended' WHERE customer_id = '${payer}'`],
  ['one_licence_in_force', () => `UPDATE licences SET in_force = 1 WHERE customer_id = '${payer}'`],
  ['licences_of_who_has_left_are_revoked', () => `UPDATE licences SET revoked_at = NULL WHERE customer_id = '${left}'`],
  ['who_pays_has_a_licence', () => `UPDATE licences SET in_force = 0 WHERE customer_id = '${payer}'`],
  [
    'keys_of_who_has_left_are_revoked',
    () => `UPDATE credentials SET revoked_at = NULL WHERE owner_id = '${left}' AND kind = 'account'`,
  ],
  [
    'invoices_are_frozen',
    () => `INSERT INTO invoice_lines (invoice_id, line_id, id, identity, by, meter, amount_cents, body, state)
    VALUES ('inv_1', 'a', 'lin_1', 'a', 'tenantry', 'cpu_core_ms', 1, '{}', 'planned')`,
  ],
  ['invoices_without_usage_say_so', () => `UPDATE invoices SET rated_at = NULL WHERE id = 'inv_1'`],
  ['drafts_are_finalised', () => `UPDATE invoices SET state = 'held', hold_until = 1 WHERE id = 'inv_1'`],
  ['plans_change_when_due', () => `UPDATE plan_changes SET pending = 1 WHERE customer_id = '${payer}'`],
  [
    'canceled_has_no_open_period',
    () => `INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind)
    VALUES ('${left}', 1, 2, 1, 'signup', 1, 'manual')`,
  ],
  [
    'credit_is_the_sum_of_its_entries',
    () => `INSERT INTO credit_grants (id, customer_id, amount_cents, left_cents, created_at)
    VALUES ('cred_1', '${payer}', 1000, 1, 1)`,
  ],
  [
    'invoices_take_the_credit_they_say',
    () => `INSERT INTO credit_reservations (invoice_id, customer_id, amount_cents, state, reserved_at)
    VALUES ('inv_1', '${payer}', 1, 'consumed', 1)`,
  ],
];

/** Faults that the database refuses: each also with the trigger or index that does so. */
const refused: readonly (readonly [...Fault, by: string])[] = [
  [
    'periods_do_not_overlap',
    () => `INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind)
    SELECT customer_id, start_at + 1, end_at, 1, 'signup', 0, 'manual' FROM billing_periods WHERE customer_id = '${trial}'`,
    'billing_periods_no_overlap',
  ],
  [
    'trials_are_not_invoiced',
    () => `INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind, invoiceable)
    VALUES ('${trial}', 1, 2, 1, 'signup', 0, 'trial', 1)`,
    'billing_periods_trial_free',
  ],
  [
    'one_customer_a_subscription',
    () => `UPDATE subscriptions SET stripe_subscription_id = 'sub_${payer}' WHERE customer_id = '${trial}'`,
    'subscriptions_stripe_subscription_id_unique',
  ],
];

/** Rules that are asked of usage shards as well, whose faults are below. */
const ofShards = ['roll_ups_are_sums_of_windows', 'windows_are_inside_ownerships'];

const tables = [
  'billing_periods',
  'outbox',
  'stripe_events',
  'subscriptions',
  'deployments',
  'licences',
  'credentials',
  'plan_changes',
  'invoice_lines',
  'invoices',
  'credit_grants',
  'credit_reservations',
];

/** Looks at it with the fault, and puts every table back as it was. */
async function withFault(sql: string, look: () => Promise<void>): Promise<void> {
  const before = await Promise.all(
    tables.map((name) => control.prepare(`SELECT rowid AS rowid_, * FROM ${name}`).all()),
  );
  try {
    await control.prepare(sql).run();
    await look();
  } finally {
    for (const [place, name] of tables.entries()) await putBack(name, before[place]?.results ?? []);
  }
}

async function putBack(name: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  await control
    .prepare(`DELETE FROM ${name} WHERE rowid NOT IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(rows.map((row) => row['rowid_'])))
    .run();
  for (const { rowid_, ...row } of rows) {
    const columns = Object.keys(row).filter((column) => !(name === 'billing_periods' && column !== 'open'));
    const sets = columns.map((column) => `${column} = ?`).join(', ');
    await control
      .prepare(`UPDATE ${name} SET ${sets} WHERE rowid = ?`)
      .bind(...columns.map((column) => row[column]), rowid_)
      .run();
  }
}

describe('the rules of the ledger', () => {
  it('are kept by who signs up, pays, leaves and is metered, and each has its fault here', async () => {
    expect(await broken()).toEqual([]);
    const names = (await check()).map(({ name }) => name);
    const seen = [...[...faults, ...refused].map(([rule]) => rule), ...ofShards];
    expect(names.toSorted()).toEqual(seen.toSorted());
  });

  it.each(faults)('%s', async (rule, fault) => {
    await withFault(fault(), async () => expect(await broken()).toContain(rule));
    expect(await broken()).toEqual([]);
  });

  it.each(refused)('%s, should the database ever let it happen', async (rule, fault, by) => {
    await expect(control.prepare(fault()).run()).rejects.toThrow();
    const found = await control
      .prepare('SELECT type, sql FROM sqlite_master WHERE name = ?')
      .bind(by)
      .first<{ type: string; sql: string }>();
    if (!found) throw new Error(`there is no ${by}`);
    await control.prepare(`DROP ${found.type} ${by}`).run();
    await withFault(fault(), async () => expect(await broken()).toContain(rule));
    await control.prepare(found.sql).run();
    await expect(control.prepare(fault()).run()).rejects.toThrow();
    expect(await broken()).toEqual([]);
  });

  it('see a roll-up that is not the sum of its windows, and a window of nobody who owned its meters', async () => {
    const rolled = await shard.prepare('SELECT count(*) n FROM daily').first<{ n: number }>();
    expect(rolled?.n).toBeGreaterThan(0);
    await shard.prepare('UPDATE daily SET cpu_core_ms = cpu_core_ms + 1').run();
    expect(await broken()).toEqual(['roll_ups_are_sums_of_windows']);
    await shard.prepare('UPDATE daily SET cpu_core_ms = cpu_core_ms - 1').run();
    await control.prepare('UPDATE ownerships SET from_at = from_at + 10000000').run();
    expect(await broken()).toEqual(['windows_are_inside_ownerships']);
    await control.prepare('UPDATE ownerships SET from_at = from_at - 10000000').run();
    expect(await broken()).toEqual([]);
  });

  it('that cannot be asked fail alone, and the log says which', async () => {
    const all = (await check()).map(({ name }) => name);
    await control.prepare('ALTER TABLE credit_reservations RENAME TO put_away').run();
    const rest = (await check()).map(({ name }) => name);
    await control.prepare('ALTER TABLE put_away RENAME TO credit_reservations').run();
    expect(all.filter((name) => !rest.includes(name))).toEqual(['invoices_take_the_credit_they_say']);
    const said = api.logs.filter(({ message }) => message.startsWith('asking a rule of the ledger failed'));
    expect(said.map(({ fields }) => (fields as { rule?: string }).rule)).toEqual(['invoices_take_the_credit_they_say']);
  });

  it('are shown with the rows that break them, to admins who read', async () => {
    await control.prepare(`UPDATE subscriptions SET trial_ends_at = 1 WHERE customer_id = '${trial}'`).run();
    await check();
    const answer = await api.call('GET', '/api/invariants', { token: rootToken });
    const [first] = (await answer.json<{ items: InvariantView[] }>()).items;
    expect(first).toMatchObject({ name: 'trials_end', ok: false, rows: [{ customer_id: trial }] });
  });
});
