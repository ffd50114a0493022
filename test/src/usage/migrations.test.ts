/** Databases of the first release, with rows in them, reach today's schema with every row and every trigger. */
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { findCatalogue } from '../../../src/pricing/catalogue-store.ts';
import { listReporters } from '../../../src/reporters/store.ts';
import { bundlesOf } from '../../../src/usage/message/bundle.ts';
import { firstQuantities, metersIn, quantities } from '../../../src/usage/meters.ts';
import { listReviews, storedQuantities } from '../../../src/usage/review-store.ts';
import { allSlots, slotsOf } from '../../../src/usage/slots.ts';
import { storeBundles } from '../../../src/usage/store.ts';
import { plansOf as plansOfFile, shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf, rowWith, shardOf, shardState } from './harness.ts';

type Migrations = Parameters<typeof applyD1Migrations>[1];
type Row = Record<string, unknown>;
const { TEST_CONTROL_MIGRATIONS: control, TEST_USAGE_MIGRATIONS: usage } = env as unknown as {
  TEST_CONTROL_MIGRATIONS: Migrations;
  TEST_USAGE_MIGRATIONS: Migrations;
};
/** The last migrations of commit bc3d946. */
const firstRelease = { control: '0003_ownership_version.sql', usage: '0004_held_once.sql' };

/** The database as the first release made it, and a way to the newest schema. */
async function asReleased(db: D1Database, migrations: Migrations, last: string) {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'`,
    )
    .all<{ name: string }>();
  await db.batch([
    db.prepare('PRAGMA defer_foreign_keys = ON'),
    ...results.map(({ name }) => db.prepare(`DROP TABLE "${name}"`)),
  ]);
  const released = migrations.findIndex(({ name }) => name === last) + 1;
  expect(released).toBeGreaterThan(0);
  await applyD1Migrations(db, migrations.slice(0, released));
  return () => applyD1Migrations(db, migrations);
}

