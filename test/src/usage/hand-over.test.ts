import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { everyMeter, metersIn } from '../../../src/usage/meters.ts';
import { raiseMinimumVersion } from '../../../src/usage/minimum-version-store.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { keysOf, shardOf, shardState } from './harness.ts';
import { deliver, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const ten = '2026-11-20T10:00:00Z';
const eleven = '2026-11-20T11:00:00Z';

beforeEach(async () => {
  for (const table of ['windows', 'dirty_days', 'ownership_fences']) {
    await shardOf(env).prepare(`DELETE FROM ${table}`).run();
  }
});

/** A reporter whose hours until ten and until eleven are in the queue; nothing is stored yet. */
async function waiting() {
  const api = makeApi(now);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const reporters = `/api/customers/${who.customerId}/reporters`;
  const report = async (key: string, end: string, fields: object) => {
    const body = hourReport(who.customerId, end, { cpu_hours: 1, http_requests: 7, ...fields });
    const bindings = { USAGE_QUEUE: held.queue };
    return (await api.call('POST', '/api/usage/report', { token: key, body, bindings })).status;
  };
  for (const end of [ten, eleven]) expect(await report(who.key, end, {})).toBe(202);
  const takeOver = async (body: object = {}) => {
    const asked = { instance_id: 'next', take_over: true, active_from: ten, ...body };
    const answer = await api.call('POST', reporters, { token: rootToken, body: asked });
    return { status: answer.status, ...((await answer.json()) as { api_key: string; code?: string }) };
  };
  const end = async (until: string) =>
    await api.call('POST', `${reporters}/${who.reporter.id}/end`, { token: rootToken, body: { active_until: until } });
  const letters = async () => {
    const answer = await api.call('GET', '/api/dead-letters', { token: rootToken });
    const { items } = (await answer.json()) as { items: { code: string; customer_id: string }[] };
    return items.filter((l) => l.customer_id === who.customerId).map((l) => l.code);
  };
  const stored = async () =>
    (await shardState(env)).windows.map((w) => [
      new Date(Number(w['window_end'])).toISOString().slice(11, 13),
      w['reporter_seq'],
      w['cpu_core_ms'],
      w['ingress_requests'],
    ]);
  const { reporterSeq } = await keysOf(env, who.customerId);
  return { api, held, who, report, takeOver, end, letters, stored, first: reporterSeq };
}

describe('a report that waits in the queue while its meters are handed over', () => {
  it('is billed by the new owner alone', async () => {
    const { api, held, report, takeOver, letters, stored, first } = await waiting();
    const { api_key: key } = await takeOver();
    expect(await report(key, eleven, { instance_id: 'next', cpu_hours: 2 })).toBe(202);
    expect(await deliver(api, held.bodies)).toMatchObject({ retried: [] });
    expect(await stored()).toEqual([
      ['10', first, 3_600_000, 7],
      ['11', first + 1, 7_200_000, 7],
    ]);
    expect(await letters()).toEqual(['window_not_owned']);
  });

  it('keeps the meters that were not taken', async () => {
    const { api, held, report, takeOver, letters, stored, first } = await waiting();
    const { api_key: key } = await takeOver({ meters: ['ingress_requests'] });
    await report(key, eleven, { instance_id: 'next' });
    await deliver(api, held.bodies);
    expect(await stored()).toEqual([
      ['10', first, 3_600_000, 7],
      ['11', first, 3_600_000, null],
      ['11', first + 1, null, 7],
    ]);
    expect(await letters()).toEqual([]);
  });

  it('is refused to the new owner once it is stored, and stays with the old one', async () => {
    const { api, held, takeOver, stored, first } = await waiting();
    await deliver(api, held.bodies);
    expect(await takeOver()).toMatchObject({ status: 409, code: 'meter_owned' });
    expect((await stored()).map(([, reporter]) => reporter)).toEqual([first, first]);
  });

  it('is stored or handed over, never both, when the hand-over comes between the consumer’s two databases', async () => {
    const { api, held, report, takeOver, letters, stored, first } = await waiting();
    let taken: Awaited<ReturnType<typeof takeOver>> | undefined;
    const shard = new Proxy(shardOf(env), {
      get: (target, name) =>
        name === 'batch'
          ? async (statements: D1PreparedStatement[]) => {
              taken ??= await takeOver();
              return await target.batch(statements);
            }
          : Reflect.get(target, name).bind(target),
    });
    const { retried } = await deliver(api, held.bodies, { USAGE_0: shard });
    expect(taken?.status).toBe(201);
    expect(retried).toHaveLength(2);
    expect(await stored()).toEqual([]);
    expect(await report(taken?.api_key ?? '', eleven, { instance_id: 'next' })).toBe(202);
    expect(await deliver(api, held.bodies)).toMatchObject({ retried: [] });
    expect((await stored()).map(([hour, reporter]) => [hour, reporter])).toEqual([
      ['10', first],
      ['11', first + 1],
    ]);
    expect(await letters()).toEqual(['window_not_owned']);
  });

  it('is stored at its next delivery when the hand-over died after it had raised the minimum version', async () => {
    const { api, held, who, takeOver, letters, stored } = await waiting();
    const { customerSeq, ownershipVersion } = await keysOf(env, who.customerId);
    const shard = openDb(shardOf(env));
    await commit(shard, [raiseMinimumVersion(customerSeq, ownershipVersion + 1)]);
    expect((await deliver(api, held.bodies)).retried).toHaveLength(2);
    expect(await deliver(api, held.bodies)).toMatchObject({ retried: [] });
    expect(await stored()).toHaveLength(2);
    expect(await letters()).toEqual([]);
    expect(await takeOver({ active_from: '2026-11-20T12:00:00Z' })).toMatchObject({ status: 201 });
  });

  it('leaves its reporter’s end where its last meters end, whichever of them was taken first', async () => {
    const { api, who, takeOver } = await waiting();
    await takeOver({ active_from: '2026-11-20T12:00:00Z', meters: ['ingress_requests'] });
    const rest = metersIn(everyMeter).filter((name) => name !== 'ingress_requests');
    expect(await takeOver({ instance_id: 'last', meters: rest })).toMatchObject({ status: 201 });
    const path = `/api/customers/${who.customerId}/reporters`;
    const list = (await (await api.call('GET', path, { token: rootToken })).json()) as { items: unknown[] };
    expect(list.items).toContainEqual(
      expect.objectContaining({ id: who.reporter.id, active_until: '2026-11-20T12:00:00.000Z' }),
    );
  });

  it('does not hold up what another customer reports in the same delivery', async () => {
    const [one, other] = [await waiting(), await waiting()];
    await one.takeOver();
    expect(await deliver(one.api, [...one.held.bodies, ...other.held.bodies])).toMatchObject({ retried: [] });
    expect((await one.stored()).map(([, reporter]) => reporter).sort()).toEqual([one.first, other.first, other.first]);
  });
});

describe('a reporter that is ended in the past', () => {
  it('is not ended again when somebody takes all it has beside it', async () => {
    const { api, who, takeOver } = await waiting();
    let taken = false;
    const shard = new Proxy(shardOf(env), {
      get: (target, name) =>
        name === 'batch'
          ? async (statements: D1PreparedStatement[]) => {
              if (!taken) {
                taken = true;
                await takeOver();
              }
              return await target.batch(statements);
            }
          : Reflect.get(target, name).bind(target),
    });
    const path = `/api/customers/${who.customerId}/reporters`;
    const ended = await api.call('POST', `${path}/${who.reporter.id}/end`, {
      token: rootToken,
      body: { active_until: '2026-11-20T12:00:00Z' },
      bindings: { USAGE_0: shard },
    });
    expect([ended.status, await ended.json()]).toMatchObject([409, { code: 'reporter_ended' }]);
    const list = (await (await api.call('GET', path, { token: rootToken })).json()) as { items: unknown[] };
    expect(list.items).toContainEqual(
      expect.objectContaining({ id: who.reporter.id, active_until: '2026-11-20T10:00:00.000Z' }),
    );
  });

  it('ends after the last window that it has stored, so that nobody else can bill it', async () => {
    const { api, held, end } = await waiting();
    await deliver(api, held.bodies);
    expect(await (await end('2026-11-20T09:10:00Z')).json()).toMatchObject({
      reporter: { active_until: '2026-11-20T11:00:00.000Z' },
    });
  });

  it('takes what is still in the queue beyond its end to the dead letters', async () => {
    const { api, held, end, letters, stored } = await waiting();
    await end(ten);
    expect(await deliver(api, held.bodies)).toMatchObject({ retried: [] });
    expect((await stored()).map(([hour]) => hour)).toEqual(['10']);
    expect(await letters()).toEqual(['window_not_owned']);
  });
});
