import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ReporterView } from '../../../src/contracts/reporters.ts';
import { everyMeter, metersIn } from '../../../src/usage/meters.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');

async function story() {
  const api = makeApi(now);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const path = `/api/customers/${who.customerId}/reporters`;
  const create = (body: object, at = path) => api.call('POST', at, { token: rootToken, body });
  const list = async () =>
    ((await (await api.call('GET', path, { token: rootToken })).json()) as { items: ReporterView[] }).items;
  const report = async (key: string, end: string, fields: object) => {
    const bindings = { USAGE_QUEUE: held.queue };
    const body = { ...hourReport(who.customerId, end), ...fields };
    const answer = await api.call('POST', '/api/usage/report', { token: key, body, bindings });
    return ((await answer.json()) as { code?: string }).code ?? answer.status;
  };
  return { api, held, who, path, create, list, report };
}
let names = 0;
const newName = (): string => `reporter-${++names}`;
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

describe('reporters', () => {
  it('share a namespace by meters, never one meter', async () => {
    const { create, report, who } = await story();
    expect(await codeOf(await create({ instance_id: 'second' }))).toEqual([409, 'meter_owned']);
    const made = await create({ instance_id: 'app', meters: ['api_calls'], take_over: true });
    expect(made.status).toBe(201);
    const { api_key: key } = (await made.json()) as { api_key: string };
    expect(await report(key, '2026-11-20T13:00:00Z', { instance_id: 'app', api_calls: 5 })).toBe('window_future');
    expect(await report(who.key, '2026-11-20T12:00:00Z', { api_calls: 5, cpu_hours: 1 })).toBe(202);
  });

  it('hand over at the hour edge at or before active_from; neither is billed for the other', async () => {
    const { api, create, list, report, who } = await story();
    const made = await create({ instance_id: 'next', take_over: true });
    const { api_key: key, reporter } = (await made.json()) as { api_key: string; reporter: ReporterView };
    expect(reporter.active_from).toBe('2026-11-20T12:00:00.000Z');
    expect((await list()).find((r) => r.instance_id === 'prod-1')?.active_until).toBe('2026-11-20T12:00:00.000Z');
    api.clock.now = now + 3_600_000;
    expect(await report(who.key, '2026-11-20T12:00:00Z', { cpu_hours: 1 })).toBe(202);
    expect(await report(who.key, '2026-11-20T13:00:00Z', { cpu_hours: 1 })).toBe('window_not_owned');
    expect(await report(key, '2026-11-20T13:00:00Z', { instance_id: 'next', cpu_hours: 1 })).toBe(202);
    expect(await report(key, '2026-11-20T12:00:00Z', { instance_id: 'next', cpu_hours: 1 })).toBe('window_not_owned');
  });

  it('cannot take over hours that another has reported already', async () => {
    const { api, create, who, held, report } = await story();
    expect(await report(who.key, '2026-11-20T11:00:00Z', { cpu_hours: 1 })).toBe(202);
    await drain(api, held);
    const late = { instance_id: 'late', take_over: true, active_from: '2026-11-20T10:00:00Z' };
    expect(await codeOf(await create(late))).toEqual([409, 'meter_owned']);
    expect((await create({ ...late, meters: ['api_calls'] })).status).toBe(201);
    expect((await create({ ...late, instance_id: 'later', active_from: '2026-11-20T11:10:00Z' })).status).toBe(201);
  });

  it('keep the meters that were not taken and list what is not theirs as ignored', async () => {
    const { api, create, who } = await story();
    await create({ instance_id: 'app', meters: ['ingress_requests'], take_over: true });
    api.clock.now = now + 3_600_000;
    const held = heldQueue();
    const answer = await api.call('POST', '/api/usage/report', {
      token: who.key,
      body: hourReport(who.customerId, '2026-11-20T13:00:00Z', { cpu_hours: 1, http_requests: 7 }),
      bindings: { USAGE_QUEUE: held.queue },
    });
    expect(await answer.json()).toEqual({ success: true, accepted: 1, ignored: ['http_requests'] });
  });

  it('attach a namespace that nobody has, and refuse one of somebody else', async () => {
    const first = await story();
    const other = await story();
    const namespace = `team-${Math.floor(Math.random() * 1e9)}`;
    expect((await first.create({ instance_id: 'team', namespaces: [namespace] })).status).toBe(201);
    expect(await codeOf(await other.create({ instance_id: 'team', namespaces: [namespace] }))).toEqual([
      409,
      'namespace_taken',
    ]);
    expect(await codeOf(await other.create({ instance_id: 'own', namespaces: [first.who.namespace] }))).toEqual([
      409,
      'namespace_taken',
    ]);
  });

  it('are not given a namespace whose name goes on from another one of the cluster, or the other way round', async () => {
    const first = await story();
    const other = await story();
    const name = `shop${Math.floor(Math.random() * 1e9)}`;
    const attach = async ({ create }: typeof first, ...namespaces: string[]) =>
      await codeOf(await create({ instance_id: newName(), namespaces }));
    expect((await first.create({ instance_id: 'shop', namespaces: [`${name}-eu`] })).status).toBe(201);
    for (const who of [first, other]) {
      for (const namespace of [name, `${name}-eu-1`, `${name}-eu-1-b`]) {
        expect(await attach(who, namespace)).toEqual([409, 'namespace_ambiguous']);
      }
    }
    expect(await attach(other, `${first.who.namespace}-web`)).toEqual([409, 'namespace_ambiguous']);
    expect(await attach(other, 'customer')).toEqual([409, 'namespace_ambiguous']);
    expect(await attach(other, `${name}x`, `${name}x-b`)).toEqual([409, 'namespace_ambiguous']);
    const refused = await other.create({ instance_id: newName(), namespaces: [name] });
    expect(await refused.json()).toMatchObject({ message: expect.stringContaining(`${name}-eu goes on from ${name}`) });
    // Names that only begin alike are told apart, and what is attached already stays.
    for (const namespace of [`${name}-e`, `${name}-eu1`, `${name}-us`]) {
      expect((await other.create({ instance_id: newName(), namespaces: [namespace] })).status).toBe(201);
    }
    const again = { instance_id: newName(), namespaces: [`${name}-eu`], take_over: true };
    expect((await first.create(again)).status).toBe(201);
  });

  it('are not given two such namespaces by two admins at once', async () => {
    const first = await story();
    const other = await story();
    const name = `both${Math.floor(Math.random() * 1e9)}`;
    const answers = await Promise.all([
      first.create({ instance_id: 'both', namespaces: [name] }),
      other.create({ instance_id: 'both', namespaces: [`${name}-eu`] }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('end at the end of a window, once; what was measured before can still be reported', async () => {
    const { api, path, who, report } = await story();
    const end = () => api.call('POST', `${path}/${who.reporter.id}/end`, { token: rootToken, body: {} });
    expect(await (await end()).json()).toMatchObject({ reporter: { active_until: '2026-11-20T13:00:00.000Z' } });
    expect(await codeOf(await end())).toEqual([409, 'reporter_ended']);
    api.clock.now = now + 2 * 3_600_000;
    expect(await report(who.key, '2026-11-20T13:00:00Z', { cpu_hours: 1 })).toBe(202);
    expect(await report(who.key, '2026-11-20T14:00:00Z', { cpu_hours: 1 })).toBe('window_not_owned');
  });

  it('refuse a taken name, an unknown meter, a minute where it is not allowed and a customer that is not there', async () => {
    const { api, create, path } = await story();
    expect(await codeOf(await create({ instance_id: 'prod-1', take_over: true }))).toEqual([409, 'reporter_exists']);
    expect(await codeOf(await create({ instance_id: 'x', meters: ['gold'] }))).toEqual([422, 'unknown_meter']);
    const body = { instance_id: 'x', window_seconds: 60, take_over: true };
    const bindings = { ALLOW_SHORT_WINDOWS: 'false' };
    expect(await codeOf(await api.call('POST', path, { token: rootToken, body, bindings }))).toEqual([
      422,
      'validation_failed',
    ]);
    const nobody = `/api/customers/cust_${'c'.repeat(32)}/reporters`;
    expect(await codeOf(await create({ instance_id: 'x' }, nobody))).toEqual([404, 'not_found']);
    expect((await api.call('GET', nobody, { token: rootToken })).status).toBe(404);
  });

  it.each([
    ['a customer’s own', 'namespace_taken', 'customer-deadbeef'],
    ['the cluster’s own', 'validation_failed', 'kube-system'],
    ['the cluster’s own', 'validation_failed', 'kube-node-lease'],
    ['the cluster’s own', 'validation_failed', 'istio-system'],
    ['the cluster’s own', 'validation_failed', 'default'],
  ])('are not given a namespace that is %s: %s for %s', async (_, code, namespace) => {
    const { create } = await story();
    expect((await codeOf(await create({ instance_id: 'team', namespaces: [namespace] })))[1]).toBe(code);
  });

  it.each(['0000-01-01T00:00:00Z', '2024-01-01T00:00:00Z', '2099-01-01T00:00:00Z'])(
    'do not begin at %s',
    async (at) => {
      const { create } = await story();
      expect(await codeOf(await create({ instance_id: 'team', namespaces: ['team'], active_from: at }))).toEqual([
        422,
        'validation_failed',
      ]);
    },
  );

  it('own what comes when they were given all; who keeps none of today’s meters keeps none to come', async () => {
    const { create, who } = await story();
    /** The open ownerships by reporter: whether they have the last of all 64 bits. */
    const standing = async () =>
      (
        await controlOf(env)
          .prepare(`SELECT r.instance_id AS name, (o.meters >> 63) & 1 AS last FROM ownerships o
            JOIN reporters r ON r.seq = o.reporter_seq WHERE r.customer_id = ? AND o.until_at IS NULL ORDER BY o.id`)
          .bind(who.customerId)
          .all()
      ).results;
    expect(await standing()).toEqual([{ name: 'prod-1', last: 1 }]);
    await create({ instance_id: 'app', meters: ['api_calls'], take_over: true });
    expect(await standing()).toEqual(
      expect.arrayContaining([
        { name: 'prod-1', last: 1 },
        { name: 'app', last: 0 },
      ]),
    );
    const others = metersIn(everyMeter).filter((meter) => meter !== 'api_calls');
    await create({ instance_id: 'rest', meters: others, take_over: true });
    expect((await standing()).map(({ name }) => name).sort()).toEqual(['app', 'rest']);
    await create({ instance_id: 'all', take_over: true });
    expect(await standing()).toEqual([{ name: 'all', last: 1 }]);
  });
});
