import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { callRoute } from '../../../src/contracts/call.ts';
import type {
  Attribution,
  BillingProject,
  Overview,
  Summary,
  Trends,
} from '../../../src/contracts/organisation-billing.ts';
import * as routes from '../../../src/contracts/routes/organisation-billing.ts';
import type { Principal } from '../../../src/credentials/principal.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { version } from '../../../src/lib/version.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { hoursOf, makeOrganisation, type Organisation, person, rollUpAll, storeWindows } from './harness.ts';
import { callAs } from './people.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const start = Date.parse('2026-11-01T00:00:00Z');
const api = makeApi(now);

interface Problem {
  success: false;
  error: string;
  code: string;
  message: string;
  details: Record<string, unknown>;
}

async function ask<T>(who: Principal | string, path: string, options: { method?: string; body?: unknown } = {}) {
  const { method = 'GET', body } = options;
  const full = `/api/billing${path}`;
  const response =
    typeof who === 'string'
      ? await api.call(method, full, { token: who, body })
      : await callAs(api, who, method, full, body);
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

interface Answer<T> {
  success: true;
  data: T;
  timestamp: string;
}

async function read<T>(who: Principal | string, path: string): Promise<T> {
  const { status, body } = await ask<Answer<T>>(who, path);
  expect([status, body]).toMatchObject([200, { success: true }]);
  return body.data;
}

let kube: Organisation;
let other: Organisation;
let admin: Principal;

const gib = 1024 ** 3;
const bytesOfCents = (cents: number) => Math.ceil((cents * gib) / 10);

beforeAll(async () => {
  kube = await makeOrganisation(
    [
      { namespace: 'project-name', labels: { team: 'shop', tier: 'gold' } },
      { namespace: 'batch', customer: 1, labels: { team: 'data' } },
      { namespace: 'tools', customer: 1, labels: { shared: 'true' } },
      { namespace: 'idle', customer: 1 },
      { namespace: 'twin', labels: { team: 'data' } },
      { namespace: 'twin', cluster: 'second', customer: 1, labels: { team: 'data' } },
    ],
    start,
  );
  other = await makeOrganisation([{ namespace: 'theirs' }], start);
  admin = person(kube.id, null);
  const until = Date.parse('2026-11-20T12:00:00Z');
  const [main, batch, tools, , twin, second] = kube.projects;
  if (!main || !batch || !tools || !twin || !second) throw new Error('the projects are not there');
  // 10 pods, one VM, 2.4 cores and 8.8 GiB in every hour: $0.12 + $0.088 an hour, and 10 GB of volumes.
  const hour = {
    pod_s: 10 * 3600,
    vm_s: 3600,
    cpu_core_ms: 2.4 * 3_600_000,
    memory_mib_s: Math.round(8.8 * 1024 * 3600),
    storage_mib_s: 10 * 1024 * 3600,
  };
  await storeWindows([
    ...hoursOf(main, start, until, () => hour),
    ...hoursOf(batch, start, until, () => ({ cpu_core_ms: 3_600_000 })),
    ...hoursOf(tools, start, until, () => ({ ingress_requests: 20_000 })),
    ...hoursOf(twin, start, until, () => ({ network_sent_bytes: bytesOfCents(1) })),
    ...hoursOf(second, start, until, () => ({ network_received_bytes: bytesOfCents(2) })),
  ]);
  await rollUpAll(now);
});

describe('the overview of a project', () => {
  it("has seed 002's body, field by field", async () => {
    const { status, headers, body } = await ask<Answer<Overview>>(admin, '/project/project-name/overview');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['success', 'data', 'timestamp']);
    expect(body).toMatchObject({ success: true, timestamp: '2026-11-20T12:30:00.000Z' });
    // 468 hours: 2.4 × $0.05, 8.8 × $0.01, and 10 GB × $0.20 × 468/720.
    expect(body.data).toEqual({
      namespace: 'project-name',
      billing_summary: {
        current_month_total: 98.64,
        last_day_spend: 5.06,
        billing_period: '2026-11',
        total_cost_per_hour: 0.21,
      },
      compute_instances: { running_pods: 10, running_vms: 1, cpu_cores: 2.4, memory_gib: 8.8, cost_per_hour: 0.21 },
      cost_breakdown: {
        cpu_cost: 56.16,
        memory_cost: 41.18,
        storage_cost: 1.3,
        network_cost: 0,
        public_ip_cost: 0,
        request_cost: 0,
      },
      as_of: '2026-11-20T12:00:00.000Z',
      complete: true,
      forecast: 151.76,
      previous_month_total: 0,
    });
    expect(headers.get('age')).toBe('0');
  });

  it('adds up the namespaces of one name in several clusters, or shows the one that is named', async () => {
    const both = await read<Overview>(admin, '/project/twin/overview');
    const one = await read<Overview>(admin, `/project/twin/overview?cluster=${kube.projects[5]?.clusterId}`);
    expect([both.cost_breakdown.network_cost, one.cost_breakdown.network_cost]).toEqual([14.04, 9.36]);
    const none = await ask<Problem>(admin, '/project/twin/overview?cluster=elsewhere');
    expect([none.status, none.body.code]).toEqual([403, 'namespace_denied']);
  });

  it('counts nothing that did not report, and says that it is not complete', async () => {
    const idle = await read<Overview>(admin, '/project/idle/overview');
    expect(idle).toMatchObject({ complete: false, as_of: null, forecast: null });
    expect(idle.billing_summary).toMatchObject({ current_month_total: 0, last_day_spend: 0, total_cost_per_hour: 0 });
  });

  it('knows a new report at once, an hour of a day that was rolled up too', async () => {
    const [main] = kube.projects;
    if (!main) throw new Error('no project');
    const before = (await read<Overview>(admin, '/project/project-name/overview')).cost_breakdown.request_cost;
    await storeWindows([
      {
        ...main,
        projectSeq: main.seq,
        end: start + 2 * dayMs + 30 * 60_000,
        seconds: 900,
        units: { ingress_requests: 2_000_000 },
      },
    ]);
    const { headers, body } = await ask<Answer<Overview>>(admin, '/project/project-name/overview');
    expect([before, body.data.cost_breakdown.request_cost, headers.get('age')]).toEqual([0, 1, '0']);
  });
});