const rowsOf = async (db: D1Database, table: string) => (await db.prepare(`SELECT * FROM ${table}`).all<Row>()).results;
const triggersOf = async (db: D1Database) =>
  (
    await db.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name`).all<{ name: string }>()
  ).results.map(({ name }) => name);

describe('a shard of the first release', () => {
  it('keeps every row and gains columns and triggers, which judge what stood before', async () => {
    const shard = shardOf(env);
    const upgrade = await asReleased(shard, usage, firstRelease.usage);
    const first = quantities.slice(0, firstQuantities);
    const columns = first.map((q) => q.column);
    const report = (hour: number, revision: number, value: number) =>
      shard
        .prepare(`INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at,
            complete, gap_ms, missing, ${columns.join(', ')})
          VALUES (1, ${hour * hourMs}, 1, 1, 3600, ${revision}, ${hour * hourMs}, 1, 0, 5, ${columns.map((_, i) => value + i).join(', ')})
          ON CONFLICT DO UPDATE SET revision = excluded.revision, ${columns.map((c) => `${c} = excluded.${c}`).join(', ')}`)
        .run();
    for (let hour = 1; hour <= 5; hour++) await report(hour, 1, 1000);
    await report(1, 2, 1001);
    await report(2, 2, 10);
    await shard
      .prepare(`INSERT INTO daily SELECT 1, 0, 1, 1, 1, 0, ${columns.map(() => '7').join(', ')}, 1, 1, 1, 1, 1, 1`)
      .run();
    const tables = ['windows', 'window_changes', 'reviews', 'daily'];
    const before = await Promise.all(tables.map((table) => rowsOf(shard, table)));
    expect(before.map((rows) => rows.length)).toEqual([5, 1, 1, 1]);
    const triggersBefore = await triggersOf(shard);
    await upgrade();
    const after = await Promise.all(tables.map((table) => rowsOf(shard, table)));
    for (const [i, rows] of before.entries()) {
      expect(after[i]).toHaveLength(rows.length);
      for (const [n, row] of rows.entries()) expect(after[i]?.[n]).toMatchObject(row);
    }
    expect(after[0]?.[0]).toMatchObject({ missing_high: 0, custom_1: null });
    expect(await triggersOf(shard)).toEqual(expect.arrayContaining(triggersBefore));
    expect(await triggersOf(shard)).toEqual(expect.arrayContaining(['windows_bounds_insert', 'windows_bounds_update']));
    const [review] = await listReviews(openDb(shard), 'open', 10, 0);
    expect(storedQuantities(review?.quantities ?? '')).toEqual(
      quantities.map((_, i) => (i < first.length ? 10 + i : null)),
    );
    const lowered = rowWith({ cpu_hours: 0.0001 }, { windowEnd: 5 * hourMs, revision: 3 });
    await commit(openDb(shard), storeBundles(bundlesOf([lowered])));
    const state = await shardState(env);
    expect(state.windows.at(-1)).toMatchObject({ revision: 1, cpu_core_ms: 1000 });
    expect(state.reviews.at(-1)).toMatchObject({ revision: 3, reason: 'lowered' });
  });
});

describe('a control database of the first release', () => {
  it('keeps every ownership: all meters become those to come too, some stay some; its triggers stand', async () => {
    const db = controlOf(env);
    const upgrade = await asReleased(db, control, firstRelease.control);
    const everything = 2 ** 26 - 1;
    const masks = [everything, 0b1, everything - 0b1, 0b110, 1 << 25];
    await db.batch([
      db.prepare(`INSERT INTO organisations (id, slug, name, created_at) VALUES ('org', 'o', 'O', 0)`),
      db.prepare(`INSERT INTO customers (seq, id, short_id, organisation_id, email, company_name, usage_shard, created_at)
        VALUES (1, 'cust', 'c', 'org', 'c@example.com', 'C', 0, 0)`),
      db.prepare(`INSERT INTO clusters (id, key_owner, token_owner, queue_binding, namespaces_max, services_max, storage_class,
        created_at) VALUES ('local', 'k', 't', 'D', 1, 1, 's', 0)`),
      ...masks.flatMap((mask, i) => [
        db.prepare(`INSERT INTO projects (seq, cluster_id, namespace, organisation_id, customer_id, own, created_at)
          VALUES (${i + 1}, 'local', 'n${i}', 'org', 'cust', 0, 0)`),
        db.prepare(`INSERT INTO reporters (seq, id, customer_id, instance_id, window_seconds, source, active_from, created_at)
          VALUES (${i + 1}, 'rep${i}', 'cust', 'i${i}', 3600, 'admin', 0, 0)`),
        db.prepare(
          `INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at) VALUES (${i + 1}, ${i + 1}, ${mask}, 0)`,
        ),
      ]),
    ]);
    const tables = ['organisations', 'customers', 'clusters', 'projects', 'reporters', 'ownerships'];
    const before = await Promise.all(tables.map((table) => rowsOf(db, table)));
    const triggersBefore = await triggersOf(db);
    await upgrade();
    const after = await Promise.all(tables.map((table) => rowsOf(db, table)));
    expect(after.map((rows) => rows.length)).toEqual(before.map((rows) => rows.length));
    for (const [i, rows] of after.slice(2, 5).entries()) expect(rows).toMatchObject(before[i + 2] ?? []);
    expect(await triggersOf(db)).toEqual(expect.arrayContaining(triggersBefore));
    const meters = (await listReporters(openDb(db), 'cust')).map(({ owned }) => owned[0]?.meters);
    expect(meters).toEqual([allSlots, slotsOf([0]), { low: everything - 1, high: 0 }, slotsOf([1, 2]), slotsOf([25])]);
    expect(metersIn(meters[0] ?? slotsOf([]))).toEqual([...new Set(quantities.map((q) => q.meter))]);
    const another = db.prepare(
      `INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at) VALUES (2, 1, 1 << 40, 5)`,
    );
    await expect(another.run()).rejects.toThrow('meter_owned');
  });

  it('has the plans that it sold as published versions, and an empty one has none', async () => {
    const db = controlOf(env);
    const plansOf = async () => (await findCatalogue(openDb(db))).versions;
    await (await asReleased(db, control, firstRelease.control))();
    expect(await plansOf()).toEqual([]);
    const upgrade = await asReleased(db, control, firstRelease.control);
    await db.batch([
      db.prepare(`INSERT INTO organisations (id, slug, name, created_at) VALUES ('org', 'o', 'O', 0)`),
      db.prepare(`INSERT INTO customers (seq, id, short_id, organisation_id, email, company_name, usage_shard, created_at)
        VALUES (1, 'cust', 'c', 'org', 'c@example.com', 'C', 0, 0)`),
      db.prepare(`INSERT INTO subscriptions (customer_id, plan, plan_version, status, updated_at)
        VALUES ('cust', 'starter', '2026-11', 'active', 0)`),
    ]);
    await upgrade();
    const shipped = plansOfFile(shippedPlans).versions.map(({ definition }) => ({ state: 'sold', definition }));
    expect(shipped.map(({ definition }) => definition.version)).toEqual(['2026-11', '2026-11', '2026-11']);
    expect(await plansOf()).toEqual(shipped);
  });
});

describe('billing periods and overrides of before', () => {
  const day = 86_400_000;
  const month = 30 * day;

  it('become trials that end with the trial, months, and overrides since ever', async () => {
    const db = controlOf(env);
    const upgrade = await asReleased(db, control, '0010_catalogue.sql');
    const signedUpAt = 100 * day;
    /** Status, end of trial, deactivated at, and each period with whether it is open. */
    const before: [string, number | null, number | null, [number, number, 0 | 1][]][] = [
      ['trialing', 14 * day, null, [[0, month, 1]]],
      [
        'trialing',
        45 * day,
        null,
        [
          [0, month, 0],
          [month, 2 * month, 1],
        ],
      ],
      [
        'trialing',
        14 * day,
        null,
        [
          [0, month, 0],
          [month, 2 * month, 1],
        ],
      ],
      ['canceled', 14 * day, 3 * day, [[0, month, 1]]],
      [
        'active',
        14 * day,
        null,
        [
          [0, month, 0],
          [month, 2 * month, 1],
        ],
      ],
      ['incomplete', null, null, [[0, month, 1]]],
    ];
    await db.prepare(`INSERT INTO organisations (id, slug, name, created_at) VALUES ('org', 'o', 'O', 0)`).run();
    for (const [i, [status, trialEnds, deactivatedAt, periods]] of before.entries()) {
      const at = (offset: number | null) => (offset === null ? null : signedUpAt + offset);
      await db.batch([
        db
          .prepare(`INSERT INTO customers (id, short_id, organisation_id, email, company_name, usage_shard, created_at, deactivated_at)
          VALUES ('c${i}', 's${i}', 'org', 'c${i}@example.com', 'C', 0, ${signedUpAt}, ?)`)
          .bind(at(deactivatedAt)),
        db
          .prepare(`INSERT INTO subscriptions (customer_id, plan, plan_version, status, trial_ends_at, updated_at)
          VALUES ('c${i}', 'starter', '2026-11', '${status}', ?, 0)`)
          .bind(at(trialEnds)),
        ...periods.map(([start, end, open]) =>
          db
            .prepare(`INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open)
            VALUES ('c${i}', ?, ?, 1, 'signup', ?)`)
            .bind(at(start), at(end), open),
        ),
      ]);
    }
    await db.prepare(`INSERT INTO overrides VALUES ('c0', '{"cpu_core_ms":null}', '{"base_fee":"20"}', 7)`).run();
    await upgrade();
    const rows = await rowsOf(db, 'billing_periods ORDER BY customer_id, start_at');
    const told = rows.map((r) => [
      r['customer_id'],
      (Number(r['start_at']) - signedUpAt) / day,
      (Number(r['end_at']) - signedUpAt) / day,
      r['kind'],
      r['invoiceable'],
      r['open'],
    ]);
    expect(told).toEqual([
      ['c0', 0, 14, 'trial', 0, 1],
      ['c1', 0, 30, 'trial', 0, 0],
      ['c1', 30, 45, 'trial', 0, 1],
      ['c2', 0, 30, 'trial', 0, 0],
      ['c2', 30, 60, 'manual', 0, 1],
      ['c3', 0, 14, 'trial', 0, 1],
      ['c4', 0, 30, 'manual', 1, 0],
      ['c4', 30, 60, 'manual', 1, 1],
      ['c5', 0, 30, 'manual', 0, 1],
    ]);
    expect(await rowsOf(db, 'agreed_overrides')).toEqual([
      {
        customer_id: 'c0',
        effective_at: 0,
        plan: 'starter',
        allowances: '{"cpu_core_ms":null}',
        prices: '{"base_fee":"20"}',
        until_plan_change: 0,
        updated_at: 7,
      },
    ]);
  });

  it('are months of a year where the subscription is paid by it, since its year began', async () => {
    const db = controlOf(env);
    const upgrade = await asReleased(db, control, '0026_own_address.sql');
    await db.prepare(`INSERT INTO organisations (id, slug, name, created_at) VALUES ('org', 'o', 'O', 0)`).run();
    for (const interval of ['month', 'year']) {
      const item = JSON.stringify({ item: { start: month, end: 13 * month } });
      await db.batch([
        db.prepare(`INSERT INTO customers (id, short_id, organisation_id, email, company_name, usage_shard, created_at)
          VALUES ('${interval}', '${interval}', 'org', '${interval}@example.com', 'C', 0, 0)`),
        db.prepare(`INSERT INTO subscriptions
          (customer_id, plan, plan_version, status, interval, stripe_subscription_id, updated_at)
          VALUES ('${interval}', 'starter', '2026-11', 'active', '${interval}', 'sub_${interval}', 0)`),
        db
          .prepare(`INSERT INTO stripe_objects (id, kind, customer_id, body, updated_at)
            VALUES ('sub_${interval}', 'subscription', '${interval}', ?, 0)`)
          .bind(item),
        ...[0, 1, 2].map((i) =>
          db.prepare(`INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind)
            VALUES ('${interval}', ${i * month}, ${(i + 1) * month}, 1, 'stripe', ${i === 2 ? 1 : 0}, 'paid')`),
        ),
      ]);
    }
    await upgrade();
    const rows = await rowsOf(db, 'billing_periods WHERE of_year = 1 ORDER BY start_at');
    expect(rows.map(({ customer_id: customer, start_at: start }) => [customer, start])).toEqual([
      ['year', month],
      ['year', 2 * month],
    ]);
  });
});
