import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Prometheus, prometheusClient } from '../../../exporter/prometheus/client.ts';
import { anyOf, fill, ownLabels } from '../../../exporter/prometheus/query.ts';
import { JumpingClock } from '../stand-ins.ts';

type Answer = { status?: number; body: string };
let server: Server;
let url: string;
let asked: { form: URLSearchParams; authorization: string | undefined }[];
let answers: (form: URLSearchParams, count: number) => Answer | 'cut';
let client: Prometheus;

const matrix = (values: [number, string][], labels = {}) => ({
  resultType: 'matrix',
  result: [{ metric: { __name__: 'm', ...labels }, values }],
});
const success = (data: unknown, more = {}): Answer => ({ body: JSON.stringify({ status: 'success', data, ...more }) });
const span = { startMs: 0, endMs: 60_000 };

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const form = new URLSearchParams(text);
      asked.push({ form, authorization: request.headers.authorization });
      const answer = answers(form, asked.length);
      if (answer === 'cut') return void request.socket.destroy();
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/sub/path`;
  client = prometheusClient({ url, clock: new JumpingClock(0) });
});
afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

const failure = async (): Promise<string> => {
  const answer = await client.raw('m', span);
  return answer.ok ? 'answered' : answer.error.kind;
};

describe('asking Prometheus', () => {
  it('collects garbage once much was read, not after every short answer', async () => {
    const collect = vi.fn();
    vi.stubGlobal('gc', collect);
    const ask = async (times: number, chars: number): Promise<number> => {
      answers = () => success(matrix([[1, '1']], { padding: 'x'.repeat(chars) }));
      collect.mockClear();
      for (let i = 0; i < times; i++) expect(await client.raw('m', span)).toMatchObject({ ok: true });
      return collect.mock.calls.length;
    };
    expect(await ask(20, 500)).toBeLessThanOrEqual(1);
    expect(await ask(4, 140_000)).toBe(4);
    vi.unstubAllGlobals();
  });

  it('asks for raw samples of exactly the span and reads them in milliseconds', async () => {
    answers = () =>
      success(
        matrix(
          [
            [1.5, '7'],
            [31.5, '9.25'],
            [40, 'NaN'],
            [41, '+Inf'],
          ],
          { pod: 'a' },
        ),
      );
    expect(await client.raw('m{x="y"}', span)).toEqual({
      ok: true,
      value: [{ labels: { pod: 'a' }, times: [1500, 31_500], values: [7, 9.25] }],
    });
    expect(asked[0]?.form.get('query')).toBe('m{x="y"}[60000ms]');
    expect(asked[0]?.form.get('time')).toBe('60.000');
  });

  it('refuses a partial answer: warnings mean that a store was away', async () => {
    answers = () => success(matrix([[1, '7']]), { warnings: ['store x: unavailable'] });
    expect(await failure()).toBe('partial');
    expect(asked).toHaveLength(3);
  });

  it('refuses a partial answer also where it is told in a field of its own', async () => {
    answers = () => success(matrix([[1, '7']]), { isPartial: true });
    expect(await failure()).toBe('partial');
    answers = () => success(matrix([[1, '7']]), { isPartial: false });
    expect(await failure()).toBe('answered');
  });

  it('keeps apart what was federated from two servers under one set of labels', async () => {
    const row = (instance: string, value: string) => ({
      metric: { __name__: 'm', job: 'federate', instance: 'prom:9090', service: 's', exported_instance: instance },
      values: [[1, value]],
    });
    answers = () => success({ resultType: 'matrix', result: [row('10.0.0.1:80', '1000000'), row('10.0.0.2:80', '7')] });
    const answer = await client.raw('m', span);
    expect(answer.ok && answer.value.map((s) => s.values)).toEqual([[1_000_000], [7]]);
  });

  it('takes a series without a number for none: it is no base for what comes later', async () => {
    answers = () => success(matrix([[1, 'NaN']]));
    expect(await client.raw('m', span)).toEqual({ ok: true, value: [] });
  });

  it('takes an answer with mere hints', async () => {
    answers = () => success(matrix([[1, '7']]), { infos: ['metric might not be a counter'] });
    expect(await failure()).toBe('answered');
  });

  it('repeats what a passing failure hid, and gives up after three', async () => {
    answers = (_, count) => (count < 3 ? 'cut' : success(matrix([[1, '7']])));
    expect(await failure()).toBe('answered');
    answers = () => ({ status: 503, body: 'upstream away' });
    expect(await failure()).toBe('unreachable');
    expect(asked).toHaveLength(6);
  });

  it.each([
    [401, '{}', 'unauthorized'],
    [403, '{}', 'unauthorized'],
    [400, '{"status":"error","errorType":"bad_data","error":"parse error"}', 'bad_query'],
    [200, '<html>login</html>', 'bad_answer'],
  ])('does not repeat %i %s', async (status, body, kind) => {
    answers = () => ({ status, body });
    expect(await failure()).toBe(kind);
    expect(asked).toHaveLength(1);
  });

  it('asks for less time when an answer is too large, loses no sample and remembers', async () => {
    const all = Array.from({ length: 40_000 }, (_, i): [number, string] => [i * 0.09, String(i)]);
    answers = (form) => {
      const end = Number(form.get('time'));
      const length = Number(/\[(\d+)ms\]/.exec(form.get('query') ?? '')?.[1]) / 1000;
      return success(matrix(all.filter(([t]) => t > end - length && t <= end)));
    };
    const hour = { startMs: -1000, endMs: 3_600_000 };
    const answer = await client.raw('m', hour);
    expect(answer.ok && answer.value.flatMap((s) => s.times)).toEqual(all.map(([t]) => Math.round(t * 1000)));
    const first = asked.length;
    expect(first).toBeGreaterThan(4);
    await client.raw('m', hour);
    expect(asked.length - first).toBeLessThan(first);
  });

  it.each([
    'query processing would load too many samples into memory in query execution',
    'the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query)',
  ])('asks for less when it is told: %s', async (error) => {
    const tooMany = JSON.stringify({ status: 'error', errorType: 'execution', error });
    answers = (_, count) => (count === 1 ? { status: 422, body: tooMany } : success(matrix([])));
    expect((await client.raw('m', { startMs: 0, endMs: 3_600_000 })).ok).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('reads thousands of series where time cannot be cut any shorter', async () => {
    const name = 'a-rather-long-name-of-a-pod-with-a-hash'.repeat(4);
    const vector = Array.from({ length: 3000 }, (_, i) => ({ metric: { pod: `${name}-${i}` }, value: [1, '1'] }));
    answers = () => success({ resultType: 'vector', result: vector });
    const answer = await client.over('m', { startMs: 0, endMs: 1000 }, { pick: 'last' });
    expect(answer.ok && answer.value).toHaveLength(3000);
    answers = () =>
      success({ resultType: 'matrix', result: vector.map((r) => ({ ...r, value: undefined, values: [r.value] })) });
    const raw = await client.raw('m', span);
    expect(raw.ok && raw.value).toHaveLength(3000);
  });

  it('sends a token or basic credentials', async () => {
    answers = () => success(matrix([]));
    let token = 'first';
    const withToken = prometheusClient({ url, clock: new JumpingClock(0), token: () => token });
    await withToken.raw('m', span);
    token = 'rotated';
    await withToken.raw('m', span);
    await withToken.close();
    const basic = { username: 'u', password: () => 'p' };
    const withBasic = prometheusClient({ url, clock: new JumpingClock(0), basic });
    await withBasic.raw('m', span);
    await withBasic.close();
    expect(asked.map((a) => a.authorization)).toEqual(['Bearer first', 'Bearer rotated', `Basic ${btoa('u:p')}`]);
  });
});

describe('PromQL text', () => {
  it('quotes names so that they match themselves alone', () => {
    expect(anyOf('instance', ['10.0.0.1:80', 'a"b|c'])).toBe('instance=~"10\\\\.0\\\\.0\\\\.1:80|a\\"b\\\\|c"');
  });

  it('fills the namespace and the excluded pods', () => {
    const matchers = 'namespace="$NS"$PODS';
    expect(fill(matchers, { namespace: 'n', excludePods: undefined })).toEqual(['namespace="n"']);
    expect(fill(matchers, { namespace: 'n', excludePods: '(?i)mon-$1.*"' })).toEqual([
      'namespace="n",pod!~"(?i)mon-$1.*\\""',
    ]);
  });

  it('leaves excluded pods out by the name that a scrape left them', () => {
    const matchers = 'exported_namespace="$NS"$EXPORTED';
    expect(fill(matchers, { namespace: 'n', excludePods: undefined })).toEqual(['exported_namespace="n"']);
    expect(fill(matchers, { namespace: 'n', excludePods: 'x-.*' })).toEqual([
      'exported_namespace="n",exported_pod="",pod!~"x-.*"',
      'exported_namespace="n",exported_pod!="",exported_pod!~"x-.*"',
    ]);
  });

  it('takes exported labels for the thing and leaves the scrape its own', () => {
    expect(
      ownLabels({ __name__: 'm', namespace: 'monitoring', exported_namespace: 'shop', job: 'j', exported_job: 'x' }),
    ).toEqual({ namespace: 'shop', job: 'j', exported_job: 'x' });
  });
});