describe('projects', () => {
  const list = (query: string, who: Principal | string = admin) =>
    read<{ items: BillingProject[]; total: number; page: number; limit: number }>(who, `/projects${query}`);
  const names = async (query: string) => (await list(query)).items.map(({ namespace }) => namespace);

  it('are searched, filtered by label, sorted and paged', async () => {
    expect(await names('')).toEqual(['batch', 'idle', 'project-name', 'tools', 'twin', 'twin']);
    expect(await names('?sort=-namespace&limit=2')).toEqual(['twin', 'twin']);
    expect(await names('?sort=-current_month_total&limit=2')).toEqual(['project-name', 'batch']);
    expect(await names('?sort=-current_month_total&limit=2&page=2')).toEqual(['twin', 'tools']);
    expect(await names('?sort=last_day_spend&limit=1')).toEqual(['idle']);
    expect(await names('?q=GOLD')).toEqual(['project-name']);
    expect(await names('?label=team:data')).toEqual(['batch', 'twin', 'twin']);
    expect(await names('?label=constructor:x')).toEqual([]);
    expect(await list('?q=twin&limit=1')).toMatchObject({ total: 2, page: 1, limit: 1 });
  });

  it('say what the overview says', async () => {
    const [item] = (await list('?q=batch')).items;
    const view = await read<Overview>(admin, '/project/batch/overview');
    expect(item).toEqual({
      namespace: 'batch',
      cluster_id: kube.projects[1]?.clusterId,
      customer_id: kube.customers[1]?.id,
      labels: { team: 'data' },
      current_month_total: view.billing_summary.current_month_total,
      last_day_spend: view.billing_summary.last_day_spend,
      forecast: view.forecast,
      budget: null,
      complete: true,
      as_of: view.as_of,
    });
    expect(view).toMatchObject({ forecast: 36, billing_summary: { current_month_total: 23.4, last_day_spend: 1.2 } });
  });

  it('fit the type of the typed call', async () => {
    const client = {
      ask: async (_: unknown, form: { parse: (value: unknown) => unknown }) => {
        const { body } = await ask(admin, '/projects');
        return { ok: true, value: form.parse(body) };
      },
    };
    const answer = await callRoute(client as never, routes.listBillingProjects, { query: {} });
    expect(answer.ok && answer.value.data.total).toBe(6);
  });
});

