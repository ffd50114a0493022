/** An organisation's programs against the platform as `npm start` runs it: sockets over TCP, and a real Prometheus. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../src/contracts/organisation-billing.ts';
import { eventually } from '../harness/eventually.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools } from '../harness/tools.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Side {
  slug: string;
  customerId: string;
  namespace: string;
  reporterKey: string;
  /** Where the next reported minute ends, ms. */
  next: number;
}

let platform: TestPlatform;
/** Of a platform that was killed: nobody else removes it. */
let dataDir: string | null = null;
let mine: Side;
let theirs: Side;

async function call<T>(method: string, path: string, body?: unknown, token = platform.ready.admin_token): Promise<T> {
  const response = await fetch(new URL(path, platform.url), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
}

async function makeSide(name: string): Promise<Side> {
  const made = await call<{ customer: { customer_id: string }; deployment: { namespace: string } }>(
    'POST',
    '/api/customers/signup',
    { email: `${name}@example.com`, company_name: name },
  );
  const customerId = made.customer.customer_id;
  const begin = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
  const { api_key } = await call<{ api_key: string }>('POST', `/api/customers/${customerId}/reporters`, {
    instance_id: 'test',
    window_seconds: 60,
    active_from: new Date(begin).toISOString(),
  });
  const { items } = await call<{ items: { name: string; slug: string }[] }>('GET', '/api/organisations');
  const slug = items.find((item) => item.name === name)?.slug ?? '';
  return { slug, customerId, namespace: made.deployment.namespace, reporterKey: api_key, next: begin + minuteMs };
}

/** Reports one more minute of the side. */
async function report(side: Side): Promise<void> {
  const end = side.next;
  side.next += minuteMs;
  await call(
    'POST',
    '/api/usage/report',
    {
      customer_id: side.customerId,
      instance_id: 'test',
      timestamp: new Date(end).toISOString(),
      window_start: new Date(end - minuteMs).toISOString(),
      window_end: new Date(end).toISOString(),
      cpu_hours: 1,
    },
    side.reporterKey,
  );
}

async function watch(side: Side, offered = ['tenantry.live']) {
  const url = `${platform.url.replace('http', 'ws')}/api/billing/live?organisation=${side.slug}`;
  const socket = new WebSocket(url, [`bearer.${platform.ready.admin_token}`, ...offered]);
  const messages: LiveMessage[] = [];
  const state = { closed: false };
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as LiveMessage));
  socket.addEventListener('close', () => {
    state.closed = true;
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  return { socket, messages, state };
}

const heard = (messages: readonly LiveMessage[], count: number) =>
  eventually(
    async () => messages.length,
    (length) => length >= count,
  );

beforeAll(async () => {
  platform = await startPlatform({ env: { ALLOW_SHORT_WINDOWS: 'true', RATE_LIMIT_REPORT: 'off' } });
  mine = await makeSide('mine');
  theirs = await makeSide('theirs');
});
afterAll(async () => {
  await platform.stop();
  if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true });
});

describe('live figures over TCP', () => {
  it('a report is heard by who watches the organisation, and by nobody else', async () => {
    const [own, other] = [await watch(mine), await watch(theirs)];
    expect(own.socket.protocol).toBe('tenantry.live');
    await report(mine);
    await heard(own.messages, 1);
    expect(own.messages[0]).toMatchObject({ type: 'cost', namespace: mine.namespace, cluster_id: 'local' });
    await report(theirs);
    await heard(other.messages, 1);
    expect(new Set(other.messages.map(({ namespace }) => namespace))).toEqual(new Set([theirs.namespace]));
    own.socket.close();
    other.socket.close();
  });

  it('is opened with the token alone, which is then the sub-protocol', async () => {
    const alone = await watch(mine, []);
    expect(alone.socket.protocol).toBe(`bearer.${platform.ready.admin_token}`);
    alone.socket.close();
  });

  it('a peer that never reads holds up neither usage nor the others', async () => {
    const url = new URL(platform.url);
    const deaf: Socket = connect(Number(url.port), url.hostname);
    await once(deaf, 'connect');
    deaf.pause();
    deaf.write(
      `GET /api/billing/live?organisation=${mine.slug} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        `Sec-WebSocket-Protocol: bearer.${platform.ready.admin_token}\r\n\r\n`,
    );
    const other = await watch(mine);
    for (let n = 1; n <= 5; n++) {
      await report(mine);
      await heard(other.messages, n);
    }
    expect(other.state.closed).toBe(false);
    deaf.destroy();
    other.socket.close();
  });

  it('after kill -9 of everything a watcher comes back and hears again', async () => {
    const before = await watch(mine);
    const port = new URL(platform.url).port;
    dataDir = platform.dataDir;
    await platform.kill9();
    await eventually(
      async () => before.state.closed,
      (closed) => closed,
    );
    platform = await startPlatform({
      dataDir,
      env: { ALLOW_SHORT_WINDOWS: 'true', RATE_LIMIT_REPORT: 'off', PORT: port },
    });
    const again = await watch(mine);
    await report(mine);
    await heard(again.messages, 1);
    again.socket.close();
  });
});

describeWithTools(['prometheus'], 'a real Prometheus', () => {
  it("scrapes the organisation's metrics with a key of it, and asks what they say", async () => {
    const keyed = await call<{ data: { api_key: string } }>('POST', `/api/billing/keys?organisation=${mine.slug}`, {});
    const { host } = new URL(platform.url);
    const prometheus = await startPrometheus({
      config: JSON.stringify({
        global: { scrape_interval: '1s' },
        scrape_configs: [
          {
            job_name: 'tenantry',
            metrics_path: '/api/billing/metrics',
            static_configs: [{ targets: [host] }],
            authorization: { credentials: keyed.data.api_key },
          },
        ],
      }),
    });
    try {
      const query = encodeURIComponent('sum by (project) (tenantry_project_cost_dollars)');
      const answer = await eventually(
        async () =>
          (await (await fetch(`${prometheus.url}/api/v1/query?query=${query}`)).json()) as {
            data: { result: { metric: { project: string }; value: [number, string] }[] };
          },
        ({ data }) => data.result.length > 0,
      );
      const overview = await call<{ data: { billing_summary: { current_month_total: number } } }>(
        'GET',
        `/api/billing/project/${mine.namespace}/overview?organisation=${mine.slug}`,
      );
      expect(answer.data.result).toHaveLength(1);
      expect(answer.data.result[0]?.metric.project).toBe(mine.namespace);
      expect(Number(answer.data.result[0]?.value[1])).toBeCloseTo(overview.data.billing_summary.current_month_total, 9);
      const up = await fetch(`${prometheus.url}/api/v1/query?query=up`);
      expect(await up.json()).toMatchObject({ data: { result: [{ value: [expect.any(Number), '1'] }] } });
    } finally {
      await prometheus.stop();
    }
  });
});
