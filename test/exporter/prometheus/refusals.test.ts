/** Answers of back ends as their sources write them, and what becomes of each. */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Prometheus, prometheusClient } from '../../../exporter/prometheus/client.ts';
import { refusals } from '../../../exporter/prometheus/refusals.ts';
import { JumpingClock } from '../stand-ins.ts';

const minuteMs = 60_000;
const hour = { startMs: 0, endMs: 60 * minuteMs };
let server: Server;
let client: Prometheus;
let clock: JumpingClock;
let asked: { lengthMs: number; url: string; headers: Record<string, unknown>; query: string }[];
let answers: (lengthMs: number) => { status: number; body: string; retryAfter?: string };

const success = {
  status: 200,
  body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }),
};
const refusal = (status: number, error: string, errorType = 'execution') => ({
  status,
  body: JSON.stringify({ status: 'error', errorType, error }),
});

const open = (more: Partial<Parameters<typeof prometheusClient>[0]> = {}): Prometheus => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return prometheusClient({ url: `http://127.0.0.1:${port}/select/0?tenant=a`, clock, ...more });
};

beforeEach(async () => {
  asked = [];
  clock = new JumpingClock(0);
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const query = new URLSearchParams(text).get('query') ?? '';
      const lengthMs = Number(/\[(\d+)ms\]/.exec(query)?.[1]);
      asked.push({ lengthMs, url: request.url ?? '', headers: request.headers, query });
      const { status, body, retryAfter } = answers(lengthMs);
      response.writeHead(status, retryAfter ? { 'retry-after': retryAfter } : {}).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = open();
});
afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

const victoria = 'to increase the limit; to reduce time range for the query';
const memory = 'for processing 100 data points across 7 time series with 3 points in each time series';

describe('a limit that a smaller question keeps', () => {
  it.each([
    ['Prometheus', 422, 'query processing would load too many samples into memory in query execution'],
    ['Prometheus', 503, 'query timed out in expression evaluation'],
    [
      'Mimir',
      422,
      'the query time range exceeds the limit (query length: 1h0m0s, limit: 20m0s) (err-mimir-max-query-length)',
    ],
    [
      'Mimir',
      422,
      'the query exceeded the maximum number of series (limit: 9 series) (err-mimir-max-series-per-query)',
    ],
    [
      'Mimir',
      422,
      'the estimated memory consumption of the query is too high (err-mimir-max-estimated-memory-consumption-per-query)',
    ],
    [
      'Thanos',
      422,
      'expanding series: rpc error: code = ResourceExhausted desc = exceeded series limit: limit 10 violated (got 11)',
    ],
    ['Thanos', 500, 'rpc error: code = DeadlineExceeded desc = context deadline exceeded'],
    [
      'VictoriaMetrics',
      422,
      `cannot select more than -search.maxSamplesPerQuery=1000000 samples; possible solutions: ${victoria}`,
    ],
    [
      'VictoriaMetrics',
      422,
      'the number of matching timeseries exceeds 30000; either narrow down the search or increase -search.max*',
    ],
    ['VictoriaMetrics', 422, `not enough memory ${memory}`],
    ['VictoriaMetrics', 503, 'timeout exceeded during query execution: 30.000 seconds'],
    ['an unknown one', 422, 'your plan reached its limit'],
  ])('of %s is asked for in halves: %i %s', async (_, status, words) => {
    answers = (lengthMs) => (lengthMs > 20 * minuteMs ? refusal(status, words) : success);
    expect((await client.raw('m', hour)).ok).toBe(true);
    expect(asked.map((a) => a.lengthMs / minuteMs)).toEqual([60, 30, 15, 15, 15, 15]);
    asked = [];
    expect((await client.over('m', hour, { pick: 'last' })).ok).toBe(true);
    expect(asked.map((a) => a.lengthMs / minuteMs)).toEqual([60, 30, 15, 15, 30, 15, 15]);
  });

  it.each([
    [413, '<html><head><style>b{}</style></head><body><h1>Request Entity Too Large</h1></body></html>'],
    [504, 'upstream request timeout'],
  ])('of a proxy too: %i %s', async (status, body) => {
    answers = (lengthMs) => (lengthMs > 30 * minuteMs ? { status, body } : success);
    expect((await client.raw('m', hour)).ok).toBe(true);
  });

  it('is told in the back end’s words where no question is small enough', async () => {
    answers = () => refusal(422, 'limit 0 violated (got 1)');
    const told = await client.raw('m', hour);
    expect(told.ok ? '' : told.error.message).toBe('answered 422: execution: limit 0 violated (got 1)');
  });

  it('joins what the halves say', async () => {
    const vector = (value: string) => ({
      status: 200,
      body: JSON.stringify({
        status: 'success',
        data: { resultType: 'vector', result: [{ metric: { pod: 'a' }, value: [1, value] }] },
      }),
    });
    let next = 0;
    answers = (lengthMs) =>
      lengthMs > 30 * minuteMs ? refusal(422, 'limit 1 violated') : vector(['7', '5'][next++] ?? '');
    expect(await client.over('m', hour, { pick: 'max' })).toEqual({
      ok: true,
      value: [{ labels: { pod: 'a' }, value: 7 }],
    });
    next = 0;
    expect(await client.over('m', hour, { pick: 'last' })).toEqual({
      ok: true,
      value: [{ labels: { pod: 'a' }, value: 5 }],
    });
  });
});

