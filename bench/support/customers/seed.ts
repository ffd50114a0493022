/**
 * A shard full of customers, made by SQL in the files of a platform that does not run: one customer who signed up as anybody
 * does is copied with everything that is stored of them. Owns the copying; which tables hold a customer's rows is written here.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS_BACK = 400;
const TRIAL_DAYS = 14;
const MONTH_DAYS = 30;

/** The database under a folder that has a table; files of other databases are left closed. */
export function openWith(folder: string, table: string): DatabaseSync {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'));
  for (const name of names) {
    const database = new DatabaseSync(join(folder, name));
    if (database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table)) return database;
    database.close();
  }
  throw new Error(`no database of ${folder} has the table ${table}`);
}

const columnsOf = (database: DatabaseSync, table: string): string[] =>
  database
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map((row) => String(row['name']));

/** Copies the template's rows of a table for each seed, with the columns of `changed` by their SQL; `t` and `s` are in scope. */
function copy(database: DatabaseSync, table: string, own: string, changed: Record<string, string>): void {
  const columns = columnsOf(database, table);
  const values = columns.map((column) => changed[column] ?? `t.${column}`);
  database.exec(`INSERT INTO ${table} (${columns.join(', ')})
    SELECT ${values.join(', ')} FROM seeds s JOIN ${table} t ON ${own} ORDER BY s.n`);
}

/** Customers by number, with the ids of what is theirs; `base` is above every number that is taken. */
function makeSeeds(control: DatabaseSync, count: number, now: number): void {
  const base = control.prepare('SELECT max(seq) + 1 AS base FROM customers').get()?.['base'];
  control.exec(`CREATE TEMP TABLE seeds AS
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${count})
    SELECT n, ${base} + n AS seq, printf('%08x', (n * 2654435761) % 4294967296) AS short,
      ${now} - (n % ${DAYS_BACK}) * ${DAY_MS} - (n % 24) * ${HOUR_MS} AS created FROM numbers`);
  control.exec('CREATE TEMP TABLE template AS SELECT seq, id, organisation_id FROM customers LIMIT 1');
}

const id = (prefix: string): string => `'${prefix}_' || s.short || printf('%024x', s.n)`;
const ofTemplate = 't.customer_id = (SELECT id FROM template)';

function copyCustomers(control: DatabaseSync, now: number): void {
  const trialEnd = `s.created + ${TRIAL_DAYS * DAY_MS}`;
  const customer_id = id('cust');
  copy(control, 'organisations', 't.id = (SELECT organisation_id FROM template)', {
    id: id('org'),
    slug: `'s' || s.n`,
  });
  copy(control, 'customers', 't.id = (SELECT id FROM template)', {
    seq: 's.seq',
    id: customer_id,
    short_id: 's.short',
    organisation_id: id('org'),
    email: `'person-' || s.n || '@customers.example.com'`,
    company_name: `'Company ' || s.n`,
    company_search: `'COMPANY ' || s.n`,
    stripe_customer_id: 'NULL',
    created_at: 's.created',
  });
  copy(control, 'subscriptions', ofTemplate, {
    customer_id,
    status: `iif(${trialEnd} > ${now}, 'trialing', 'active')`,
    trial_ends_at: trialEnd,
  });
  copy(control, 'plan_changes', ofTemplate, { customer_id, effective_at: 's.created' });
  copy(control, 'billing_periods', ofTemplate, {
    customer_id,
    start_at: 's.created',
    end_at: trialEnd,
    open: `${trialEnd} > ${now}`,
  });
  control.exec(`WITH RECURSIVE months(customer_id, start_at, end_at) AS (
      SELECT customer_id, end_at, end_at + ${MONTH_DAYS * DAY_MS} FROM billing_periods
        WHERE open = 0 AND customer_id IN (SELECT ${customer_id} FROM seeds s)
      UNION ALL SELECT customer_id, end_at, end_at + ${MONTH_DAYS * DAY_MS} FROM months WHERE end_at <= ${now})
    INSERT INTO billing_periods (customer_id, start_at, end_at, anchor_day, source, open, kind, invoiceable)
      SELECT customer_id, start_at, end_at, 1, 'signup', end_at > ${now}, 'manual', 1 FROM months`);
  copy(control, 'deployments', ofTemplate, {
    customer_id,
    namespace: `'customer-' || s.short`,
    drift_checked_at: `${now}`,
  });
  copy(control, 'phase_changes', ofTemplate, { customer_id, effective_at: 's.created' });
  copy(control, 'jobs', ofTemplate, { customer_id, id: `${id('job')} || t.rowid` });
  copy(control, 'licences', ofTemplate, { customer_id, jti: `${id('jti')} || t.rowid` });
  copy(control, 'credentials', 't.owner_id = (SELECT id FROM template)', {
    id: `${id('key')} || t.rowid`,
    owner_id: customer_id,
    hash: `${id('hash')} || t.rowid`,
  });
  copyReporters(control, customer_id);
}