describe('the summary', () => {
  it('adds up by project, by meter and by label, beside the month before', async () => {
    const { status, headers, body } = await ask<Answer<Summary>>(admin, '/summary');
    expect([status, headers.get('age')]).toEqual([200, '0']);
    const { data } = body;
    const sum = (rows: { cost: number }[]) => Math.round(rows.reduce((t, { cost }) => t + cost * 100, 0)) / 100;
    expect([sum(data.by_project), sum(data.by_meter)]).toEqual([data.total, data.total]);
    expect(data.by_label.map(({ key }) => key)).toEqual(['shared', 'team', 'tier']);
    const team = data.by_label.find(({ key }) => key === 'team');
    expect(team?.values).toEqual([
      { value: 'shop', cost: 99.64, projects: 1 },
      { value: 'data', cost: 37.44, projects: 3 },
    ]);
    expect(team?.unlabelled).toBe(4.68);
    expect(data.by_meter.find(({ meter }) => meter === 'storage_mib_s')).toEqual({
      meter: 'storage_mib_s',
      description: 'Storage',
      unit: 'GB-month',
      quantity: 6.5,
      cost: 1.3,
    });
    expect(data).toMatchObject({
      month: '2026-11',
      complete: false,
      previous: { month: '2026-10', until: '2026-10-20T12:00:00.000Z', total: 0 },
      change: { amount: data.total, percent: null },
    });
  });

  it('is of the month that is named; one to come is refused', async () => {
    expect(await read<Summary>(admin, '/summary?month=2026-10')).toMatchObject({ month: '2026-10', total: 0 });
    const december = await ask<Problem>(admin, '/summary?month=2026-12');
    expect([december.status, december.body.message]).toEqual([
      422,
      'month lies in the future: the month that runs is 2026-11',
    ]);
  });
});

describe('trends', () => {
  it('by day add up to the overview; quantities are in the meter’s unit', async () => {
    const days = await read<Trends>(admin, '/trends?namespace=batch&meter=cpu_core_ms');
    const [series] = days.series;
    expect([days.from, days.to, series?.unit, series?.total]).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
      'core-hour',
      23.4,
    ]);
    expect(series?.points[0]).toEqual({ start: '2026-11-01T00:00:00.000Z', cost: 1.2, quantity: 24, complete: true });
    expect(series?.points).toHaveLength(20);
  });

  it('by hour from the middle of a month have the cents that the month gives them', async () => {
    const query = '/trends?from=2026-11-10T05:00:00Z&to=2026-11-10T09:00:00Z&granularity=hour&namespace=tools';
    const { series } = await read<Trends>(admin, query);
    expect(series[0]?.points.map(({ cost }) => cost)).toEqual([0.01, 0.01, 0.01, 0.01]);
  });

  it('by label have a series of what is unlabelled', async () => {
    const { series } = await read<Trends>(admin, '/trends?by=label:team&granularity=month');
    expect(series.map(({ key, kind, total }) => [key, kind, total])).toEqual([
      ['shop', 'label', 99.64],
      ['data', 'label', 37.44],
      ['unlabelled', 'unlabelled', 4.68],
    ]);
  });

  it('say which points lack what should have been reported', async () => {
    const { series } = await read<Trends>(admin, '/trends?namespace=idle&from=2026-11-19T00:00:00Z');
    expect(series[0]?.points.map(({ complete }) => complete)).toEqual([false, false]);
  });

  it.each([
    ['from=2027-01-01T00:00:00Z', 'from lies in the future'],
    ['from=2026-11-03T00:00:00Z&to=2026-11-02T00:00:00Z', 'to must be after from'],
    ['from=2026-10-01T00:00:00Z&granularity=hour', 'from to `to` has 1213 points, 400 at most'],
    ['from=2016-11-01T00:00:00Z', 'from to `to` has 3672 points, 400 at most: by the day that is 400 days'],
    ['from=2016-11-01T00:00:00Z&granularity=month', 'from to `to` has 121 months, 36 at most'],
    ['from=0001-01-01T00:00:00Z', 'from must not be before 2000-01-01'],
    ['by=label:Not%20a%20key', 'by must be project, meter or label:<key>'],
    ['from=yesterday', 'from must be an ISO 8601 instant'],
    ['granularity=year', 'granularity must be one of hour, day, month'],
  ])('refuse %s in words', async (query, words) => {
    const { status, body } = await ask<Problem>(admin, `/trends?${query}`);
    expect([status, JSON.stringify(body.details)]).toEqual([
      422,
      expect.stringContaining(words.split(' ').slice(1).join(' ')),
    ]);
  });

  it('refuse a meter that the list does not price, and name those that it does', async () => {
    const { status, body } = await ask<Problem>(admin, '/trends?meter=api_calls');
    expect([status, body.code]).toEqual([422, 'unknown_meter']);
    expect(body.message).toContain('cpu_core_ms, memory_mib_s');
  });
});

