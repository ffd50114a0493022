/**
 * The demo in a short form: what the API says of it is what the generator says, reckoned here by itself. The whole of it is
 * `npm run figures -- demo`.
 */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoApi } from '../../dev/demo/api.ts';
import { cast, type Member } from '../../dev/demo/cast.ts';
import { play } from '../../dev/demo/run.ts';
import { scaled, type Use } from '../../dev/demo/shapes.ts';
import { plan, type Story } from '../../dev/demo/story.ts';
import { readCost } from '../../src/contracts/routes/costs.ts';
import { listCredits } from '../../src/contracts/routes/credits.ts';
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { listDeadLetters } from '../../src/contracts/routes/dead-letters.ts';
import { listInvoices, readInvoice } from '../../src/contracts/routes/invoices.ts';
import {
  listBillingProjects,
  readAttribution,
  readBillingSummary,
  readBillingTrends,
  readProjectOverview,
} from '../../src/contracts/routes/organisation-billing.ts';
import { listOrganisations } from '../../src/contracts/routes/organisations.ts';
import { listPeriods } from '../../src/contracts/routes/periods.ts';
import { listJobs, readQueueStats } from '../../src/contracts/routes/queue.ts';
import { readSpendCap } from '../../src/contracts/routes/spend-caps.ts';
import { readSubscription } from '../../src/contracts/routes/subscriptions.ts';
import { listReviews } from '../../src/contracts/routes/usage-admin.ts';
import { readGaps, readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { dayMs, hourMs, iso } from '../../src/lib/time.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { billOf, plans } from './demo-bill.ts';
import { statesIn, statesOfDemo } from './demo-states.ts';

const from = Date.parse('2026-01-01T00:00:00Z');
const until = from + 56 * dayMs + 11 * hourMs;
const seed = 7;

/** Some of the cast, together sooner: all that happens in the demo happens among them. */
const lives: Record<number, Partial<Member>> = {
  0: { joins: 0 },
  1: { joins: 0 },
  2: { joins: 0 },
  3: { joins: 1 },
  4: { joins: 1 },
  5: { joins: 20 },
  6: { joins: 0 },
  7: { joins: 0 },
  8: { joins: 0 },
  9: { joins: 0, size: 'large' },
  12: { joins: 0 },
  15: { joins: 0, cardFails: 1 },
  16: { joins: 0 },
  17: { joins: 0, leaves: 50 },
  18: { joins: 0, leaves: 25 },
  19: { joins: 1 },
  21: { joins: 0, leaves: 20, returns: 5 },
  22: { joins: 2 },
  23: { joins: 2 },
  25: {},
  26: {},
  27: {},
  28: { joins: -9 },
};
const members = cast.flatMap((member) => (lives[member.number] ? [{ ...member, ...lives[member.number] }] : []));
const story = plan(members, { seed, from, until });

const outage = { from: from + 30 * dayMs + 2 * hourMs, to: from + 30 * dayMs + 8 * hourMs };
const corrected = {
  member: 2,
  from: from + 20 * dayMs + 10 * hourMs,
  to: from + 20 * dayMs + 14 * hourMs,
  factor: 1.12,
};

/** What a member used in the hours that end in `(after, to]`, with what was corrected. */
function usesOf(of: Story, member: Member, after: number, to: number): Use[] {
  return of.windowsOf(member, after, to).flatMap(({ end, use }) => {
    const isCorrected = member.number === corrected.member && end > corrected.from && end <= corrected.to;
    return use === null ? [] : isCorrected ? scaled(use, corrected.factor) : use;
  });
}

const organisation = 'demo';
const projects = 6;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
const centsIn = (dollars: number): number => Math.round(dollars * 100);

const centsOf = (member: Member, period: { start: number; end: number; hasFee: boolean }): number =>
  billOf(usesOf(story, member, period.start, period.end), member.plan, period);

describe('the short demo', () => {
  let platform: TestPlatform;
  let api: ReturnType<typeof demoApi>;
  let people: Awaited<ReturnType<typeof play>>['people'];
  let windows: number;
  const shares: number[] = [];
  const customerOf = (number: number): string => people.get(number)?.customerId ?? '';
  const everybody = () => [...people.values()].map(({ member, customerId }) => ({ member, params: { customerId } }));

  beforeAll(async () => {
    const env = { SIMULATED_JOB_MS: '0', LOG_LEVEL: 'warn' };
    platform = await startPlatform({ args: ['--at', iso(from)], env });
    api = demoApi(platform.ready, new AbortController().signal);
    ({ people, windows } = await play(api, story, (share) => shares.push(share)));
  });
  afterAll(async () => {
    await platform.stop();
  });

  it('costs in every period of every customer what the generator says, to the cent', async () => {
    let rated = 0;
    for (const { member, params } of everybody()) {
      for (const { start, end, kind } of (await api.admin(listPeriods, { params })).items) {
        const { total_cents } = await api.admin(readCost, { params, query: { period: start } });
        const hasFee = kind !== 'trial' && !(kind === 'paid' && member.pays === 'year');
        const period = { start: Date.parse(start), end: Date.parse(end), hasFee };
        expect([member.name, start, total_cents]).toEqual([member.name, start, centsOf(member, period)]);
        if (total_cents > plans[member.plan].fee) rated += 1;
      }
    }
    // Some of them used more than their plan includes: the numbers above are not fees alone.
    expect(rated).toBeGreaterThanOrEqual(3);
  });

  it('has every window that was reported, and gaps where the cluster was dark', async () => {
    let count = 0;
    for (const { member, params } of everybody()) {
      const range = { from: iso(from), to: iso(until) };
      const { total } = await api.admin(readUsage, { params, query: { ...range, granularity: 'window', limit: 1 } });
      expect([member.name, total]).toEqual([member.name, story.windowsOf(member, from, until).length]);
      count += total;
      const { items } = await api.admin(readGaps, { params, query: range });
      const isDark = story.runsOf(member).some((run) => run.from < outage.from && run.to > outage.to);
      const gap = { from: iso(outage.from), to: iso(outage.to), windows: 6, reason: 'missing' };
      expect(items).toMatchObject(isDark ? [gap] : []);
    }
    expect(windows).toBe(count + 4 + 1); // and those that were sent once more: a correction, and one that waits for a person
  });

  it('has the later revision of what was corrected, and asks a person about what was lowered', async () => {
    const params = { customerId: customerOf(corrected.member) };
    const query = { from: iso(corrected.from), to: iso(corrected.to), granularity: 'window' as const };
    const { items } = await api.admin(readUsage, { params, query });
    const [first] = story.windowsOf(
      people.get(corrected.member)?.member as Member,
      corrected.from,
      corrected.from + hourMs,
    );
    const cores = (first?.use?.cpuCoreMs ?? 0) * corrected.factor;
    const found = items.find(({ window_end }) => Date.parse(window_end) === corrected.from + hourMs);
    expect(found?.cpu_hours).toBeCloseTo(cores / 3_600_000, 6);
    expect(await api.admin(listReviews, {})).toMatchObject({
      total: 1,
      items: [{ customer_id: customerOf(6), reason: 'lowered', state: 'open' }],
    });
  });

  it('has invoices of every kind that a customer meets, with what was used on them, and statements', async () => {
    const { items } = await api.admin(listInvoices, { query: { limit: 100 } });
    const of = (number: number, kind: string) =>
      items.filter(({ customer_id, kind: is }) => customer_id === customerOf(number) && is === kind);
    const bought = story.moments.filter(({ deed }) => deed === 'buy');
    const first = items.filter(({ period }) => period === null);
    expect([first.length, first.every(({ state }) => state === 'paid')]).toEqual([bought.length, true]);
    // By the month, by the year, and of who has left: at once, or with what was paid for.
    for (const [number, kind] of [
      [2, 'cycle'],
      [8, 'usage'],
      [18, 'closing'],
      [21, 'closing'],
    ] as const)
      expect([number, of(number, kind).some(({ period, state }) => period !== null && state === 'paid')]).toEqual([
        number,
        true,
      ]);
    for (const owes of [25, 26]) expect(of(owes, 'cycle').map(({ state }) => state)).toEqual(['open', 'paid']);
    expect(of(7, 'cycle').some(({ credit_cents }) => credit_cents > 0)).toBe(true);
    expect(items.filter(({ statement }) => statement).length).toBeGreaterThan(8);

    const renewal = of(2, 'cycle').find(({ period }) => period !== null);
    const { invoice } = await api.admin(readInvoice, { params: { invoiceId: renewal?.invoice_id ?? '' } });
    const used = invoice.lines.filter(({ by }) => by === 'tenantry');
    const period = { start: Date.parse(invoice.period?.start ?? ''), end: Date.parse(invoice.period?.end ?? '') };
    const overage = centsOf(members.find(({ number }) => number === 2) as Member, { ...period, hasFee: false });
    expect([sum(used.map(({ amount_cents }) => amount_cents)), overage > 0]).toEqual([overage, true]);
    expect(invoice.total_cents).toBe(plans.professional.fee + overage);
  });

  it('has who owes, who pays by bank transfer, by the year, with credit and with a cap', async () => {
    const subscriptionOf = async (number: number) =>
      (await api.admin(readSubscription, { params: { customerId: customerOf(number) } })).subscription;
    expect(await subscriptionOf(25)).toMatchObject({ status: 'past_due', collection: 'card' });
    expect(await subscriptionOf(26)).toMatchObject({ status: 'active', collection: 'invoice' });
    expect(await subscriptionOf(8)).toMatchObject({ status: 'active', interval: 'year' });
    expect(await subscriptionOf(21)).toMatchObject({ status: 'active', cancel_at: null });
    const params = (number: number) => ({ params: { customerId: customerOf(number) } });
    expect((await api.admin(readSpendCap, params(16))).cap).toMatchObject({ cap_cents: 40_000, action: 'notify' });
    const { items, balance_cents } = await api.admin(listCredits, params(7));
    expect(items.map(({ kind }) => kind)).toEqual(['apply', 'grant']);
    expect(balance_cents).toBeLessThan(25_000);
  });

  it('leaves somebody in every state', async () => {
    expect(await statesIn(api.admin)).toEqual(statesOfDemo);
  });

  it('has customers in other states, in one organisation or in their own', async () => {
    const found = await Promise.all(everybody().map(({ params }) => api.admin(readCustomer, { params })));
    const statusOf = new Map(found.map(({ customer, subscription }) => [customer.customer_id, subscription.status]));
    expect(statusOf.get(customerOf(28))).toBe('trialing');
    expect(statusOf.get(customerOf(18))).toBe('canceled');
    for (const active of [2, 4, 6, 9, 22]) expect(statusOf.get(customerOf(active))).toBe('active');
    const { items, total } = await api.admin(listOrganisations, { query: { limit: 100 } });
    expect(total).toBe(members.length - projects + 1);
    const demo = items.find(({ slug }) => slug === organisation);
    expect(demo?.issuer).toBe(platform.ready.oidc_issuer);
    const inDemo = found.filter(({ customer }) => customer.organisation_id === demo?.organisation_id);
    const named = members.flatMap(({ project, company }) => (project === null ? [] : [company]));
    expect(inDemo.map(({ customer }) => customer.company_name)).toEqual(named);
  });

  it('has six labelled projects in the organisation whose people sign in here, equal to the cent however a month is read', async () => {
    const { data: listed } = await api.admin(listBillingProjects, { query: { organisation, limit: 100 } });
    expect(listed.total).toBe(projects);
    for (const { member, customerId, namespace } of people.values()) {
      if (member.project === null) continue;
      const { team, env, isShared } = member.project;
      const labels = { team, env, ...(isShared ? { shared: 'true' } : {}) };
      expect(listed.items).toContainEqual(expect.objectContaining({ customer_id: customerId, namespace, labels }));
    }

    const months = await Promise.all(
      listed.items.map(async ({ namespace }) => {
        const input = { params: { namespace }, query: { organisation } };
        const { billing_summary, previous_month_total } = (await api.admin(readProjectOverview, input)).data;
        return { now: centsIn(billing_summary.current_month_total), before: centsIn(previous_month_total) };
      }),
    );
    const total = sum(months.map(({ now }) => now));
    const before = sum(months.map((month) => month.before));
    const { data: summary } = await api.admin(readBillingSummary, { query: { organisation } });
    expect([centsIn(summary.total), total > 0, summary.month]).toEqual([total, true, '2026-02']);
    const { data: january } = await api.admin(readBillingSummary, { query: { organisation, month: '2026-01' } });
    expect([centsIn(january.total), before > 0]).toEqual([before, true]);
    const { data: trends } = await api.admin(readBillingTrends, { query: { organisation } });
    expect([centsIn(trends.total), trends.series.length]).toEqual([total, projects]);

    const by = 'label:team' as const;
    const { data: attribution } = await api.admin(readAttribution, { query: { organisation, by } });
    expect(attribution.shares.map(({ value }) => value).sort()).toEqual(['commerce', 'data', 'logistics', 'stores']);
    expect(sum(attribution.shares.map(({ cost }) => centsIn(cost)))).toBe(total);
    expect(attribution.unlabelled).toEqual({ cost: 0, percent: 0, projects: [] });
    const shared = people.get(3)?.namespace;
    expect(attribution.shared).toMatchObject({ rule: 'by_own_cost', projects: [shared], left: 0 });
    expect(attribution.shared.cost).toBeGreaterThan(0);
  });

  it('lets project-user see the oldest of them', async () => {
    const { oidc_issuer, oidc_password } = platform.ready;
    const authorization = `Basic ${Buffer.from(`project-user:${oidc_password}`).toString('base64')}`;
    const answer = await fetch(`${oidc_issuer}/programs/token`, { method: 'POST', headers: { authorization } });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(decodeJwt(access_token)).toMatchObject({ org: organisation, namespaces: [people.get(0)?.namespace] });
  });

  it('leaves an operator something to look at', async () => {
    expect(await api.admin(readQueueStats, {})).toMatchObject({ waiting: 1, active: 1, failed: 1, delayed: 1 });
    const delayed = await api.admin(listJobs, { query: { state: 'delayed' } });
    expect(delayed.items).toMatchObject([{ customer_id: customerOf(23), error: { code: 'cluster_unreachable' } }]);
    const failed = await api.admin(listJobs, { query: { state: 'failed' } });
    expect(failed.items).toMatchObject([{ customer_id: customerOf(19), error: { code: 'not_ready' } }]);
    expect((await api.admin(listDeadLetters, {})).total).toBe(2);
  });

  it('stops at its end, and says how far it is on the way', () => {
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares.length > 50, shares.at(-1)]).toEqual([true, 1]);
  });
});