/** The customer's own namespace, and who measures it since the signup. */
function copyReporters(control: DatabaseSync, customer_id: string): void {
  const numbered = (table: string): string => `(SELECT max(seq) FROM ${table}) + 1 + s.n`;
  control.exec(`CREATE TEMP TABLE numbers AS SELECT (SELECT max(seq) FROM projects) + 1 AS project,
    (SELECT max(seq) FROM reporters) + 1 AS reporter`);
  const mine = `${ofTemplate} AND t.seq = (SELECT min(seq) FROM`;
  copy(control, 'projects', `${mine} projects WHERE customer_id = t.customer_id)`, {
    seq: numbered('projects'),
    customer_id,
    organisation_id: id('org'),
    namespace: `'customer-' || s.short`,
  });
  copy(control, 'reporters', `${mine} reporters WHERE customer_id = t.customer_id)`, {
    seq: numbered('reporters'),
    id: id('rep'),
    customer_id,
    instance_id: `'k8s-' || s.short`,
    active_from: 's.created',
  });
  copy(control, 'ownerships', 't.id = (SELECT min(id) FROM ownerships)', {
    id: '(SELECT max(id) FROM ownerships) + 1 + s.n',
    reporter_seq: '(SELECT reporter FROM numbers) + s.n',
    project_seq: '(SELECT project FROM numbers) + s.n',
    from_at: `s.created / ${HOUR_MS} * ${HOUR_MS}`,
    until_at: 'NULL',
  });
}

/** A customer whose usage is in the shard. */
interface Used {
  seq: number;
  reporter: number;
  project: number;
}

/** The roll-up of every day before `today`, as cron makes it of what these windows have: sums, seconds of averages, peaks of own meters. */
function rollUpSql(usage: DatabaseSync, today: number): string {
  const own: Record<string, string> = {
    customer_seq: 'customer_seq',
    day: `(window_end - 1) / ${DAY_MS}`,
    reporter_seq: 'reporter_seq',
    project_seq: 'project_seq',
    complete: 'min(complete)',
    last_end: 'max(window_end)',
  };
  const columns = columnsOf(usage, 'daily');
  const values = columns.map((column) => {
    const averaged = /^(.+)_seconds$/.exec(column)?.[1];
    if (averaged) return `coalesce(sum(iif(${averaged} IS NULL, 0, seconds)), 0)`;
    const highest = /^(custom_\d)_peak$/.exec(column)?.[1];
    if (highest) return `max(${highest})`;
    return own[column] ?? `sum(${column})`;
  });
  return `INSERT INTO daily (${columns.join(', ')}) SELECT ${values.join(', ')} FROM windows
    WHERE customer_seq > 1 AND window_end <= ${today * DAY_MS} GROUP BY customer_seq, 2, reporter_seq, project_seq`;
}

/** Hours of `days` days for some customers, every quantity of the infrastructure list, and their roll-ups. */
function storeUsage(usage: DatabaseSync, customers: readonly Used[], days: number, now: number): number {
  const hours = days * 24;
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  const insert =
    usage.prepare(`WITH RECURSIVE hours(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM hours WHERE n + 1 < ${hours})
    INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete, gap_ms,
      missing, cpu_core_ms, memory_mib_s, storage_mib_s, network_sent_bytes, network_received_bytes, ingress_requests, pod_s)
    SELECT ?, ${last} - n * ${HOUR_MS}, ?, ?, 3600, 1, ${last} - n * ${HOUR_MS}, 1, 0, 0, 3600000 + n * 977 % 3600000, 7372800,
      36864000, 1000000 + n * 7919 % 1000000, 500000, 3600 + n % 900, 14400 FROM hours`);
  usage.exec('BEGIN');
  for (const { seq, reporter, project } of customers) insert.run(seq, reporter, project);
  usage.exec(rollUpSql(usage, Math.floor(last / DAY_MS)));
  usage.exec('COMMIT');
  return hours * customers.length;
}

export interface Seeded {
  /** Those whose usage is stored. */
  measured: string[];
  windows: number;
}

/** Fills the databases in `dataDir`, which have one customer. `measured` of `count` customers have `days` days of hours. */
export function seedShard(
  dataDir: string,
  { count, measured, days }: { count: number; measured: number; days: number },
): Seeded {
  const now = Date.now();
  const control = openWith(dataDir, 'billing_periods');
  control.exec('PRAGMA foreign_keys = OFF');
  makeSeeds(control, count, now);
  control.exec('BEGIN');
  copyCustomers(control, now);
  control.exec('COMMIT');
  // Evenly through the shard, and with all of the days behind them.
  const rows = control
    .prepare(`SELECT ${id('cust')} AS id, s.seq, numbers.reporter + s.n AS reporter, numbers.project + s.n AS project
      FROM seeds s, numbers WHERE s.n % ${DAYS_BACK} > ${days} AND s.n % ${Math.max(1, Math.floor(count / measured / 2))} = 0
      LIMIT ${measured}`)
    .all();
  control.close();
  const usage = openWith(dataDir, 'dirty_days');
  const used = rows.map((row) => ({
    seq: Number(row['seq']),
    reporter: Number(row['reporter']),
    project: Number(row['project']),
  }));
  const windows = storeUsage(usage, used, days, now);
  usage.close();
  return { measured: rows.map((row) => String(row['id'])), windows };
}
