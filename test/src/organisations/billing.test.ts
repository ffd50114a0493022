import { beforeAll, describe, expect, it } from 'vitest';
import { callRoute } from '../../../src/contracts/call.ts';
import type { BillingProject, Overview, Summary } from '../../../src/contracts/organisation-billing.ts';
import * as routes from '../../../src/contracts/routes/organisation-billing.ts';
import type { Principal } from '../../../src/credentials/principal.ts';
import { dayMs, hourMs } from '../../../src/lib/time.ts';
import { version } from '../../../src/lib/version.ts';
import {
  type Answer,
  api,
  ask,
  makeOrganisations,
  type Organisations,
  type Problem,
  read,
  start,
} from './billing-story.ts';
import { hoursOf, makeOrganisation, person, storeWindows } from './harness.ts';

let kube: Organisations['kube'];
let admin: Organisations['admin'];
beforeAll(async () => {
  ({ kube, admin } = await makeOrganisations());
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

  it('looks no further back than 35 days, and past what others have', async () => {
    const long = await makeOrganisation([{ namespace: 'silent' }, { namespace: 'chatty' }], start - 90 * dayMs);
    const [silent, chatty] = long.projects;
    if (!silent || !chatty) throw new Error('no projects');
    const end = Date.parse('2026-10-16T13:00:00Z');
    await storeWindows(hoursOf(silent, end - hourMs, end, () => ({})));
    await storeWindows(hoursOf(chatty, end, end + 60 * hourMs, () => ({})));
    const ofSilent = async () =>
      (await read<{ usage_as_of: string | null }>(person(long.id, ['silent']), '/health')).usage_as_of;
    expect(await ofSilent()).toBe('2026-10-16T13:00:00.000Z');
    api.clock.now += dayMs;
    expect(await ofSilent()).toBeNull();
    api.clock.now -= dayMs;
  });
});