describe('attribution', () => {
  it('splits what is shared by what each value costs itself, to the cent', async () => {
    const data = await read<Attribution>(admin, '/attribution?by=label:team');
    expect(data).toMatchObject({
      by: 'label:team',
      shares: [
        { value: 'shop', own: 99.64, shared: 3.4, cost: 103.04, projects: ['project-name'] },
        { value: 'data', own: 37.44, shared: 1.28, cost: 38.72, projects: ['batch', 'twin'] },
      ],
      unlabelled: { cost: 0, percent: 0, projects: ['idle'] },
      shared: { cost: 4.68, rule: 'by_own_cost', projects: ['tools'], left: 0 },
    });
    const cents = data.shares.map(({ cost }) => Math.round(cost * 100)).reduce((a, b) => a + b, 0);
    expect(cents).toBe(Math.round(data.total * 100));
  });

  it('leaves what is shared with nobody where no project has the label', async () => {
    const data = await read<Attribution>(admin, '/attribution?by=label:nobody');
    expect(data).toMatchObject({ shares: [], shared: { rule: 'nobody', cost: 4.68, left: 4.68 } });
    expect(Math.round((data.unlabelled.cost + data.shared.left) * 100)).toBe(Math.round(data.total * 100));
  });
});

describe('health', () => {
  it('says the version, and up to when usage is known', async () => {
    expect(await read(admin, '/health')).toEqual({
      status: 'ok',
      version,
      database: 'connected',
      usage_as_of: '2026-11-20T12:00:00.000Z',
    });
    expect(await read(person(kube.id, ['idle']), '/health')).toMatchObject({ usage_as_of: null });
  });
});

