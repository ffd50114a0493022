/** HOLD_LINE_FACTOR: a line far above what its meter has cost in the months before waits for a person, from the first bill on. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
const factor = 3;
let stripe: StandInOfTests;
const { paying, goTo, uses, rowsOf, costs, periodsOf, tell } = billingOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
  Object.assign(api.bindings, { HOLD_LINE_FACTOR: String(factor) });
});

/** A customer of Starter, $29 a month and 5 cents for each core-hour above what is included. */
async function customer() {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  /** Lives through a month with so many core-hours above what is included. @returns when its invoice was made */
  const month = async (above: number): Promise<number> => {
    const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
    await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + above, start + 12 * hour);
    await goTo(end + 21 * minute);
    return end;
  };
  const bill = async () => {
    const row = (await rowsOf(customerId)).at(-1);
    return { state: row?.state, cents: row?.totalCents, why: row?.holdReason, lines: await costs(row?.id ?? '') };
  };
  const held = async (): Promise<HeldLineView[]> => {
    const answer = await api.call('GET', `/api/invoices/holds?customer_id=${customerId}`, { token: rootToken });
    return ((await answer.json()) as { items: HeldLineView[] }).items;
  };
  const decide = async (verdict: 'release' | 'reject') => {
    const path = `/api/invoices/holds/${(await held())[0]?.hold_id}/${verdict}`;
    const answer = await api.call('POST', path, { token: rootToken, body: { reason: 'looked at it' } });
    expect(answer.status).toBe(200);
  };
  return { month, bill, held, decide };
}

/** A customer of whom three invoices say that a month's CPU costs $4 on average, and whose fourth month costs $15. */
async function unusual() {
  const one = await customer();
  // Nothing is known of the first month, whatever it costs; a month without overage counts, too.
  for (const above of [160, 0, 80]) {
    await one.month(above);
    const lines = above === 0 ? [] : [`cpu_core_ms ${above * 5} billed`];
    expect(await one.bill()).toEqual({ state: 'paid', cents: 2900 + above * 5, why: null, lines });
  }
  const end = await one.month(300);
  const waits = { state: 'held', cents: 0, why: 'approval', lines: ['cpu_core_ms 1500 held'] };
  expect(await one.bill()).toEqual(waits);
  const why = { limit_cents: null, usual: { factor, cents: 400, times: 3.8 } };
  expect(await one.held()).toMatchObject([{ state: 'held', line: { amount_cents: 1500 }, why }]);
  return { ...one, end, waits };
}

describe('a line of more than so many times the usual of its meter', { timeout }, () => {
  it('keeps its invoice waiting; approved it is on it, and is usual from then on', async () => {
    const { month, bill, held, decide, end, waits } = await unusual();
    await goTo(end + 3 * hour);
    expect(await bill()).toEqual(waits);
    await decide('release');
    await goTo(api.clock.now + minute);
    expect(await bill()).toEqual({ state: 'paid', cents: 4400, why: null, lines: ['cpu_core_ms 1500 billed'] });
    expect(await held()).toEqual([]);
    // The three newest invoices come to $6.33 on average.
    await month(320);
    expect(await bill()).toEqual({ state: 'paid', cents: 4500, why: null, lines: ['cpu_core_ms 1600 billed'] });
  });

  it('nobody decides about: its invoice goes without it at its deadline; approved later it comes on the next', async () => {
    const { month, bill, held, decide, end } = await unusual();
    await goTo(end + 6 * hour - 14 * minute);
    expect(await bill()).toEqual({ state: 'paid', cents: 2900, why: null, lines: ['cpu_core_ms 1500 held'] });
    await decide('release');
    await month(0);
    expect(await bill()).toEqual({ state: 'paid', cents: 4400, why: null, lines: ['cpu_core_ms 1500 billed'] });
    expect(await held()).toEqual([]);
  });

  it('rejected it never comes, and says nothing of what is usual', async () => {
    const { month, bill, held, decide, end } = await unusual();
    await decide('reject');
    await goTo(end + 22 * minute);
    expect(await bill()).toEqual({ state: 'paid', cents: 2900, why: null, lines: ['cpu_core_ms 1500 rejected'] });
    await month(110);
    // The three newest come to $1.33 on average.
    expect(await bill()).toMatchObject({ state: 'held', lines: ['cpu_core_ms 550 held'] });
    expect(await held()).toMatchObject([{ why: { usual: { cents: 133, times: 4.1 } } }]);
  });
});
