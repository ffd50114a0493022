/** Which invoice a correction of usage names: the one that has what it moved. */
import { beforeAll, expect, it } from 'vitest';
import type { Correction } from '../../../src/contracts/corrections.ts';
import { iso } from '../../../src/lib/time.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
const timeout = 120_000;
let stripe: StandInOfTests;
const { control, expects, paying, goTo, uses, rowsOf, show, periodsOf, tell } = billingOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

it('its period’s own, or the later one with the difference; none while none has it', { timeout }, async () => {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const windowEnd = Math.ceil(start / hour) * hour + 10 * hour;
  await uses(customerId, windowEnd, (end - start) / hour + 100, start + 12 * hour);
  const reporter = await control
    .prepare('SELECT instance_id AS id FROM reporters WHERE customer_id = ?')
    .bind(customerId)
    .first<{ id: string }>();
  // The one hour is expected, so that the period is whole.
  await expects(customerId, windowEnd - hour);
  await control.prepare('UPDATE ownerships SET until_at = ?').bind(windowEnd).run();
  const correct = async (coreHours: number) => {
    const answer = await api.call('POST', `/api/usage/${customerId}/corrections`, {
      token: rootToken,
      body: {
        kind: 'replace',
        instance_id: reporter?.id,
        window_start: iso(windowEnd - hour),
        window_end: iso(windowEnd),
        quantities: { cpu_hours: coreHours },
        reason: 'counted by hand',
      },
    });
    const body = (await answer.json()) as { correction: Correction };
    expect(answer.status, JSON.stringify(body)).toBe(201);
    return body.correction;
  };
  const named = async () => {
    const list = await api.call('GET', `/api/usage/corrections?customer_id=${customerId}`, { token: rootToken });
    const { items } = (await list.json()) as { items: Correction[] };
    return Object.fromEntries(items.map(({ correction_id, invoice_id }) => [correction_id, invoice_id]));
  };

  await goTo(end - 2 * hour);
  const early = await correct((end - start) / hour + 200);
  expect(early).toMatchObject({ invoice: 'this', invoice_id: null });
  await goTo(end + 21 * minute);
  const own = (await rowsOf(customerId)).at(-1);
  expect(own).toMatchObject({ periodStart: start, state: 'paid' });
  expect(await named()).toEqual({ [early.correction_id]: own?.id });

  await goTo(end + hour);
  const late = await correct((end - start) / hour + 300);
  expect(late).toMatchObject({ invoice: 'next', invoice_id: null });
  expect(await named()).toEqual({ [early.correction_id]: own?.id, [late.correction_id]: null });
  const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
  await goTo(next + 21 * minute);
  const following = (await rowsOf(customerId)).at(-1);
  expect((await show(following?.id ?? '')).lines.map(({ delta_of }) => delta_of)).toContain(own?.id);
  expect(await named()).toEqual({ [early.correction_id]: own?.id, [late.correction_id]: following?.id });
});
