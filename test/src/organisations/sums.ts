/**
 * Random months of random organisations, read in every way that says what they cost, beside an oracle of exact fractions
 * (test/oracle/organisation.ts). Seeded: the same number is the same month.
 */

import type { Result } from '../../../src/lib/result.ts';
import { dayMs, hourMs } from '../../../src/lib/time.ts';
import { dollars, toOverview, toSummary, toTrends } from '../../../src/organisations/billing-wire.ts';
import { focusRows } from '../../../src/organisations/focus.ts';
import type { By } from '../../../src/organisations/series.ts';
import { listProjects } from '../../../src/workflows/organisations/list-projects.ts';
import { readFocus } from '../../../src/workflows/organisations/read-focus.ts';
import { readOverview } from '../../../src/workflows/organisations/read-overview.ts';
import { readSummary } from '../../../src/workflows/organisations/read-summary.ts';
import { readTrends } from '../../../src/workflows/organisations/read-trends.ts';
import { Draw } from '../../oracle/draw.ts';
import { centsIn, meterNames, type OracleWindow, pricedColumns } from '../../oracle/organisation.ts';
import {
  type MadeWindow,
  makeOrganisation,
  makeReporter,
  type Organisation,
  owns,
  person,
  reads,
  rollUpAll,
  storeWindows,
} from './harness.ts';

const quarterMs = hourMs / 4;

/** A month of an organisation: when it is read, and all windows of it and of the month before. */
interface Story {
  organisation: Organisation;
  now: number;
  previous: number;
  start: number;
  next: number;
  windows: MadeWindow[];
}

/** Quantities that are often half a cent, and now and then very many. */
function unitsOf(draw: Draw): Record<string, number> {
  const chosen = draw.some(pricedColumns, 0.5);
  return Object.fromEntries(
    chosen.map((column) => {
      if (column === 'ingress_requests' && draw.chance(0.5)) return [column, draw.int(0, 5) * 10_000];
      if (column === 'cpu_core_ms' && draw.chance(0.5)) return [column, draw.int(0, 5) * 360_000];
      return [column, draw.int(0, 10 ** draw.int(3, 10))];
    }),
  );
}

async function makeStory(draw: Draw): Promise<Story> {
  const month = draw.int(0, 47);
  const [previous = 0, start = 0, next = 0] = [-1, 0, 1].map((more) => Date.UTC(2024, month + more, 1));
  const now = draw.chance(0.1) ? start + draw.int(0, 2) * hourMs : draw.int(start, next - 1);
  const organisation = await makeOrganisation(
    Array.from({ length: draw.int(1, 4) }, (_, i) => ({
      namespace: `project-${i}`,
      customer: draw.int(0, Math.min(i, 1)),
      labels: draw.chance(0.7) ? { team: draw.pick(['a', 'b', 'c']) } : {},
    })),
    previous,
  );
  const others = new Map<number, number>();
  for (const { seq, customerSeq } of organisation.projects) {
    const customer = organisation.customers.find((c) => c.seq === customerSeq);
    if (!customer || !draw.chance(0.3)) continue;
    const reporterSeq = await makeReporter(customer.id, `other-${seq}`, previous);
    await owns(reporterSeq, seq, previous, 2 ** 40);
    others.set(seq, reporterSeq);
  }
  const edges = [start, start + hourMs, start - hourMs, previous + hourMs, start + dayMs];
  const windows = new Map<string, MadeWindow>();
  for (let n = draw.int(3, 40); n > 0; n--) {
    const project = draw.pick(organisation.projects);
    const seconds = draw.pick([900, 3600, 3600]);
    const any = previous + draw.int(1, Math.floor((now - previous) / quarterMs)) * quarterMs;
    const end = Math.ceil((draw.chance(0.2) ? draw.pick(edges) : any) / (seconds * 1000)) * seconds * 1000;
    if (end > now) continue;
    const reporterSeq = draw.pick([project.reporterSeq, others.get(project.seq) ?? project.reporterSeq]);
    windows.set(`${project.seq}/${reporterSeq}/${end}`, {
      customerSeq: project.customerSeq,
      projectSeq: project.seq,
      reporterSeq,
      seconds,
      end,
      units: unitsOf(draw),
    });
  }
  const all = [...windows.values()];
  const late = draw.int(0, all.length);
  await storeWindows(all.slice(0, late));
  if (draw.chance(0.8)) await rollUpAll(now);
  await storeWindows(all.slice(late));
  return { organisation, now, previous, start, next, windows: all };
}

function taken<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** Dollars of the wire as cents; a number that is not of two places is told. */
function cents(amount: number): number {
  const whole = Math.round(amount * 100);
  if (dollars(whole) !== amount) throw new Error(`${amount} is not dollars with two places`);
  return whole;
}

const kinds: Record<string, string> = {
  cpu_core_ms: 'cpu_cost',
  memory_mib_s: 'memory_cost',
  storage_mib_s: 'storage_cost',
  network_sent_bytes: 'network_cost',
  network_received_bytes: 'network_cost',
  ingress_requests: 'request_cost',
  ip_s: 'public_ip_cost',
};

/** What a month compares, and what of it differs. */
export interface Checked {
  compared: number;
  faults: string[];
}

/** Where a project's last full hour ends: the clock's, or the one before while its reports are on their way. */
function lastFullHour({ now, windows }: Story, projectSeq: number): number {
  const edge = Math.floor(now / hourMs) * hourMs;
  const own = windows.filter((window) => window.projectSeq === projectSeq).map(({ end }) => end);
  const onTheirWay = own.length > 0 && Math.max(...own) < edge && now - edge < 15 * 60_000;
  return onTheirWay ? edge - hourMs : edge;
}

