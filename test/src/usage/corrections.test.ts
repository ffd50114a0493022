/** What an operator corrects of a customer's usage: the window holds it, the bill follows to the cent, and no report undoes it. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Correction } from '../../../src/contracts/corrections.ts';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { rootToken } from '../../harness/worker/api.ts';
import { at, corrected, end, now, start } from './corrected.ts';
import { controlOf, shardOf } from './harness.ts';

describe('a window that is replaced', () => {
  it('holds what was said, though it lowers it by more than a fifth and comes late, and the bill moves as was said', async () => {
    const { who, correct, cost, totals, reviews, listed } = await corrected();
    await rollUpDays([shardOf(env)], now);
    const before = await cost();
    const body = { kind: 'replace', quantities: { cpu_hours: 1000 } };
    const seen = await correct(body, { query: '?preview=true' });
    expect(await cost()).toBe(before);
    expect(await listed()).toEqual([]);
    const made = await correct(body);
    expect(made).toMatchObject({
      kind: 'replace',
      customer_id: who.customerId,
      namespace: who.namespace,
      instance_id: 'prod-1',
      window_start: start,
      window_end: end,
      revision: now,
      before: { cpu_hours: 2000, memory_gb_hours: 50 },
      after: { cpu_hours: 1000 },
      // A trial is rated and never invoiced.
      invoice: null,
      reason: 'counted by hand',
      by: 'admin:root',
    });
    expect({ ...seen, correction_id: made.correction_id }).toEqual(made);
    expect(made.delta_cents).toBe(-5000);
    expect(made.lines).toMatchObject([{ meter: 'cpu_core_ms' }]);
    expect(await cost()).toBe(before + made.delta_cents);
    expect(await totals()).toEqual({ cpu_hours: 1000 });
    await rollUpDays([shardOf(env)], now);
    expect(await totals()).toEqual({ cpu_hours: 1000 });
    expect(await cost()).toBe(before + made.delta_cents);
    expect(await reviews()).toEqual([]);
    expect(await listed()).toEqual([made]);
    expect(await listed(who.accountKey)).toEqual([{ ...made, by: null }]);
    const audited = await controlOf(env)
      .prepare("SELECT details FROM audit_log WHERE action = 'usage.corrected' AND subject = ?")
      .bind(who.customerId)
      .all<{ details: string }>();
    expect(audited.results.map(({ details }) => JSON.parse(details))).toMatchObject([
      {
        correction_id: made.correction_id,
        before: made.before,
        after: made.after,
        delta_cents: -5000,
        window_end: end,
      },
    ]);
    const changes = await shardOf(env)
      .prepare('SELECT revision, old_revision FROM window_changes WHERE revision = ? AND changed_at = ?')
      .bind(now, now)
      .all();
    expect(changes.results).toContainEqual({ revision: now, old_revision: at(1_000) });
  });

  it('goes under a revision above the one that stands, though that was computed ahead of our clock', async () => {
    const { api, report, correct } = await corrected();
    api.clock.now = at(3_600_000);
    await report({ revision: at(3_600_000 + 200_000), cpu_hours: 2001, memory_gb_hours: 50 });
    expect((await correct({ kind: 'replace', quantities: { cpu_hours: 1 } })).revision).toBe(at(3_800_001));
  });

  it('is left by no report that says otherwise: a person decides, and sees what that would move', async () => {
    const { report, api, correct, cost, totals, reviews } = await corrected();
    api.clock.now = at(3_600_000);
    await correct({ kind: 'replace', quantities: { cpu_hours: 1000 } });
    const stands = await cost();
    // Higher, within 48 hours, nothing lowered: without the correction it would take effect.
    api.clock.now = at(7_200_000);
    await report({ revision: at(7_200_000), cpu_hours: 2000, memory_gb_hours: 50 });
    expect(await totals()).toEqual({ cpu_hours: 1000 });
    const [review] = await reviews();
    expect(review).toMatchObject({ reason: 'corrected', delta_cents: 5000 });
    const decide = (query: string) =>
      api.call('POST', `/api/usage/reviews/${review?.review_id}/accept${query}`, {
        token: rootToken,
        body: { reason: 'the exporter was right' },
      });
    expect(await (await decide('?preview=true')).json()).toMatchObject({ state: 'accepted', delta_cents: 5000 });
    expect(await cost()).toBe(stands);
    expect(await (await decide('')).json()).toMatchObject({ state: 'accepted', delta_cents: 5000 });
    expect(await cost()).toBe(stands + 5000);
    expect(await reviews('accepted')).toMatchObject([{ delta_cents: 5000 }]);
    expect(await totals()).toEqual({ cpu_hours: 2000, memory_gb_hours: 50 });
  });

  it('is left by a later report that says the same', async () => {
    const { report, api, correct, reviews, totals } = await corrected();
    await correct({ kind: 'replace', quantities: { cpu_hours: 1000 } });
    api.clock.now = now + 60_000;
    await report({ revision: now + 60_000, cpu_hours: 1000 });
    expect(await reviews()).toEqual([]);
    expect(await totals()).toEqual({ cpu_hours: 1000 });
  });

  it('answers what waits in review for it', async () => {
    const { report, correct, reviews, totals } = await corrected();
    await report({ revision: now + 100_000, cpu_hours: 1, memory_gb_hours: 50 });
    expect(await reviews()).toMatchObject([{ reason: 'late', delta_cents: -8320 }]);
    const { revision } = await correct({ kind: 'replace', quantities: { cpu_hours: 1500 } });
    expect(revision).toBe(now + 100_001);
    expect(await reviews()).toEqual([]);
    expect(await reviews('superseded')).toMatchObject([{ delta_cents: null }]);
    expect(await totals()).toEqual({ cpu_hours: 1500 });
  });
});

describe('a window that is voided', () => {
  it('counts nothing and is no gap; usage can be added to its hour again', async () => {
    const { correct, cost, totals, gaps } = await corrected();
    const before = await cost();
    const missing = (await gaps()).reduce((count, gap) => count + gap.windows, 0);
    const made = await correct({ kind: 'void' });
    expect(made).toMatchObject({ after: {}, before: { cpu_hours: 2000, memory_gb_hours: 50 } });
    expect(await cost()).toBe(before + made.delta_cents);
    expect(await totals()).toEqual({});
    expect((await gaps()).reduce((count, gap) => count + gap.windows, 0)).toBe(missing);
    expect(await correct({ kind: 'add', quantities: { cpu_hours: 3 } })).toMatchObject({
      before: {},
      after: { cpu_hours: 3 },
    });
  });
});

describe('an hour that is added', () => {
  it('is what nobody reported, closes the gap, and moves the bill', async () => {
    const { correct, cost, gaps, refusal } = await corrected();
    const before = await cost();
    const hour = { kind: 'add', window_start: '2026-11-18T14:00:00Z', window_end: '2026-11-18T15:00:00Z' };
    const inGap = async () => (await gaps()).some(({ from, to }) => from <= '2026-11-18T14' && to >= '2026-11-18T15');
    expect(await inGap()).toBe(true);
    const made = await correct({ ...hour, quantities: { cpu_hours: 100, active_devices: 7 } });
    expect(made).toMatchObject({ before: null, after: { cpu_hours: 100, active_devices: 7 }, delta_cents: 500 });
    expect(await cost()).toBe(before + 500);
    expect(await inGap()).toBe(false);
    expect(await refusal({ ...hour, quantities: { cpu_hours: 1 } })).toEqual([409, 'window_exists']);
  });

  it('is spread to the last unit over those of its windows that hold nothing, and a level is held in each', async () => {
    const { api, who, send, correct, refusal } = await corrected({ windowSeconds: 900 });
    api.clock.now = at(60_000);
    const quarter = (from: string, until: string, fields: Record<string, unknown>) =>
      send({
        customer_id: who.customerId,
        instance_id: 'prod-1',
        window_start: from,
        window_end: until,
        timestamp: new Date(at(1_000)).toISOString(),
        ...fields,
      });
    await quarter('2026-11-18T09:15:00Z', '2026-11-18T09:30:00Z', { api_calls: 5 });
    await quarter('2026-11-18T09:30:00Z', '2026-11-18T09:45:00Z', { complete: false });
    api.clock.now = now;
    await correct({ kind: 'add', quantities: { api_calls: 100, active_devices: 4, storage_used_gb: 3 } });
    const history = (await (
      await api.call('GET', `/api/usage/${who.customerId}?granularity=window&days=3`, { token: rootToken })
    ).json()) as HistoryAnswer;
    const rows = history.items.map(({ window_end, api_calls, active_devices, complete, storage_used_gb }) => ({
      until: window_end.slice(11, 16),
      api_calls,
      active_devices,
      complete,
      storage_used_gb,
    }));
    const third = { active_devices: 4, complete: true, storage_used_gb: 4 };
    expect(rows).toEqual([
      { until: '10:00', api_calls: 33, ...third },
      { until: '09:45', api_calls: 33, ...third },
      { until: '09:30', api_calls: 5, active_devices: undefined, complete: true, storage_used_gb: undefined },
      { until: '09:15', api_calls: 34, ...third },
    ]);
    expect(await refusal({ kind: 'add', quantities: { api_calls: 1 } })).toEqual([409, 'window_exists']);
    expect(await refusal({ kind: 'replace', quantities: { api_calls: 1 } })).toEqual([409, 'window_not_found']);
    const one = { window_start: '2026-11-18T09:45:00Z' };
    expect(await correct({ kind: 'replace', ...one, quantities: { api_calls: 1 } })).toMatchObject({
      before: { api_calls: 33, active_devices: 4, storage_used_gb: 4 },
    });
  });
});

describe('a correction', () => {
  it('is refused of what is not there, not over, too long ago, or not the reporter’s, and leaves everything as it was', async () => {
    const { api, refusal, cost, listed, post } = await corrected();
    const before = await cost();
    const replace = { kind: 'replace', quantities: { cpu_hours: 1 } };
    const add = { kind: 'add', quantities: { cpu_hours: 1 } };
    const hours = (from: string, until: string) => ({ window_start: from, window_end: until });
    expect(await refusal({ ...replace, ...hours('2026-11-18T10:00:00Z', '2026-11-18T11:00:00Z') })).toEqual([
      409,
      'window_not_found',
    ]);
    expect(await refusal({ ...replace, ...hours(start, '2026-11-18T09:15:00Z') })).toEqual([409, 'window_not_found']);
    expect(await refusal({ ...replace, ...hours(end, start) })).toEqual([422, 'window_reversed']);
    expect(await refusal({ ...add, ...hours('2026-11-20T12:00:00Z', '2026-11-20T13:00:00Z') })).toEqual([
      422,
      'window_future',
    ]);
    expect(await refusal({ ...add, ...hours('2026-11-18T10:15:00Z', '2026-11-18T11:15:00Z') })).toEqual([
      422,
      'window_unaligned',
    ]);
    expect(await refusal({ ...add, ...hours(start, '2026-11-18T09:15:00Z') })).toEqual([422, 'window_length']);
    expect(await refusal({ ...add, ...hours('2026-11-17T11:00:00Z', '2026-11-17T12:00:00Z') })).toEqual([
      422,
      'window_not_owned',
    ]);
    expect(await refusal({ kind: 'replace', quantities: {} })).toEqual([422, 'validation_failed']);
    expect(await refusal({ kind: 'void', quantities: { cpu_hours: 1 } })).toEqual([422, 'validation_failed']);
    expect(await refusal({ kind: 'replace', quantities: { cpu_hours: -1 } })).toEqual([422, 'validation_failed']);
    expect(await refusal({ kind: 'replace', quantities: { cpu_hours: 1e9 } })).toEqual([422, 'validation_failed']);
    expect(await refusal({ kind: 'replace', quantities: { cpus: 1 } })).toEqual([400, 'unknown_field']);
    const outage = Date.parse(end) + 62 * 86_400_000;
    api.clock.now = outage + 1;
    expect(await refusal(replace)).toEqual([422, 'window_too_old']);
    api.clock.now = now;
    expect(await cost()).toBe(before);
    expect(await listed()).toEqual([]);
    api.clock.now = outage;
    expect((await post(replace)).status).toBe(201);
  });

  it('of somebody else’s reporter or namespace finds nothing, as if they were not there', async () => {
    const mine = await corrected();
    const other = await corrected();
    const replace = { kind: 'replace', quantities: { cpu_hours: 1 } };
    expect(await mine.refusal({ ...replace, namespace: other.who.namespace })).toEqual([404, 'not_found']);
    expect(await mine.refusal({ ...replace, namespace: 'nowhere' })).toEqual([404, 'not_found']);
    expect(await mine.refusal({ ...replace, instance_id: 'prod-2' })).toEqual([404, 'not_found']);
    await mine.correct(replace);
    expect(await other.totals()).toEqual({ cpu_hours: 2000, memory_gb_hours: 50 });
  });

  it('is made once under one Idempotency-Key, also where its answer was lost on the way to the audit log', async () => {
    const { correct, listed, post } = await corrected();
    const headers = { 'idempotency-key': 'an-hour-that-is-added' };
    const add = { kind: 'add', window_start: end, window_end: '2026-11-18T11:00:00Z', quantities: { cpu_hours: 9 } };
    const made = await correct(add, { headers });
    // What the control database had of it is lost, as if the Worker had ended between the two databases.
    await controlOf(env).exec('DELETE FROM idempotency_keys');
    expect(await correct(add, { headers })).toEqual(made);
    expect(await listed()).toEqual([made]);
    expect((await post({ ...add, reason: 'another' }, { headers })).status).toBe(409);
  });

  it('beside another of the same window comes after it: both stand in the list, and what they moved adds up', async () => {
    const { correct, cost, listed } = await corrected();
    const before = await cost();
    const made = await Promise.all(
      [1500, 1200, 100, 50].map((cpu_hours) => correct({ kind: 'replace', quantities: { cpu_hours } })),
    );
    expect(new Set(made.map(({ revision }) => revision)).size).toBe(4);
    const moved = made.reduce((cents, { delta_cents }) => cents + delta_cents, 0);
    expect(await cost()).toBe(before + moved);
    const inOrder = made.toSorted((a, b) => a.revision - b.revision);
    inOrder.reduce((last, next) => {
      expect(next.before).toEqual(last.after);
      return next;
    });
    expect(await listed()).toHaveLength(4);
  });

  it('beside a report of a higher revision leaves one of the two waiting, never half of each', async () => {
    const { api, report, correct, reviews, totals } = await corrected();
    api.clock.now = at(3_600_000);
    const [made] = await Promise.all([
      correct({ kind: 'replace', quantities: { cpu_hours: 1000 } }),
      report({ revision: at(3_600_000 + 60_000), cpu_hours: 2002, memory_gb_hours: 50 }),
    ]);
    const open = await reviews();
    expect(await totals()).toEqual({ cpu_hours: 1000 });
    if (open.length === 0) expect(made.before).toEqual({ cpu_hours: 2002, memory_gb_hours: 50 });
    else expect(open).toMatchObject([{ reason: 'corrected', proposed: { quantities: { cpu_hours: 2002 } } }]);
  });

  it('is seen among everybody’s by who looks for the customer', async () => {
    const { who, correct, read } = await corrected();
    const made = await correct({ kind: 'void' });
    const all = await read<{ items: Correction[]; total: number }>('/api/usage/corrections?limit=100');
    expect(all.items[0]?.at).toBe(
      all.items
        .map((item) => item.at)
        .toSorted()
        .at(-1),
    );
    expect(all.items).toContainEqual(made);
    const own = await read<{ items: Correction[] }>(`/api/usage/corrections?customer_id=${who.customerId}`);
    expect(own.items).toEqual([made]);
  });
});
