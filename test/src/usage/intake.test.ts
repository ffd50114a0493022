import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { BatchAnswer } from '../../../src/contracts/usage.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from './harness.ts';
import { drain, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const story = async () => {
  const api = makeApi(now);
  const held = heldQueue();
  const bindings = { USAGE_QUEUE: held.queue };
  const who = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
  const post = (path: string, body: unknown, token = who.key, headers = {}) =>
    api.call('POST', path, { token, body, bindings, headers });
  return { api, held, who, post, bindings };
};

describe('a single report', () => {
  it('is taken in the form of the first exporter: no window, the hour of its timestamp', async () => {
    const { api, held, who, post } = await story();
    const body = {
      customer_id: who.customerId,
      instance_id: 'prod-1',
      timestamp: '2026-11-20T10:00:00.000Z',
      network_bytes_sent: 1_234_567_890,
      network_bytes_received: 987_654_321,
      storage_used_gb: 15.3,
      cpu_hours: 2.4,
      memory_gb_hours: 5.1,
      http_requests: 125_000,
    };
    const answer = await post('/api/usage/report', body);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ success: true, accepted: 1 });
    await drain(api, held);
    const history = await api.call('GET', `/api/usage/${who.customerId}?granularity=window`, { token: who.accountKey });
    expect(await history.json()).toMatchObject({
      total: 1,
      items: [
        {
          window_start: '2026-11-20T09:00:00.000Z',
          window_end: '2026-11-20T10:00:00.000Z',
          namespace: who.namespace,
          instance_id: 'prod-1',
          revision: Date.parse('2026-11-20T10:00:00.000Z'),
          complete: true,
          cpu_hours: 2.4,
          memory_gb_hours: 5.1,
          storage_used_gb: 15.3,
          http_requests: 125_000,
        },
      ],
    });
  });

  it('names unknown fields and counts the rest', async () => {
    const { who, post } = await story();
    const answer = await post(
      '/api/usage/report',
      hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1, gpu: 3 }),
    );
    expect(await answer.json()).toEqual({ success: true, accepted: 1, ignored: ['gpu'] });
  });

  it('of another customer is 403, of a made-up one too', async () => {
    const { who, post } = await story();
    const report = hourReport(`cust_${'0'.repeat(32)}`, '2026-11-20T10:00:00Z', { cpu_hours: 1 });
    const answer = await post('/api/usage/report', report);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'customer_mismatch' });
    expect((await post('/api/usage/report', report, who.accountKey)).status).toBe(403);
  });

  it('is not said to be taken while the queue is down, and is safe to send again', async () => {
    const { api, held, who, post } = await story();
    held.state.down = true;
    const report = hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 });
    const refused = await post('/api/usage/report', report);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBeTruthy();
    held.state.down = false;
    await post('/api/usage/report', report);
    await post('/api/usage/report', report);
    await drain(api, held);
    const history = await api.call('GET', `/api/usage/${who.customerId}`, { token: who.accountKey });
    expect(await history.json()).toMatchObject({ totals: { cpu_hours: 1 } });
  });

  it('answers 429 with the limit after 60 in an hour', async () => {
    const { api, who, held } = await story();
    const bindings = { USAGE_QUEUE: held.queue, RATE_LIMIT_REPORT: '2/3600' };
    const report = hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await api.call('POST', '/api/usage/report', { token: who.key, body: report, bindings })).status);
    }
    expect(statuses).toEqual([202, 202, 429]);
  });
});

