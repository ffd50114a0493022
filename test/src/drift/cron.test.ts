/** When cron looks for what differs: Stripe is compared once a night, and the ledger's rules are asked once an hour. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureCluster, makeApi } from '../../harness/worker/api.ts';
import { stripeFor } from '../../harness/worker/stripe-events.ts';
import { controlOf } from '../usage/harness.ts';

const midnight = Date.parse('2026-11-21T00:00:00.000Z');
const minute = 60_000;
const hour = 60 * minute;
const api = makeApi(midnight - hour);
const control = controlOf(api.bindings as never);
stripeFor(api);

beforeAll(async () => {
  await ensureCluster(api);
});
beforeEach(async () => {
  await control.batch(['drift_runs', 'invariant_results'].map((table) => control.prepare(`DELETE FROM ${table}`)));
});

async function tickAt(at: number): Promise<void> {
  api.clock.now = at;
  await api.tick();
}

it('a comparison with Stripe begins at midnight, and at no other minute', async () => {
  const begun = async () => (await control.prepare('SELECT started_at, started_by FROM drift_runs').all()).results;
  for (const at of [-12 * hour, -hour, -minute, minute, hour]) await tickAt(midnight + at);
  expect(await begun()).toEqual([]);
  await tickAt(midnight);
  expect(await begun()).toEqual([{ started_at: midnight, started_by: 'cron' }]);
});

it('the rules of the ledger are asked at each full hour, and at no other minute', async () => {
  const asked = async () =>
    (await control.prepare('SELECT DISTINCT checked_at FROM invariant_results').all()).results.map(
      ({ checked_at: at }) => at,
    );
  for (const at of [-minute, minute, hour / 2]) await tickAt(midnight + hour + at);
  expect(await asked()).toEqual([]);
  for (const hours of [1, 2, 24]) {
    await tickAt(midnight + hours * hour);
    expect(await asked()).toEqual([midnight + hours * hour]);
    await tickAt(midnight + hours * hour + minute);
    expect(await asked()).toEqual([midnight + hours * hour]);
  }
});
