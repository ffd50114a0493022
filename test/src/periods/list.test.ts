/** Periods as they are read: the list of them, the cost of any, and what no period holds. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { PeriodList } from '../../../src/contracts/periods.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const day = 86_400_000;
const hour = 3_600_000;
const signedUpAt = Date.parse('2026-11-20T12:30:00.000Z');
const iso = (at: number) => new Date(at).toISOString();

async function story() {
  const api = makeApi(signedUpAt);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const send = async (...ends: string[]) => {
    const body = { reports: ends.map((end) => hourReport(who.customerId, end, { cpu_hours: 400 })) };
    await api.call('POST', '/api/usage/batch', { token: who.key, body, bindings: { USAGE_QUEUE: held.queue } });
    await drain(api, held);
  };
  const ask = (path: string) => api.call('GET', path, { token: rootToken });
  const periods = async (query = '') =>
    (await (await ask(`/api/customers/${who.customerId}/periods${query}`)).json()) as PeriodList;
  const cost = async (query = '') => {
    const answer = await ask(`/api/usage/${who.customerId}/cost${query}`);
    return { status: answer.status, body: (await answer.json()) as CostAnswer & { code: string; message: string } };
  };
  const setStatus = (status: string) =>
    controlOf(env)
      .prepare('UPDATE subscriptions SET status = ? WHERE customer_id = ?')
      .bind(status, who.customerId)
      .run();
  return { api, who, send, periods, cost, setStatus };
}

describe('billing periods of a customer', () => {
  it('are listed newest first with what they are, and those that cron is about to open', async () => {
    const { api, periods, setStatus, who } = await story();
    const trial = { start: iso(signedUpAt), end: iso(signedUpAt + 14 * day), kind: 'trial', invoiceable: false };
    expect(await periods()).toMatchObject({
      items: [{ ...trial, state: 'open', complete: true, plan: 'starter', plan_version: '2026-11', invoice_id: null }],
      total: 1,
      unbilled: [],
    });
    await setStatus('active');
    api.clock.now = signedUpAt + 14 * day + hour;
    const { items, total } = await periods();
    expect(total).toBe(2);
    expect(items).toMatchObject([
      { start: trial.end, end: '2027-01-04T12:30:00.000Z', kind: 'manual', state: 'open', invoiceable: true },
      { ...trial, state: 'closing', complete: false },
    ]);
    api.clock.now += 6 * hour;
    expect((await periods()).items[1]).toMatchObject({ state: 'closed', complete: false });
    expect((await periods('?page=2&limit=1')).items).toMatchObject([trial]);
    const own = await api.call('GET', `/api/customers/${who.customerId}/periods`, { token: who.accountKey });
    expect(own.status).toBe(200);
  });

  it('are complete or not each by itself', async () => {
    const { api, periods, setStatus, send, who } = await story();
    await setStatus('active');
    // The reporter measured in the trial's last hours and in the first ones of the month, and missed one of the trial.
    await controlOf(env)
      .prepare('UPDATE ownerships SET from_at = ? WHERE reporter_seq = (SELECT seq FROM reporters WHERE id = ?)')
      .bind(Date.parse('2026-12-04T09:00:00Z'), who.reporter.id)
      .run();
    api.clock.now = Date.parse('2026-12-04T15:10:00Z');
    await send('2026-12-04T10:00:00Z', '2026-12-04T12:00:00Z', '2026-12-04T13:00:00Z', '2026-12-04T14:00:00Z');
    await send('2026-12-04T15:00:00Z');
    expect((await periods()).items.map(({ kind, complete }) => [kind, complete])).toEqual([
      ['manual', true],
      ['trial', false],
    ]);
  });

  it('cost what they cost, whichever is asked for', async () => {
    const { api, cost, setStatus, send } = await story();
    await setStatus('active');
    api.clock.now = Date.parse('2026-12-04T15:10:00Z');
    await send('2026-12-04T12:00:00Z', '2026-12-04T13:00:00Z');
    const month = { period: { start: iso(signedUpAt + 14 * day) }, kind: 'manual', total_cents: 2900, note: null };
    const trial = {
      period: { start: iso(signedUpAt) },
      kind: 'trial',
      total_cents: 320,
      invoiceable: false,
      note: null,
    };
    expect((await cost()).body).toMatchObject(month);
    expect((await cost('?period=previous')).body).toMatchObject(trial);
    expect((await cost(`?period=${iso(signedUpAt)}`)).body).toMatchObject(trial);
    expect((await cost('?period=2026-11-20T13:30:00%2B01:00')).body).toMatchObject(trial);
    expect((await cost(`?period=${iso(signedUpAt + 14 * day)}`)).body).toMatchObject(month);
    const none = await cost('?period=2026-11-21T00:00:00Z');
    expect([none.status, none.body.code]).toEqual([404, 'not_found']);
    expect(none.body.message).toContain('no billing period of the customer begins at 2026-11-21T00:00:00.000Z');
    const wrong = await cost('?period=last');
    expect([wrong.status, wrong.body.code]).toEqual([422, 'validation_failed']);
    expect(wrong.body.message).toContain('previous');
  });

  it('have none before the first, in words', async () => {
    const { cost } = await story();
    const none = await cost('?period=previous');
    expect([none.status, none.body.message]).toEqual([404, 'no billing period of the customer has ended yet']);
  });

  it('leave what is used after an unpaid trial, or before the customer, to be seen and not billed', async () => {
    const { api, cost, periods, send, setStatus } = await story();
    api.clock.now = Date.parse('2026-12-08T00:10:00Z');
    await send('2026-11-20T12:00:00Z', '2026-12-04T12:00:00Z', '2026-12-04T13:00:00Z', '2026-12-06T00:00:00Z');
    const { body } = await cost();
    expect(body).toMatchObject({ kind: 'trial', invoiceable: false, total_cents: 320 });
    expect(body.note).toContain('the trial ended at 2026-12-04T12:30:00.000Z and none has begun since');
    const unbilled = [
      { start: '2026-11-20T11:00:00.000Z', end: '2026-11-20T12:00:00.000Z', windows: 1, reason: 'no_period' },
      { start: '2026-12-04T12:00:00.000Z', end: '2026-12-06T00:00:00.000Z', windows: 2, reason: 'no_period' },
    ];
    expect((await periods()).unbilled).toEqual(unbilled);
    // Who pays later begins anew, and is not billed for what was used in between.
    await setStatus('canceled');
    await api.call('POST', `/api/customers/${(await cost()).body.customer_id}/reactivate`, {
      token: rootToken,
      body: {},
    });
    expect((await cost()).body).toMatchObject({
      kind: 'manual',
      period: { start: iso(api.clock.now) },
      total_cents: 2900,
    });
    expect((await periods()).unbilled).toEqual(unbilled);
  });

  it('end with the one that holds a cancellation, whatever is used later', async () => {
    const { api, cost, periods, send, setStatus, who } = await story();
    await setStatus('active');
    api.clock.now = signedUpAt + 20 * day;
    await api.tick();
    await api.call('POST', `/api/customers/${who.customerId}/deactivate`, { token: rootToken, body: {} });
    api.clock.now = signedUpAt + 60 * day;
    await send('2026-12-20T00:00:00Z', '2027-01-10T00:00:00Z');
    const { body } = await cost();
    expect(body).toMatchObject({ status: 'canceled', invoiceable: true, period: { end: '2027-01-04T12:30:00.000Z' } });
    expect(body.lines.find(({ meter }) => meter === 'cpu_core_ms')?.quantity).toBe('400');
    expect((await cost('?period=previous')).body.period).toEqual(body.period);
    expect((await periods()).unbilled).toMatchObject([{ windows: 1 }]);
  });
});