describe('bad input in a batch', () => {
  it('is refused item by item with its own code, and the good item beside it counts', async () => {
    const { api, held, who, post, bindings } = await story();
    const good = (fields: Record<string, unknown>) => hourReport(who.customerId, '2026-11-20T10:00:00Z', fields);
    const cases: [string, unknown][] = [
      ['value_out_of_range', good({ cpu_hours: -1 })],
      ['value_out_of_range', good({ cpu_hours: 100_001 })],
      ['value_out_of_range', good({ http_requests: '@1e400' })],
      ['validation_failed', good({ cpu_hours: 'NaN' })],
      ['validation_failed', good({ cpu_hours: '12' })],
      ['validation_failed', good({ cpu_hours: null })],
      ['validation_failed', 'not a report'],
      ['validation_failed', null],
      ['validation_failed', []],
      ['validation_failed', { ...good({ cpu_hours: 1 }), window_end: undefined }],
      ['validation_failed', { ...good({ cpu_hours: 1 }), window_start: 'yesterday' }],
      ['validation_failed', { ...good({ cpu_hours: 1 }), window_start: '2026-02-30T00:00:00Z' }],
      ['validation_failed', { cpu_hours: 1 }],
      ['customer_mismatch', { ...good({ cpu_hours: 1 }), customer_id: `cust_${'a'.repeat(32)}` }],
      ['unknown_reporter', { ...good({ cpu_hours: 1 }), instance_id: 'prod-2' }],
      ['unknown_namespace', { ...good({ cpu_hours: 1 }), namespace: 'kube-system' }],
      ['window_length', { ...good({ cpu_hours: 1 }), window_start: '2026-11-20T09:30:00Z' }],
      [
        'window_unaligned',
        { ...good({ cpu_hours: 1 }), window_start: '2026-11-20T08:30:00Z', window_end: '2026-11-20T09:30:00Z' },
      ],
      ['window_reversed', { ...good({ cpu_hours: 1 }), window_start: '2026-11-20T11:00:00Z' }],
      [
        'window_future',
        hourReport(who.customerId, '2026-11-20T14:00:00Z', { cpu_hours: 1, timestamp: '2026-11-20T12:00:00Z' }),
      ],
      ['window_too_old', hourReport(who.customerId, '2026-09-01T10:00:00Z', { cpu_hours: 1 })],
      ['window_not_owned', hourReport(who.customerId, '2026-10-31T10:00:00Z', { cpu_hours: 1 })],
      ['revision_future', good({ cpu_hours: 1, revision: now + 301_000 })],
      ['value_out_of_range', good({ cpu_hours: 1, timestamp: '1960-01-01T00:00:00Z' })],
      ['value_out_of_range', good({ cpu_hours: 1, timestamp: '1960-01-01T00:00:00Z', revision: now })],
      ['value_out_of_range', good({ cpu_hours: 1, timestamp: '2026-11-20T09:59:59Z' })],
      ['value_out_of_range', good({ cpu_hours: 1, revision: now / 1000 })],
      ['value_out_of_range', good({ cpu_hours: 1, revision: Date.parse('2026-11-20T09:59:59Z') })],
      ['no_quantities', good({})],
      ['no_quantities', good({ gpu: 1 })],
    ];
    const reports = [...cases.map(([, item]) => item), good({ cpu_hours: 0.5 })];
    const raw = JSON.stringify({ reports }).replaceAll('"@1e400"', '1e400');
    const answer = await api.call('POST', '/api/usage/batch', { token: who.key, body: {}, raw, bindings });
    expect(answer.status).toBe(202);
    const body = (await answer.json()) as BatchAnswer;
    expect(body.results.slice(0, -1).map((r) => r.code)).toEqual(cases.map(([code]) => code));
    expect(body.results.slice(0, -1).every((r) => r.status === 'rejected' && r.retryable === false)).toBe(true);
    expect(body).toMatchObject({ accepted: 1, rejected: cases.length });
    expect(body.results.at(-1)).toEqual({ index: cases.length, status: 'accepted' });
    await drain(api, held);
    const history = await api.call('GET', `/api/usage/${who.customerId}`, { token: who.accountKey });
    expect(await history.json()).toMatchObject({ totals: { cpu_hours: 0.5 } });
    expect((await post('/api/usage/batch', { reports: [] })).status).toBe(422);
  });

  it('takes 1,000 items and refuses 1,001', async () => {
    const { held, who, post } = await story();
    const item = hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 });
    expect((await post('/api/usage/batch', { reports: Array(1000).fill(item) })).status).toBe(202);
    expect(held.bodies.length).toBeLessThan(5);
    const refused = await post('/api/usage/batch', { reports: Array(1001).fill(item) });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: 'too_many_items' });
  });

  it('reads gzip, refuses broken gzip and a gzip bomb', async () => {
    const { api, who, bindings } = await story();
    const gzip = async (text: string) =>
      new Uint8Array(
        await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
      );
    const post = (raw: Uint8Array) =>
      api.call('POST', '/api/usage/batch', {
        token: who.key,
        raw,
        bindings,
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      });
    const item = hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 });
    expect((await post(await gzip(JSON.stringify({ reports: [item] })))).status).toBe(202);
    expect((await post(new Uint8Array([31, 139, 8, 0, 1, 2, 3]))).status).toBe(400);
    const bomb = await gzip(JSON.stringify({ reports: ['x'.repeat(9 * 1024 * 1024)] }));
    expect(bomb.byteLength).toBeLessThan(20_000);
    expect((await post(bomb)).status).toBe(413);
  });
});

