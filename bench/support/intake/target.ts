/** Customers with a reporter of many namespaces, made through the API for a measurement, and how much of theirs is stored. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { type Api, callApi, persistently } from '../api.ts';
import type { Target } from './reports.ts';

const NAMESPACES = 50;
const DAYS = 60;
const DAY_MS = 86_400_000;
const POLL_MS = 100;
const PATIENCE_MS = 120_000;
/** As many different windows as one target has. */
export const TARGET_REPORTS = NAMESPACES * DAYS * 24;

/** Rate limits do not belong to what is measured; whoever lifts them says so. */
export const LIMITS_OFF = {
  RATE_LIMIT_REPORT: 'off',
  RATE_LIMIT_BATCH: 'off',
  RATE_LIMIT_SIGNUP: 'off',
  RATE_LIMIT_AUTH: 'off',
};

const asked = async (api: Api, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
  (await persistently(() => callApi(api, method, path, body), PATIENCE_MS)) as Record<string, unknown>;

export type Keyed = { target: Target; key: string };

async function makeCustomer(api: Api, mark: string): Promise<string> {
  const body = { email: `intake-${mark}@example.com`, company_name: 'Intake' };
  const made = await asked(api, 'POST', '/api/customers/signup', body);
  return String((made['customer'] as { customer_id: string }).customer_id);
}

/** A reporter that has been active for as many windows as a run needs. */
async function makeReporter(api: Api, customerId: string, instanceId: string, namespaces: string[]): Promise<Keyed> {
  const from = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAYS * DAY_MS;
  const body = { instance_id: instanceId, namespaces, active_from: new Date(from).toISOString() };
  const reporter = await asked(api, 'POST', `/api/customers/${customerId}/reporters`, body);
  return { target: { customerId, instanceId, namespaces, from }, key: String(reporter['api_key']) };
}

/** A customer with a reporter of some namespaces. */
export async function makeTarget(api: Api, name: string, namespaceCount = NAMESPACES): Promise<Keyed> {
  const mark = `${name}-${Date.now()}`;
  const namespaces = Array.from({ length: namespaceCount }, (_, i) => `intake-${mark}-${i}`);
  return await makeReporter(api, await makeCustomer(api, mark), 'bench', namespaces);
}

/** A customer with many reporters of a namespace each. */
export async function makeTargets(api: Api, name: string, count: number): Promise<Keyed[]> {
  const mark = `${name}-${Date.now()}`;
  const customerId = await makeCustomer(api, mark);
  const made: Keyed[] = [];
  for (let i = 0; i < count; i++) {
    made.push(await makeReporter(api, customerId, `bench-${i}`, [`intake-${mark}-${i}`]));
  }
  return made;
}

/** A page of all windows of a target: its `total` counts them, its `totals` add them up. */
const historyOf = async (api: Api, target: Target): Promise<HistoryAnswer> =>
  (await asked(api, 'GET', `/api/usage/${target.customerId}?granularity=window&days=90&limit=1`)) as HistoryAnswer;

const stored = async (api: Api, target: Target): Promise<number> => (await historyOf(api, target)).total;

/** Waits until as many windows are stored. Throws when that takes longer than `withinMs`. */
export async function untilStored(api: Api, target: Target, count: number, withinMs = 600_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const now = await stored(api, target);
    if (now >= count) return;
    if (Date.now() > deadline) throw new Error(`only ${now} of ${count} windows were stored within ${withinMs} ms`);
    await sleep(POLL_MS);
  }
}
