import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { runCron } from '../../../src/cron.ts';
import { servicesOf } from '../../../src/services.ts';
import { type Api, makeApi, rootToken } from '../../harness/worker/api.ts';
import { keysOf, provenMessages, rowWith } from '../usage/harness.ts';
import { failing } from '../usage/outage.ts';
import { deliver, heldQueue, hourReport, metered } from '../usage/story.ts';

const hourMs = 3_600_000;
const now = Date.parse('2026-11-20T12:30:00.000Z');

async function ended(api: Api) {
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const keys = await keysOf(env, who.customerId);
  const end = (body: Record<string, unknown>) =>
    api.call('POST', `/api/customers/${who.customerId}/reporters/${who.reporter.id}/end`, { token: rootToken, body });
  const bindings = { USAGE_QUEUE: heldQueue().queue };
  const report = async () => {
    api.clock.now += 1000;
    const body = hourReport(who.customerId, '2026-11-20T12:00:00Z', { cpu_hours: 1 });
    return (await api.call('POST', '/api/usage/report', { token: who.key, body, bindings })).status;
  };
  const store = async (hour: string) => {
    const windowEnd = Date.parse(hour);
    const row = rowWith(
      { cpu_hours: 1 },
      { ...keys, ownershipVersion: 0, windowEnd, revision: Math.min(windowEnd, api.clock.now) },
    );
    await deliver(api, provenMessages(env, [{ ...row, acceptedAt: api.clock.now }]));
  };
  return { who, end, report, store };
}

const tick = (api: Api, bindings = {}) =>
  runCron(servicesOf({ ...api.bindings, ...bindings }, { waitUntil: () => {} }, api.outside), api.clock.now);

describe('the key of an ended reporter', () => {
  it('lives until its last window is in, and is then revoked by cron', async () => {
    const api = makeApi(now);
    const { end, report, store } = await ended(api);
    expect((await end({})).status).toBe(200);
    api.clock.now = now + hourMs;
    await tick(api);
    expect(await report()).toBe(202);
    await store('2026-11-20T13:00:00Z');
    await tick(api);
    expect(await report()).toBe(401);
  });

  it('ends, whatever is missing, when no window of it would be taken any more', async () => {
    const api = makeApi(now);
    const { end, report } = await ended(api);
    await end({});
    api.clock.now = now + 61 * 24 * hourMs;
    await tick(api);
    expect(await report()).not.toBe(401);
    api.clock.now = now + 63 * 24 * hourMs;
    await tick(api);
    expect(await report()).toBe(401);
  });

  it('of a shard that is away holds up no other, and its reason is in the log', async () => {
    const api = makeApi(now);
    const { end, report, store } = await ended(api);
    await end({});
    await store('2026-11-20T13:00:00Z');
    api.clock.now = now + hourMs;
    const shard = failing(api.bindings['USAGE_0'] as D1Database);
    shard.state.down = true;
    await tick(api, { USAGE_0: shard.database });
    expect(await report()).toBe(202);
    expect(api.logs.map((l) => JSON.stringify(l)).join('\n')).toMatch(/ended reporters.*Network connection lost/);
    await tick(api);
    expect(await report()).toBe(401);
  });
});

describe('a reporter that ends in the future', () => {
  it('can be ended earlier, not later, and not again once it has ended', async () => {
    const api = makeApi(now);
    const { end } = await ended(api);
    expect(await (await end({ active_until: '2099-01-01T00:00:00Z' })).json()).toMatchObject({
      reporter: { active_until: '2099-01-01T00:00:00.000Z' },
    });
    expect((await end({ active_until: '2099-06-01T00:00:00Z' })).status).toBe(409);
    expect(await (await end({})).json()).toMatchObject({ reporter: { active_until: '2026-11-20T13:00:00.000Z' } });
    api.clock.now = now + hourMs;
    expect((await end({ active_until: '2026-11-20T12:00:00Z' })).status).toBe(409);
  });
});
