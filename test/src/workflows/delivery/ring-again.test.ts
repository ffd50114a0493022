/** When a cluster is rung again for jobs that nobody has taken. */
import { beforeAll, expect, it } from 'vitest';
import { openDb } from '../../../../src/db/client.ts';
import { takeUnrung } from '../../../../src/deployments/job-orders-store.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';

const minute = 60_000;
const day = 1440;
const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
const db = openDb(control);
const quiet = { firstMs: minute, maxMs: 60 * minute };

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
});

/** The minutes after `from` in which a ring is due, when cron looks each minute. */
async function ringsIn(minutes: number, from: number): Promise<number[]> {
  const rung: number[] = [];
  for (let n = 0; n <= minutes; n++) {
    if ((await takeUnrung(db, from + n * minute, quiet, 200)).length > 0) rung.push(n);
  }
  return rung;
}

it('a job that waits is rung for after a minute, then twice as late each time, and once an hour in the end', async () => {
  const from = api.clock.now;
  await control.prepare("UPDATE jobs SET state = 'waiting', run_after = ?1, rung_at = ?1").bind(from).run();
  const rung = await ringsIn(day, from);
  expect(rung.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 124, 184]);
  expect(rung.length).toBeLessThan(32);
});

it('one that is put off is left alone until then, and one whose lease ran out is like one that waits', async () => {
  const from = api.clock.now + 2 * day * minute;
  await control.prepare('UPDATE jobs SET run_after = ?1 + 600000, rung_at = ?1').bind(from).run();
  expect(await ringsIn(20, from)).toEqual([10, 11, 12, 14, 18]);
  await control.prepare("UPDATE jobs SET state = 'active', lease_until = ?1, rung_at = ?1").bind(from).run();
  expect(await ringsIn(10, from)).toEqual([1, 2, 4, 8]);
});
