/** Exports: the same numbers as the reads say, to the cent; FOCUS as its validator demands; CSV that no spreadsheet runs. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BillingProject, Trends } from '../../../src/contracts/organisation-billing.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { displayName, unitOf } from '../../../src/organisations/focus-words.ts';
import { type Api, makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { focusFindings, laterColumns, readCsv } from './focus-rules.ts';
import { hoursOf, makeOrganisation, type Organisation, rollUpAll, storeWindows } from './harness.ts';
import { callAs, orgAdmin } from './people.ts';

const now = Date.UTC(2026, 10, 20, 12, 30);
const since = Date.UTC(2026, 8, 1);
let api: Api;
let mine: Organisation;
let theirs: Organisation;

/** Any whole number below `max`, the same in every run. */
function numbers(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % max;
  };
}

const hostile = ['=cmd|calc', '+1', '-2+3', '@SUM(A1)', '\ttab', 'quote"comma,', "apostrophe'", 'ünïcødé 💥', '007'];

beforeAll(async () => {
  api = makeApi(now);
  mine = await makeOrganisation(
    [
      { namespace: 'shop', labels: Object.fromEntries(hostile.map((value, i) => [`label-${i}`, value])) },
      { namespace: 'shop', customer: 1, cluster: 'elsewhere', labels: { team: '=1+1' } },
      { namespace: 'backend', customer: 1 },
      { namespace: 'idle' },
    ],
    since,
  );
  theirs = await makeOrganisation([{ namespace: 'secret' }], since);
  const next = numbers(7);
  for (const project of [...mine.projects.slice(0, 3), ...theirs.projects]) {
    await storeWindows(
      hoursOf(project, since, Date.UTC(2026, 10, 20, 12), () => ({
        cpu_core_ms: next(3_600_000 * 3),
        memory_mib_s: next(3600 * 4096),
        storage_mib_s: next(3600 * 40_960),
        network_sent_bytes: next(2 ** 30),
        network_received_bytes: next(2 ** 28),
        ingress_requests: next(100_000),
      })),
    );
  }
  await rollUpAll(now);
});

async function ask(path: string, who = orgAdmin(mine.id)): Promise<Response> {
  const response = await callAs(api, who, 'GET', path);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}