describe('labels', () => {
  const put = (who: Principal | string, path: string, body: unknown) =>
    ask<Problem>(who, path, { method: 'PUT', body });

  it('are set by an org-admin and by an operator, and the audit log says what they were', async () => {
    const set = await put(admin, '/projects/idle/labels', { team: 'ops', 'cost-centre': '4711 / EU' });
    expect(set).toMatchObject({
      status: 200,
      body: { data: { namespace: 'idle', labels: { team: 'ops', 'cost-centre': '4711 / EU' } } },
    });
    const again = await put(rootToken, `/projects/idle/labels?organisation=${kube.slug}`, {});
    expect(again).toMatchObject({ status: 200, body: { data: { labels: {} } } });
    const rows = await controlOf(env)
      .prepare("SELECT actor, details FROM audit_log WHERE action = 'project.labelled' AND subject = ? ORDER BY rowid")
      .bind(kube.id)
      .all<{ actor: string; details: string }>();
    expect(rows.results.map(({ actor, details }) => [actor, JSON.parse(details)])).toEqual([
      [`person:${kube.id}/somebody`, expect.objectContaining({ namespace: 'idle', before: {} })],
      ['admin:root', expect.objectContaining({ labels: {}, before: expect.objectContaining({ team: 'ops' }) })],
    ]);
    const { items } = await read<{ items: BillingProject[] }>(admin, '/projects?q=idle');
    expect(items[0]?.labels).toEqual({});
  });

  it('of a namespace that two clusters have need the cluster', async () => {
    const both = await put(admin, '/projects/twin/labels', { team: 'x' });
    expect([both.status, both.body.message]).toEqual([
      422,
      expect.stringMatching(/^cluster is required: local-\d+ and /),
    ]);
    const cluster = kube.projects[5]?.clusterId;
    const one = await put(admin, `/projects/twin/labels?cluster=${cluster}`, { team: 'data' });
    expect(one).toMatchObject({ status: 200, body: { data: { cluster_id: cluster } } });
  });

  it.each([
    ['a key with capitals', { Team: 'x' }],
    ['an empty key', { '': 'x' }],
    ['a key of 64 characters', { ['k'.repeat(64)]: 'x' }],
    ['a value of 129 characters', { team: 'v'.repeat(129) }],
    ['an empty value', { team: ' ' }],
    ['a value of two lines', { team: 'a\nb' }],
    ['a value that is no text', { team: 7 }],
    ['21 labels', Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v']))],
    ['a list', []],
  ])('refuse %s', async (_, body) => {
    const { status } = await put(admin, '/projects/idle/labels', body);
    expect(status).toBe(422);
  });

  it('are not for a project-user', async () => {
    const { status, body } = await put(person(kube.id, ['idle']), '/projects/idle/labels', { team: 'x' });
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });
});

describe('who may see what', () => {
  const paths = [
    '/health',
    '/projects',
    '/project/NAMESPACE/overview',
    '/summary',
    '/trends',
    '/trends?namespace=NAMESPACE',
    '/attribution?by=label:team',
  ];
  const theirs = /theirs/;

  it.each(paths)('%s: nothing of another organisation, whatever the token lists', async (path) => {
    const listed = path.replace('NAMESPACE', 'batch');
    const user = person(kube.id, ['batch', 'theirs', 'no-such']);
    const { status, body } = await ask(user, listed);
    expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringMatching(theirs)]);
    expect(JSON.stringify(body)).not.toMatch(/project-name|tools|idle|twin/);
  });

  it.each(paths.filter((path) => path.includes('NAMESPACE')))(
    '%s: a foreign, an unlisted and a missing namespace are refused alike',
    async (path) => {
      const bodies = [];
      for (const namespace of ['theirs', 'tools', 'no-such', 'constructor']) {
        const { status, body } = await ask<Problem>(
          person(kube.id, ['batch', 'theirs']),
          path.replace('NAMESPACE', namespace),
        );
        expect(status).toBe(403);
        expect(body).toMatchObject({ success: false, error: 'Access denied to namespace', code: 'namespace_denied' });
        expect(body.details).toEqual({ namespace, availableNamespaces: ['batch'] });
        const { timestamp, request_id, details, ...same } = body as unknown as Record<string, unknown>;
        bodies.push(same);
      }
      expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    },
  );

  it.each(paths)('%s: a person’s token is of one organisation, an admin names it', async (path) => {
    const own = path.replace('NAMESPACE', 'batch');
    const named = (slug: string) => `${own}${own.includes('?') ? '&' : '?'}organisation=${slug}`;
    expect((await ask(admin, named(kube.slug))).status).toBe(200);
    for (const slug of [other.slug, 'no-such']) {
      const { status, body } = await ask<Problem>(admin, named(slug));
      expect([status, body.code]).toEqual([403, 'forbidden']);
    }
    expect((await ask(rootToken, named(kube.slug))).status).toBe(200);
    expect((await ask(rootToken, named('no-such'))).status).toBe(404);
    const none = await ask<Problem>(rootToken, own);
    expect([none.status, none.body.message]).toEqual([422, 'organisation is required: an admin names it by its slug']);
  });

  it.each(paths)('%s: the words of seed 002 without a token, and when the database is away', async (path) => {
    const response = await api.call('GET', `/api/billing${path}`, {});
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { success: false, error: 'Authentication token required', code: 'token_required' },
    ]);
    const away = {
      prepare: () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
      batch: async () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
    };
    const named = `${path.replace('NAMESPACE', 'batch')}${path.includes('?') ? '&' : '?'}organisation=${kube.slug}`;
    const down = await api.call('GET', `/api/billing${named}`, { token: rootToken, bindings: { CONTROL: away } });
    expect([down.status, await down.json()]).toMatchObject([
      503,
      { success: false, error: 'Billing service unreachable', code: 'billing_unavailable' },
    ]);
  });
});
