/** Which invoice a correction of usage names: the one that has what it moved. */
import { beforeAll, expect, it } from 'vitest';
import type { Correction } from '../../../src/contracts/corrections.ts';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { iso } from '../../../src/lib/time.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
const timeout = 120_000;
let stripe: StandInOfTests;
const { control, expects, paying, goTo, uses, rowsOf, show, periodsOf, tell } = billingOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

/** A customer in its first month, with 100 core-hours above what is included in the hour that ends at `windowEnd`. */
async function corrected(windowEndOf: (period: { start: number; end: number }) => number) {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const period = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const { start, end } = period;
  const included = (end - start) / hour;
  const windowEnd = Math.ceil(windowEndOf(period) / hour) * hour;
  await uses(customerId, windowEnd, included + 100, windowEnd + minute);
  const reporter = await control
    .prepare('SELECT instance_id AS id FROM reporters WHERE customer_id = ?')
    .bind(customerId)
    .first<{ id: string }>();
  // The one hour is expected, so that the period is whole.
  await expects(customerId, windowEnd - hour);
  await control.prepare('UPDATE ownerships SET until_at = ? WHERE until_at IS NULL').bind(windowEnd).run();
  const ask = (above: number, query = '') =>
    api.call('POST', `/api/usage/${customerId}/corrections${query}`, {
      token: rootToken,
      body: {
        kind: 'replace',
        instance_id: reporter?.id,
        window_start: iso(windowEnd - hour),
        window_end: iso(windowEnd),
        quantities: { cpu_hours: included + above },
        reason: 'counted by hand',
      },
    });
  const correct = async (above: number) => {
    const answer = await ask(above);
    const body = (await answer.json()) as { correction: Correction };
    expect(answer.status, JSON.stringify(body)).toBe(201);
    return body.correction;
  };
  const named = async () => {
    const list = await api.call('GET', `/api/usage/corrections?customer_id=${customerId}`, { token: rootToken });
    const { items } = (await list.json()) as { items: Correction[] };
    return Object.fromEntries(items.map(({ correction_id, invoice_id }) => [correction_id, invoice_id]));
  };
  const endNow = async () => (await periodsOf(customerId)).at(-1)?.end ?? 0;
  const last = async () => (await rowsOf(customerId)).at(-1);
  return { start, end, ask, correct, named, endNow, last };
}

it('its period’s own, or the later one with the difference; none while none has it', { timeout }, async () => {
  const { start, end, correct, named, endNow, last } = await corrected((period) => period.start + 10 * hour);
  await goTo(end - 2 * hour);
  const early = await correct(200);
  expect(early).toMatchObject({ invoice: 'this', invoice_id: null });
  await goTo(end + 21 * minute);
  const own = await last();
  expect(own).toMatchObject({ periodStart: start, state: 'paid' });
  expect(await named()).toEqual({ [early.correction_id]: own?.id });

  await goTo(end + hour);
  const late = await correct(300);
  expect(late).toMatchObject({ invoice: 'next', invoice_id: null });
  expect(await named()).toEqual({ [early.correction_id]: own?.id, [late.correction_id]: null });
  await goTo((await endNow()) + 21 * minute);
  const following = await last();
  expect((await show(following?.id ?? '')).lines.map(({ delta_of }) => delta_of)).toContain(own?.id);
  expect(await named()).toEqual({ [early.correction_id]: own?.id, [late.correction_id]: following?.id });
});

it('of a window that may just be corrected: the next one, although its period ended three months ago by then', {
  timeout,
}, async () => {
  const { end, ask, correct, named, endNow, last } = await corrected((period) => period.end - 12 * hour);
  await goTo(end + 21 * minute);
  const own = await last();
  for (let months = 0; months < 2; months++) await goTo((await endNow()) + 21 * minute);
  await goTo(end + 61 * day);
  const late = await correct(300);
  expect(late).toMatchObject({ invoice: 'next', delta_cents: 1000 });
  await stripe.move(end + 62 * day);
  expect(await (await ask(400, '?preview=true')).json()).toMatchObject({ code: 'window_too_old' });

  await goTo((await endNow()) + minute);
  const draft = await last();
  expect(draft?.createdAt).toBeGreaterThan(end + 80 * day);
  const path = `/api/invoices/${draft?.id}/finalize?preview=true`;
  const seen = (await (await api.call('POST', path, { token: rootToken, body: {} })).json()) as {
    invoice: InvoiceView;
  };
  const difference = { amount_cents: 1000, delta_of: own?.id };
  expect(seen.invoice.lines).toEqual(expect.arrayContaining([expect.objectContaining(difference)]));
  await goTo(api.clock.now + 20 * minute);
  expect(await show(draft?.id ?? '')).toMatchObject({
    state: 'paid',
    total_cents: 3900,
    lines: expect.arrayContaining([expect.objectContaining({ ...difference, state: 'billed' })]),
  });
  expect(await named()).toEqual({ [late.correction_id]: draft?.id });
  // Said once: the one after has nothing of it.
  await goTo((await endNow()) + 21 * minute);
  expect(await last()).toMatchObject({ state: 'paid', totalCents: 2900 });
});