const dataOf = async <T>(path: string): Promise<T> => ((await (await ask(path)).json()) as { data: T }).data;
const csvOf = async (path: string, who = orgAdmin(mine.id)) => readCsv(await (await ask(path, who)).text());
const cents = (dollars: string | number | undefined): number => Math.round(Number(dollars) * 100);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('FOCUS', () => {
  it.each(['2026-09', '2026-10', '2026-11', '2026-08'])(
    '%s has no finding, whatever its names and labels',
    async (month) => {
      const { columns, rows } = await csvOf(`/api/billing/export?format=focus&month=${month}`);
      expect(focusFindings(columns, rows)).toEqual([]);
      expect(columns).toEqual(expect.arrayContaining(laterColumns));
      expect(new Set(columns).size).toBe(columns.length);
      if (month !== '2026-08') expect(rows.length).toBeGreaterThan(100);
    },
  );

  it.each(['=HYPERLINK("x")', '12345', 'NaN', '1e5', 'null', ' 007 ', 'a,b"c', '-'])(
    'an organisation called %j is a name, and a safe one',
    async (name) => {
      await controlOf(env).prepare('UPDATE organisations SET name = ? WHERE id = ?').bind(name, mine.id).run();
      const text = await (await ask('/api/billing/export?format=focus&month=2026-10')).text();
      const { columns, rows } = readCsv(text);
      expect(focusFindings(columns, rows)).toEqual([]);
      expect(rows[0]?.['BillingAccountName']).toContain(name.trim());
      expect(rows[0]?.['BillingAccountName']).not.toMatch(/^\s*[=+\-@]/);
    },
  );

  it('adds up to what overview and summary say, to the cent, by project and by meter', async () => {
    const { rows } = await csvOf('/api/billing/export?format=focus&month=2026-11');
    for (const namespace of ['shop', 'backend', 'idle']) {
      const overview = await dataOf<{ billing_summary: { current_month_total: number } }>(
        `/api/billing/project/${namespace}/overview`,
      );
      const own = rows.filter((row) => row['SubAccountId'] === namespace);
      expect(sum(own.map((row) => cents(row['BilledCost'])))).toBe(cents(overview.billing_summary.current_month_total));
    }
    const october = await csvOf('/api/billing/export?format=focus&month=2026-10');
    const summary = await dataOf<{ total: number; by_meter: { meter: string; cost: number }[] }>(
      '/api/billing/summary?month=2026-10',
    );
    expect(sum(october.rows.map((row) => cents(row['EffectiveCost'])))).toBe(cents(summary.total));
    expect(summary.total).toBeGreaterThan(100);
    for (const { meter, cost } of summary.by_meter) {
      const ofMeter = october.rows.filter((row) => row['SkuId'] === meter);
      expect(sum(ofMeter.map((row) => cents(row['BilledCost']))), meter).toBe(cents(cost));
    }
  });

  it('has one row a project, meter and day, in its month, and quantity times price is the list cost', async () => {
    const { rows } = await csvOf('/api/billing/export?format=focus&month=2026-10');
    const keys = rows.map((row) => [row['ResourceId'], row['SkuId'], row['ChargePeriodStart']].join());
    expect(new Set(keys).size).toBe(rows.length);
    for (const row of rows) {
      const [start, end] = [Date.parse(row['ChargePeriodStart'] ?? ''), Date.parse(row['ChargePeriodEnd'] ?? '')];
      expect(end - start).toBe(dayMs);
      expect(start >= Date.parse(row['BillingPeriodStart'] ?? '')).toBe(true);
      expect(end <= Date.parse(row['BillingPeriodEnd'] ?? '')).toBe(true);
      const product = Number(row['ListUnitPrice']) * Number(row['PricingQuantity']);
      expect(Math.abs(product - Number(row['ListCost']))).toBeLessThan(1e-9);
      expect(Math.abs(Number(row['ListCost']) - Number(row['BilledCost']))).toBeLessThanOrEqual(0.0101);
    }
    const units = new Set(rows.map((row) => row['PricingUnit']));
    expect(units).toEqual(new Set(['Core-Hours', 'GiB-Hours', 'GiB-Months', 'GiB', 'Requests']));
  });

  it('tells labels as tags, unchanged', async () => {
    const { rows } = await csvOf('/api/billing/export?format=focus&month=2026-10');
    const row = rows.find((r) => r['ResourceId'] === `${mine.projects[0]?.clusterId}/shop`);
    expect(Object.values(JSON.parse(row?.['Tags'] ?? '{}') as Record<string, string>)).toEqual(hostile);
  });

  it("holds only what the caller may see, and nothing of another organisation's", async () => {
    const some = await csvOf(
      '/api/billing/export?format=focus',
      orgAdmin(mine.id, { namespaces: ['backend', 'secret'] }),
    );
    expect(new Set(some.rows.map((row) => row['SubAccountId']))).toEqual(new Set(['backend']));
    const none = await csvOf('/api/billing/export?format=focus', orgAdmin(mine.id, { namespaces: ['secret'] }));
    expect(none.rows).toEqual([]);
    const denied = await callAs(api, orgAdmin(mine.id), 'GET', '/api/billing/export?format=focus&namespace=secret');
    expect(denied.status).toBe(403);
    expect(await denied.json()).toMatchObject({ code: 'namespace_denied' });
  });

  it('refuses a month that has not begun', async () => {
    const answer = await callAs(api, orgAdmin(mine.id), 'GET', '/api/billing/export?format=focus&month=2026-12');
    expect(answer.status).toBe(422);
    expect((await callAs(api, orgAdmin(mine.id), 'GET', '/api/billing/export?month=2026-10')).status).toBe(422);
  });

  it('is a file with a name', async () => {
    const response = await ask('/api/billing/export?format=focus&month=2026-10');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="focus-${mine.slug}-2026-10.csv"`);
  });

  it('writes units as FOCUS does, and leaves names alone that nobody misreads', () => {
    expect(['core-hour', 'GB-month', 'GB', 'scan'].map(unitOf)).toEqual(['Core-Hours', 'GiB-Months', 'GiB', 'Scans']);
    expect(displayName('Acme 24', 'acme')).toBe('Acme 24');
    expect(displayName('2026-10-01', 'acme')).toBe('2026-10-01 (acme)');
  });
});

describe('CSV and JSON', () => {
  it('trends are what the route of trends says, point by point', async () => {
    const query = 'from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z&by=meter';
    const trends = await dataOf<Trends>(`/api/billing/trends?${query}`);
    const { rows } = await csvOf(`/api/billing/export?what=trends&${query}`);
    const points = trends.series.flatMap(({ key, points }) => points.map(({ start, cost }) => [key, start, cost]));
    expect(rows.map((row) => [row['key'], row['start'], Number(row['cost'])])).toEqual(points);
    expect(points.length).toBeGreaterThan(50);
    const json = await dataOf<{ columns: string[]; rows: { cost: number }[] }>(
      `/api/billing/export?what=trends&format=json&${query}`,
    );
    expect(json.rows.map(({ cost }) => cost)).toEqual(points.map(([, , cost]) => cost));
    expect(json.columns).toEqual(Object.keys(json.rows[0] ?? {}));
  });

  it('projects are what the list says, all of them', async () => {
    const { items } = await dataOf<{ items: BillingProject[] }>('/api/billing/projects?limit=100');
    const { rows } = await csvOf('/api/billing/export?what=projects');
    expect(rows.map((row) => [row['namespace'], row['cluster_id'], Number(row['current_month_total'])])).toEqual(
      items.map((item) => [item.namespace, item.cluster_id, item.current_month_total]),
    );
    expect(rows.map((row) => JSON.parse(row['labels'] ?? '') as unknown)).toEqual(items.map(({ labels }) => labels));
  });

  it('no cell begins a formula, also one that is the value of a label', async () => {
    const { rows } = await csvOf('/api/billing/export?what=trends&by=label:team');
    expect(rows.map((row) => row['key'])).toContain("'=1+1");
    for (const path of ['what=projects', 'what=trends&by=label:label-3', 'format=focus']) {
      const found = await csvOf(`/api/billing/export?${path}`);
      for (const row of found.rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+\-@]/);
    }
  });

  it('an admin names the organisation; a person of another one sees none of it', async () => {
    const named = await api.call('GET', `/api/billing/export?what=projects&organisation=${mine.slug}`, {
      token: rootToken,
    });
    expect(readCsv(await named.text()).rows).toHaveLength(4);
    const other = await csvOf('/api/billing/export?what=projects', orgAdmin(theirs.id));
    expect(other.rows.map((row) => row['namespace'])).toEqual(['secret']);
    const crossed = await callAs(api, orgAdmin(theirs.id), 'GET', `/api/billing/export?organisation=${mine.slug}`);
    expect(crossed.status).toBe(403);
  });
});

describe('metrics', () => {
  it('are what the overview says, in text that Prometheus reads, with labels escaped', async () => {
    const response = await ask('/api/billing/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text.endsWith('\n')).toBe(true);
    const lines = text.trimEnd().split('\n');
    const sample = /^[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\} [0-9.e+-]+$/;
    for (const line of lines) expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) / : sample);
    const overview = await dataOf<{ billing_summary: { current_month_total: number } }>(
      '/api/billing/project/backend/overview',
    );
    const own = lines.filter((line) => line.startsWith('tenantry_project_cost_dollars{project="backend"'));
    expect(sum(own.map((line) => cents(line.split(' ').at(-1))))).toBe(
      cents(overview.billing_summary.current_month_total),
    );
    const end = lines.find((line) => line.startsWith('tenantry_project_usage_timestamp_seconds{project="backend"'));
    expect(end).toContain(` ${Date.UTC(2026, 10, 20, 12) / 1000}`);
    expect(text).not.toContain('secret');
  });

  it('are read with a key of the organisation, and with nobody else’s', async () => {
    const made = await callAs(api, orgAdmin(mine.id), 'POST', '/api/billing/keys', {});
    const { data } = (await made.json()) as { data: { api_key: string } };
    const read = await api.call('GET', '/api/billing/metrics', { token: data.api_key });
    expect(read.status).toBe(200);
    expect(await read.text()).toBe(await (await ask('/api/billing/metrics')).text());
    const crossed = await api.call('GET', `/api/billing/metrics?organisation=${theirs.slug}`, { token: data.api_key });
    expect(crossed.status).toBe(403);
  });

  it('of somebody with some namespaces are of those', async () => {
    const text = await (
      await ask('/api/billing/metrics', orgAdmin(mine.id, { namespaces: ['idle', 'secret'] }))
    ).text();
    expect(new Set([...text.matchAll(/project="([^"]*)"/g)].map((match) => match[1]))).toEqual(new Set(['idle']));
  });
});
