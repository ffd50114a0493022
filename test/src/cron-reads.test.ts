/** What a minute's tick of cron reads where nothing is due: the same of many customers as of a few. */
import { expect, it } from 'vitest';
import { runCron } from '../../src/cron.ts';
import { servicesOf } from '../../src/services.ts';
import { ensureCluster, makeApi, signUp } from '../harness/worker/api.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
const hourMs = 3_600_000;
const few = 5;
const many = 40;

/** A database that notes what it is asked. */
function noting(asked: Map<string, unknown[]>): D1Database {
  const prepare = (sql: string) => {
    asked.set(sql, []);
    const statement = control.prepare(sql);
    const bind = statement.bind.bind(statement);
    statement.bind = (...params: unknown[]) => {
      asked.set(sql, params);
      return bind(...params);
    };
    return statement;
  };
  return new Proxy(control, {
    get(target, name) {
      if (name === 'prepare') return prepare;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Signs up until there are so many, and brings them to where nothing is due. */
async function bringTo(customers: number): Promise<void> {
  for (
    let n = (await control.prepare('SELECT count(*) AS n FROM customers').first<number>('n')) ?? 0;
    n < customers;
    n++
  )
    await signUp(api);
  const now = api.clock.now;
  await control.batch([
    control.prepare(`UPDATE deployments SET status = 'ready', drift_checked_at = ${now}`),
    control.prepare(`UPDATE jobs SET state = 'succeeded', finished_at = ${now}`),
  ]);
  // What a signup has left to be sent.
  for (let tick = 0; tick < 3; tick++) await api.tick();
}

/** The rows that each statement of an idle tick reads. */
async function idleReads(): Promise<Map<string, number>> {
  const asked = new Map<string, unknown[]>();
  const bindings = { ...api.bindings, CONTROL: noting(asked) };
  await runCron(servicesOf(bindings as never, { waitUntil: () => {} } as never, api.outside), hourMs / 2);
  const reads = new Map<string, number>();
  for (const [sql, params] of asked) {
    const { meta } = await control
      .prepare(sql)
      .bind(...params)
      .all();
    reads.set(sql.replace(/\s+/g, ' ').trim(), meta.rows_read);
  }
  return reads;
}

it('does not grow with the customers, statement by statement', async () => {
  await ensureCluster(api);
  await bringTo(few);
  const before = await idleReads();
  expect(before.size).toBeGreaterThan(25);
  await bringTo(many);
  const after = await idleReads();
  const grown = [...after].filter(([sql, rows]) => rows > (before.get(sql) ?? 0) + few);
  expect(grown).toEqual([]);
});
