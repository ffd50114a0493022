/** A customer as rows, with two billing periods, plans, overrides and reporters, whose bill is read to the line. */
import { env } from 'cloudflare:workers';
import type { CustomerRow } from '../../../src/customers/store.ts';
import { openDb } from '../../../src/db/client.ts';
import { dayMs } from '../../../src/lib/time.ts';
import type { BilledPeriod } from '../../../src/periods/store.ts';
import { findRatingBasis } from '../../../src/pricing/store.ts';
import { ratePeriod } from '../../../src/workflows/billing/rate-period.ts';
import { applicationPlans, publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { makeOrganisation, makeReporter, owns } from '../organisations/harness.ts';
import { controlOf, shardOf } from './harness.ts';

/** Of the plans that `publishStories` publishes, by their price list. */
export const versions = { infrastructure: '2026-12-own', application: '2026-12-own-application' } as const;

/** The shipped plans with a sum and a level of the operator's own, in both lists. */
export async function publishStories(): Promise<void> {
  const own = `
meters:
  gpu_time: { field: custom_1, title: GPU time, unit: GPU-hour, adds_up: sum, source: report }
  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }
`;
  const priced = '    gpu_time: { per: GPU-hour, price: 2.5 }\n    seats: { per: seat, price: 8 }\n';
  const withOwn = (yaml: string, version: string) =>
    yaml
      .replace(/version: .*\n/, `version: ${version}\n`)
      .replace('  infrastructure:\n', `  infrastructure:\n${priced}`)
      .replace('  application:\n', `  application:\n${priced}`) + own;
  await publishPlans(withOwn(shippedPlans, versions.infrastructure));
  await publishPlans(withOwn(applicationPlans, versions.application));
}

/** A statement on the control database. */
const run = (sql: string, ...values: unknown[]) =>
  controlOf(env)
    .prepare(sql)
    .bind(...values)
    .run();

export interface Reporter {
  seq: number;
  instanceId: string;
  seconds: number;
  projectSeq: number;
  namespace: string;
}

/** The customer, and who reports. */
export interface Story {
  customer: CustomerRow;
  reporters: Reporter[];
  periods: BilledPeriod[];
}

/** What a customer is like; times in ms. */
export interface Shape {
  now: number;
  edges: readonly [number, number, number];
  changes: readonly { at: number; plan: string; version: string }[];
  overrides: { at: number; allowances: Record<string, string | null>; prices: Record<string, string> } | null;
  lengths: readonly number[];
}

let made = 0;

/** From when its reporters own their namespaces, ms: a little before its first period. */
export const ownedSince = (edges: Shape['edges']): number => edges[0] - 2 * dayMs;

/** A customer of that shape, without usage. */
export async function makeCustomer({ edges, changes, overrides, lengths }: Shape): Promise<Story> {
  made += 1;
  const since = ownedSince(edges);
  const organisation = await makeOrganisation([{ namespace: `story-${made}` }], since);
  const [owner] = organisation.customers;
  if (!owner) throw new Error('no customer');
  const [first] = changes;
  await run(
    'INSERT INTO subscriptions (customer_id, plan, plan_version, status, updated_at) VALUES (?, ?, ?, ?, 0)',
    owner.id,
    first?.plan,
    first?.version,
    'active',
  );
  await run(
    `INSERT INTO deployments (customer_id, cluster_id, namespace, phase, plan, spec_generation, observed_generation, status, updated_at)
     VALUES (?, ?, ?, 'running', ?, 1, 1, 'ready', 0)`,
    owner.id,
    organisation.projects[0]?.clusterId,
    `story-${made}-own`,
    first?.plan,
  );
  for (const { at, plan, version } of changes) {
    await run(
      'INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version) VALUES (?, ?, ?, ?)',
      owner.id,
      at,
      plan,
      version,
    );
  }
  if (overrides) {
    await run(
      `INSERT INTO agreed_overrides (customer_id, effective_at, plan, allowances, prices, until_plan_change, updated_at)
       VALUES (?, ?, ?, ?, ?, 0, 0)`,
      owner.id,
      overrides.at,
      first?.plan,
      JSON.stringify(overrides.allowances),
      JSON.stringify(overrides.prices),
    );
  }
  const periods = ([0, 1] as const).map(
    (i): BilledPeriod => ({
      start: edges[i],
      end: edges[i === 0 ? 1 : 2],
      anchorDay: 1,
      kind: 'paid',
      ofYear: false,
      invoiceable: true,
    }),
  );
  for (const { start, end } of periods) {
    await run(
      `INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind, invoiceable)
       VALUES (?, ?, ?, 1, 'stripe', ?, 'paid', 1)`,
      owner.id,
      start,
      end,
      start === edges[1] ? 1 : 0,
    );
  }
  const reporters: Reporter[] = [];
  for (const [i, seconds] of lengths.entries()) {
    const namespace = `story-${made}-${i}`;
    const projectSeq = await controlOf(env)
      .prepare(
        `INSERT INTO projects (cluster_id, namespace, organisation_id, customer_id, own, created_at)
         VALUES (?, ?, ?, ?, 0, 0) RETURNING seq`,
      )
      .bind(organisation.projects[0]?.clusterId, namespace, organisation.id, owner.id)
      .first<number>('seq');
    if (projectSeq === null) throw new Error('no project');
    const instanceId = `story-${i}`;
    const seq = await makeReporter(owner.id, instanceId, since);
    await run('UPDATE reporters SET window_seconds = ? WHERE seq = ?', seconds, seq);
    await owns(seq, projectSeq, since);
    reporters.push({ seq, instanceId, seconds, projectSeq, namespace });
  }
  const customer = await controlOf(env)
    .prepare('SELECT seq, id, usage_shard AS usageShard, organisation_id AS organisationId FROM customers WHERE id = ?')
    .bind(owner.id)
    .first<CustomerRow>();
  if (!customer) throw new Error('the customer is gone');
  return { customer, reporters, periods };
}

/** Every usage line of both periods, by its place in time and its identity there; exact cents. The fee's are Stripe's. */
export async function billOf({ customer, periods }: Story): Promise<Map<string, number>> {
  const basis = await findRatingBasis(openDb(controlOf(env)), customer.id);
  const rated = await Promise.all(
    periods.map((period) => ratePeriod(openDb(shardOf(env)), customer.seq, period, basis)),
  );
  const lines = rated.flatMap(({ lines: of }, i) =>
    of.filter(({ kind }) => kind === 'usage').map((line): [string, number] => [`${i} ${line.id}`, line.amountCents]),
  );
  return new Map(lines);
}