/** Reads the month of a number in every way. */
export async function checkMonth(seed: number): Promise<Checked> {
  const draw = new Draw(seed);
  const story = await makeStory(draw);
  const { organisation, now, previous, start, next } = story;
  const windows: OracleWindow[] = story.windows;
  const checked: Checked = { compared: 0, faults: [] };
  const same = (what: string, found: number, wanted: number) => {
    checked.compared += 1;
    if (found !== wanted) checked.faults.push(`seed ${seed}: ${what} is ${found} cents, not ${wanted}`);
  };
  const from = reads(now);
  const asker = { principal: person(organisation.id, null) };
  const oracle = (projectSeq: number, stretch: { from: number; to: number }) =>
    sum(meterNames.map((meter) => centsIn(windows, { projectSeq, meter, ...stretch })));

  const trendsOf = async (
    range: { from: number; to: number; granularity: 'hour' | 'day' | 'month' },
    by: By,
    more: { namespace?: string; meter?: string } = {},
  ) => toTrends(taken(await readTrends(from, asker, { ...range, by, ...more })), { ...range, by: by.kind });
  const byDay = { from: start, to: next, granularity: 'day' as const };
  const days = await trendsOf(byDay, { kind: 'project' });

  const totals = new Map<number, number>();
  for (const { namespace, seq } of organisation.projects) {
    const view = toOverview(taken(await readOverview(from, asker, { namespace })));
    const total = cents(view.billing_summary.current_month_total);
    totals.set(seq, total);
    same(`${namespace}'s breakdown`, sum(Object.values(view.cost_breakdown).map((cost) => cents(cost ?? 0))), total);
    same(`${namespace}'s total`, total, oracle(seq, { from: start, to: next }));
    same(`${namespace}'s month before`, cents(view.previous_month_total), oracle(seq, { from: previous, to: start }));
    for (const [kind, cost] of Object.entries(view.cost_breakdown)) {
      const wanted = meterNames.filter((meter) => kinds[meter] === kind);
      same(
        `${namespace}'s ${kind}`,
        cents(cost ?? 0),
        sum(wanted.map((meter) => centsIn(windows, { projectSeq: seq, meter, from: start, to: next }))),
      );
    }
    const series = days.series.find((one) => one.key === namespace);
    same(`${namespace}'s days`, sum((series?.points ?? []).map((point) => cents(point.cost))), total);
    for (const point of series?.points ?? []) {
      const at = Date.parse(point.start);
      same(`${namespace} on ${point.start}`, cents(point.cost), oracle(seq, { from: at, to: at + dayMs }));
    }
    const dayEnd = lastFullHour(story, seq);
    const lastDay = { from: dayEnd - dayMs, to: dayEnd, granularity: 'hour' as const };
    const hours = await trendsOf(lastDay, { kind: 'project' }, { namespace });
    same(`${namespace}'s last day`, cents(view.billing_summary.last_day_spend), cents(hours.total));
    for (const point of hours.series[0]?.points ?? []) {
      const at = Date.parse(point.start);
      same(`${namespace} at ${point.start}`, cents(point.cost), oracle(seq, { from: at, to: at + hourMs }));
    }
  }

  const { buckets, projects: exported, ...month } = taken(await readFocus(from, asker, {}));
  same('projects of FOCUS', exported.length, organisation.projects.length);
  for (const { project, cost } of exported) {
    const billed = [...focusRows(month, project, cost, buckets)].map((row) => cents(Number(row.BilledCost)));
    same(`${project.namespace}'s FOCUS`, sum(billed), totals.get(project.seq) ?? 0);
  }

  const all = sum([...totals.values()]);
  const summary = toSummary(taken(await readSummary(from, asker, undefined)));
  const into = Math.floor(now / hourMs) * hourMs - start;
  const until = Math.min(previous + into, start);
  same('the summary', cents(summary.total), all);
  same('projects of the summary', sum(summary.by_project.map(({ cost }) => cents(cost))), all);
  same('meters of the summary', sum(summary.by_meter.map(({ cost }) => cents(cost))), all);
  for (const { key, values, unlabelled } of summary.by_label) {
    same(`values of ${key}`, sum(values.map(({ cost }) => cents(cost))) + cents(unlabelled), all);
  }
  same(
    'the month before up to the same hour',
    cents(summary.previous.total),
    until === previous ? 0 : sum(organisation.projects.map(({ seq }) => oracle(seq, { from: previous, to: until }))),
  );
  const listed = taken(await listProjects(from, asker, { sort: '-current_month_total', page: 1, limit: 100 }));
  same('the list of projects', sum(listed.items.map(({ current }) => current.totalCents)), all);
  for (const by of [{ kind: 'meter' }, { kind: 'label', key: 'team' }] as const) {
    same(`days by ${by.kind}`, cents((await trendsOf(byDay, by)).total), all);
  }
  const months = await trendsOf({ from: previous, to: next, granularity: 'month' }, { kind: 'meter' });
  same('the month by meter', sum(months.series.map(({ points }) => cents(points[1]?.cost ?? 0))), all);
  const [one] = organisation.projects;
  if (one) {
    const limited = { principal: person(organisation.id, [one.namespace, 'project-of-nobody']) };
    same(
      'the summary of one project',
      cents(toSummary(taken(await readSummary(from, limited, undefined))).total),
      totals.get(one.seq) ?? 0,
    );
  }
  return checked;
}