describe('a back end that is busy', () => {
  it.each([
    ['Mimir', 429, 'too many outstanding requests', 'too_many_requests'],
    [
      'VictoriaMetrics',
      429,
      "couldn't start executing the request in 10.000 seconds, since -search.maxConcurrentRequests=8 concurrent requests are executed",
      '429',
    ],
    ['Prometheus', 503, 'query was canceled in query execution', 'canceled'],
  ])('is asked again: %s, %i %s', async (_, status, words, type) => {
    answers = () => (asked.length < 3 ? refusal(status, words, type) : success);
    expect((await client.raw('m', hour)).ok).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('is asked again when it wants to be, and told when it stays so', async () => {
    answers = () => ({ status: 429, body: 'rate limited by the gateway', retryAfter: '7' });
    const told = await client.raw('m', hour);
    expect(told.ok ? '' : `${told.error.kind} ${told.error.message}`).toBe(
      'busy answered 429: rate limited by the gateway',
    );
    expect(asked).toHaveLength(3);
    expect(clock.now()).toBe(14_000);
  });
});

describe('a refusal that time and size do not mend', () => {
  it.each([
    [401, 'no org id', 'unauthorized'],
    [403, '{"status":"error","errorType":"forbidden","error":"tenant b is not yours"}', 'unauthorized'],
    [400, '{"status":"error","errorType":"bad_data","error":"parse error: unexpected }"}', 'bad_query'],
    [404, '404 page not found', 'bad_answer'],
  ])('%i is told in its own words: %s', async (status, body, kind) => {
    answers = () => ({ status, body });
    const told = await client.raw('m', hour);
    expect(told).toMatchObject({ ok: false, error: { kind } });
    const words = body.startsWith('{') ? (JSON.parse(body) as { error: string }).error : body;
    expect(told.ok ? '' : told.error.message).toContain(words);
    expect(asked).toHaveLength(1);
  });
});

describe('what is asked with', () => {
  it('has the path and query of the URL, the headers and the matchers that are given', async () => {
    answers = () => success;
    await client.close();
    client = open({ headers: { 'X-Scope-OrgID': 'a|b' }, matchers: 'cluster="prod"' });
    await client.raw('m{x="y"}', hour);
    await client.over('up', hour, { by: [] });
    expect(asked[0]).toMatchObject({ url: '/select/0/api/v1/query?tenant=a', headers: { 'x-scope-orgid': 'a|b' } });
    expect(asked.map((a) => a.query)).toEqual([
      'm{x="y",cluster="prod"}[3600000ms]',
      'group(last_over_time(up{cluster="prod"}[3600000ms]))',
    ]);
  });
});

it('has words of every back end that is named', () => {
  expect(new Set(refusals.flatMap(({ from }) => from.split(', ')))).toEqual(
    new Set(['Prometheus', 'Thanos', 'Mimir', 'Cortex', 'VictoriaMetrics', 'any', 'by gRPC', 'proxies']),
  );
});
