/** An organisation with projects and usage, as rows, and requests of its people. */
import { env } from 'cloudflare:workers';
import type { Principal } from '../../../src/credentials/principal.ts';
import { openDb } from '../../../src/db/client.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { dayMs, hourMs } from '../../../src/lib/time.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { controlOf, shardOf } from '../usage/harness.ts';

/** A namespace and whose it is: customers are numbered from 0. */
export interface MadeProject {
  namespace: string;
  customer?: number;
  /** Each organisation has clusters of its own: `local` unless said. */
  cluster?: string;
  labels?: Record<string, string>;
}

export interface Organisation {
  id: string;
  slug: string;
  customers: { id: string; seq: number; reporterSeq: number }[];
  /** By the order in which they were named. */
  projects: { seq: number; namespace: string; clusterId: string; customerSeq: number; reporterSeq: number }[];
}

let made = 0;

const run = (sql: string, ...values: unknown[]) =>
  controlOf(env)
    .prepare(sql)
    .bind(...values);

async function seqOf(sql: string, ...values: unknown[]): Promise<number> {
  return (await run(`${sql} RETURNING seq`, ...values).first<number>('seq')) ?? 0;
}

/** An organisation whose projects a reporter of each customer measures since `since`. */
export async function makeOrganisation(projects: readonly MadeProject[], since: number): Promise<Organisation> {
  made += 1;
  const clusterOf = ({ cluster = 'local' }: MadeProject) => `${cluster}-${made}`;
  const clusters = new Set(projects.map(clusterOf));
  for (const cluster of clusters) {
    await run(
      `INSERT OR IGNORE INTO clusters (id, queue_binding, namespaces_max, services_max, storage_class, token_owner, key_owner,
         created_at) VALUES (?, ?, 1000, 8000, 'standard', ?, ?, 0)`,
      cluster,
      `DOORBELL_${cluster.toUpperCase()}`,
      `${cluster}-tokens`,
      `${cluster}-keys`,
    ).run();
  }
  const id = newId('organisation', cryptoRandom);
  const slug = `organisation-${made}`;
  await run('INSERT INTO organisations (id, slug, name, created_at) VALUES (?, ?, ?, 0)', id, slug, slug).run();
  const result: Organisation = { id, slug, customers: [], projects: [] };
  const customers = Math.max(0, ...projects.map(({ customer = 0 }) => customer)) + 1;
  for (let n = 0; n < customers; n++) {
    const customerId = newId('customer', cryptoRandom);
    const seq = await seqOf(
      `INSERT INTO customers (id, short_id, organisation_id, email, company_name, usage_shard, created_at)
       VALUES (?, ?, ?, ?, ?, 0, 0)`,
      customerId,
      customerId.slice(5, 13),
      id,
      `${customerId}@example.com`,
      slug,
    );
    const reporterSeq = await makeReporter(customerId, `reporter-${n}`, since);
    result.customers.push({ id: customerId, seq, reporterSeq });
  }
  for (const project of projects) {
    const { namespace, customer = 0, labels } = project;
    const cluster = clusterOf(project);
    const owner = result.customers[customer];
    if (!owner) throw new Error('no such customer');
    const seq = await seqOf(
      `INSERT INTO projects (cluster_id, namespace, organisation_id, customer_id, own, created_at, labels)
       VALUES (?, ?, ?, ?, 0, 0, ?)`,
      cluster,
      namespace,
      id,
      owner.id,
      labels ? JSON.stringify(labels) : null,
    );
    await owns(owner.reporterSeq, seq, since);
    result.projects.push({
      seq,
      namespace,
      clusterId: cluster,
      customerSeq: owner.seq,
      reporterSeq: owner.reporterSeq,
    });
  }
  return result;
}

/** A reporter of hourly windows. @returns its number */
export const makeReporter = (customerId: string, instanceId: string, since: number): Promise<number> =>
  seqOf(
    `INSERT INTO reporters (id, customer_id, instance_id, window_seconds, source, active_from, created_at)
     VALUES (?, ?, ?, 3600, 'admin', ?, 0)`,
    newId('reporter', cryptoRandom),
    customerId,
    instanceId,
    since,
  );

/** Makes a reporter the owner of some bits of a project's meters. */
export const owns = (reporterSeq: number, projectSeq: number, since: number, meters = 2 ** 32 - 1) =>
  run(
    'INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at) VALUES (?, ?, ?, ?)',
    reporterSeq,
    projectSeq,
    meters,
    since,
  ).run();

/** A window, and what it holds by stored column, in base units. */
export interface MadeWindow {
  customerSeq: number;
  projectSeq: number;
  reporterSeq: number;
  /** Where it ends, ms. */
  end: number;
  seconds?: number;
  complete?: boolean;
  units: Readonly<Record<string, number>>;
}

/** Stores windows and marks their days, as the consumer does. */
export async function storeWindows(windows: readonly MadeWindow[]): Promise<void> {
  const shard = shardOf(env);
  const alike = Map.groupBy(windows, ({ units }) => Object.keys(units).join());
  for (const [names, group] of alike) {
    const columns = names === '' ? [] : names.split(',');
    for (let at = 0; at < group.length; at += 4000) {
      const rows = group
        .slice(at, at + 4000)
        .map((w) => [
          w.customerSeq,
          w.end,
          w.reporterSeq,
          w.projectSeq,
          w.seconds ?? 3600,
          w.complete === false ? 0 : 1,
          ...columns.map((column) => w.units[column] ?? null),
        ]);
      const all = ['customer_seq', 'window_end', 'reporter_seq', 'project_seq', 'seconds', 'complete', ...columns];
      await shard
        .prepare(
          `INSERT INTO windows (${all.join(', ')}, revision, accepted_at, gap_ms, missing)
           SELECT ${all.map((_, i) => `value ->> ${i}`).join(', ')}, value ->> 1, value ->> 1, 0, 0
           FROM json_each(?) WHERE true ON CONFLICT (customer_seq, window_end, reporter_seq, project_seq) DO NOTHING`,
        )
        .bind(JSON.stringify(rows))
        .run();
    }
  }
  const days = new Set(windows.map((w) => `[${w.customerSeq},${Math.floor((w.end - 1) / dayMs)}]`));
  await shard
    .prepare('INSERT OR IGNORE INTO dirty_days (customer_seq, day) SELECT value ->> 0, value ->> 1 FROM json_each(?)')
    .bind(`[${[...days].join()}]`)
    .run();
}

/** The hours of a project from one instant to another, `[from, to)`, with what each used. */
export const hoursOf = (
  { customerSeq, reporterSeq, seq }: Organisation['projects'][number],
  from: number,
  to: number,
  units: (hour: number) => Readonly<Record<string, number>>,
): MadeWindow[] =>
  Array.from({ length: (to - from) / hourMs }, (_, i) => ({
    customerSeq,
    reporterSeq,
    projectSeq: seq,
    end: from + (i + 1) * hourMs,
    units: units(i),
  }));

/** Rolls up every day that is over at `now`. */
export async function rollUpAll(now: number): Promise<void> {
  while ((await rollUpDays([shardOf(env)], now)) > 0);
}

export const reads = (now: number) => ({ db: openDb(controlOf(env)), shards: [shardOf(env)], now });

/** Somebody of an organisation. */
export const person = (organisationId: string, namespaces: readonly string[] | null): Principal => ({
  kind: 'person',
  organisationId,
  subject: 'somebody',
  namespaces,
  expiresAt: Number.MAX_SAFE_INTEGER,
  keyId: 'token',
});
