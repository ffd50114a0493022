/** The API's side of the journey of usage: who may report, without allowances, and what came of it against the truth. */
import { type Api, callApi, persistently } from '../../../bench/support/api.ts';
import { type CostAnswer, costAnswer } from '../../../src/contracts/cost.ts';
import { overridesAnswer } from '../../../src/contracts/overrides.ts';
import { reporterAnswer } from '../../../src/contracts/reporters.ts';
import { type GapsAnswer, gapsAnswer, type HistoryAnswer, historyAnswer } from '../../../src/contracts/usage.ts';
import { truthOf, type Workload } from './metering-truth.ts';

const waitMs = 60_000;
/** Drawn on by the six lines of the infrastructure list. */
const allowances = ['cpu_core_ms', 'memory_mib_s', 'storage_mib_s', 'network_bytes', 'ingress_requests'];

export interface JudgedLine {
  meter: string;
  unit: string;
  truth: number;
  billed: number;
  /** Of the truth; below zero is billed too little, NaN is no line. */
  offPercent: number;
  cents: number;
}

export interface Bill {
  lines: JudgedLine[];
  cost: CostAnswer;
  /** Everything that was stored, oldest first. */
  windows: HistoryAnswer['items'];
  /** Of the span of the windows. */
  gaps: GapsAnswer['items'];
}

/** Hands the namespace's meters to a reporter of minutes and takes every allowance away; the reporter's key. */
export async function prepareBilling(api: Api, customerId: string, instanceId: string): Promise<string> {
  const ask = (method: string, path: string, body: unknown) =>
    persistently(() => callApi(api, method, `/api/customers/${customerId}/${path}`, body), waitMs);
  const made = await ask('POST', 'reporters', { instance_id: instanceId, window_seconds: 60, take_over: true });
  const none = Object.fromEntries(allowances.map((name) => [name, '0']));
  overridesAnswer.parse(await ask('PUT', 'overrides', { allowances: none }));
  return reporterAnswer.parse(made).api_key;
}

const read = (api: Api, customerId: string, rest: string): Promise<unknown> =>
  persistently(() => callApi(api, 'GET', `/api/usage/${customerId}${rest}`), waitMs);

/** The windows that are stored, oldest first; up to 100. */
export async function storedWindows(api: Api, customerId: string): Promise<HistoryAnswer['items']> {
  const { items } = historyAnswer.parse(await read(api, customerId, '?days=1&granularity=window&limit=100'));
  return items.toSorted((a, b) => Date.parse(a.window_end) - Date.parse(b.window_end));
}

/** The bill so far beside what the workload used in the windows that were stored. */
export async function judgedBill(api: Api, customerId: string, workload: Workload): Promise<Bill> {
  const windows = await storedWindows(api, customerId);
  const range = `from=${windows[0]?.window_start}&to=${windows.at(-1)?.window_end}`;
  const { items: gaps } = gapsAnswer.parse(await read(api, customerId, `/gaps?${range}`));
  const cost = costAnswer.parse(await read(api, customerId, '/cost'));
  const spans = windows.map((w) => ({ startMs: Date.parse(w.window_start), endMs: Date.parse(w.window_end) }));
  const truths = truthOf(workload, spans, Date.parse(cost.period.end) - Date.parse(cost.period.start));
  const lines = Object.entries(truths).map(([meter, truth]): JudgedLine => {
    const line = cost.lines.find((found) => found.meter === meter);
    const billed = Number(line?.quantity ?? Number.NaN);
    const offPercent = (billed / truth - 1) * 100;
    return { meter, unit: line?.unit ?? '', truth, billed, offPercent, cents: line?.amount_cents ?? 0 };
  });
  return { lines, cost, windows, gaps };
}