describe('a cluster key', () => {
  it('reports for the customers of its cluster and for nobody else', async () => {
    const { api, held, who, bindings } = await story();
    const key = await api.call('POST', '/api/clusters/local/keys', { token: rootToken, body: {} });
    const { api_key: clusterKey } = (await key.json()) as { api_key: string };
    const reports = [
      hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 }),
      hourReport(`cust_${'b'.repeat(32)}`, '2026-11-20T10:00:00Z', { cpu_hours: 1 }),
    ];
    const answer = await api.call('POST', '/api/usage/batch', { token: clusterKey, body: { reports }, bindings });
    expect(await answer.json()).toMatchObject({
      accepted: 1,
      results: [{ status: 'accepted' }, { code: 'customer_mismatch' }],
    });
    expect(held.bodies).toHaveLength(1);
  });

  it('is told whom it measures for: the stacks’ own reporters there and what they measure, nobody else’s', async () => {
    const { api, who } = await story();
    const key = await api.call('POST', '/api/clusters/local/keys', { token: rootToken, body: {} });
    const { api_key: clusterKey } = (await key.json()) as { api_key: string };
    const told = async (token: string) => {
      const answer = await api.call('GET', '/api/usage/reporters', { token });
      const { items = [] } = (await answer.json()) as { items?: { customer_id: string }[] };
      return { status: answer.status, mine: items.filter((one) => one.customer_id === who.customerId) };
    };
    // An admin's reporter is nobody's to measure from outside.
    expect(await told(clusterKey)).toEqual({ status: 200, mine: [] });
    const becomes = async (source: string) =>
      await controlOf(env)
        .prepare(`UPDATE reporters SET source = ? WHERE customer_id = ? AND instance_id = 'prod-1'`)
        .bind(source, who.customerId)
        .run();
    await becomes('application');
    expect((await told(clusterKey)).mine).toEqual([]);
    await controlOf(env)
      .prepare(`DELETE FROM reporters WHERE customer_id = ? AND source = 'deployment'`)
      .bind(who.customerId)
      .run();
    await becomes('deployment');
    expect((await told(clusterKey)).mine).toEqual([
      {
        customer_id: who.customerId,
        instance_id: 'prod-1',
        namespace: `customer-${who.customerId.slice('cust_'.length, 'cust_'.length + 8)}`,
        window_seconds: 3600,
        active_from: '2026-11-01T00:00:00.000Z',
        active_until: null,
      },
    ]);
    expect((await told(who.key)).status).toBe(403);
    expect((await told(rootToken)).status).toBe(403);
  });
});
