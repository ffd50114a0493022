/**
 * The intake of usage as a strict stand-in: each report is judged by the Worker's own rules, with a clock of its own, and a
 * window has one row for ever. Whatever comes again with other numbers, or a second revision, is kept to be seen.
 */
import { type CursorAnswer, usageBatch, usageReport } from '../../../src/contracts/usage.ts';
import { iso } from '../../../src/lib/time.ts';
import { slotsOfMeters } from '../../../src/usage/meters.ts';
import { judgeReport, type ReporterRights } from '../../../src/usage/report.ts';

export const customerId = `cust_${'a1b2c3d4'.repeat(4)}`;
export const instanceId = 'app-a1b2c3d4';
export const namespace = 'customer-a1b2c3d4';

/** What decision 20 gives to the reporter of an application. */
const appMeters = [
  'api_calls',
  'http_bytes',
  'mqtt_bytes',
  'mqtt_messages',
  'device_peak',
  'device_total',
  'postgres_mib_s',
  'postgres_rows',
  'custom_1',
  'custom_2',
];

export type Stored = Record<string, unknown> & {
  window_start: string;
  window_end: string;
  revision: number;
  complete: boolean;
};

export interface Intake {
  /** As `fetch`, for a reporter in the same process. */
  fetch: typeof fetch;
  /** By window start. */
  rows: Map<string, Stored>;
  /** Windows that came with a second revision or with other numbers. */
  conflicts: string[];
  /** Codes of refused items. */
  refusals: string[];
  calls: { path: string; items: number }[];
  /** What to answer instead; null goes on. A number of ms is an answer that never comes. */
  interrupt: (path: string) => Response | null;
  /** Answers after the effect with nothing: the caller does not know. */
  loseAnswer: () => boolean;
}

export interface IntakeOptions {
  now: () => number;
  windowSeconds?: number;
  activeFromMs: number;
  activeUntilMs?: number;
}

const withoutTime = ({ timestamp: _, ...rest }: Stored): string => JSON.stringify(Object.entries(rest).sort());

export function makeIntake({ now, windowSeconds = 3600, activeFromMs, activeUntilMs }: IntakeOptions): Intake {
  const slots = slotsOfMeters(appMeters);
  if (!('slots' in slots)) throw new Error(`there is no meter ${slots.unknown}`);
  const ownership = { projectSeq: 1, meters: slots.slots, fromAt: activeFromMs, untilAt: activeUntilMs ?? null };
  const rights: ReporterRights = {
    customerSeq: 1,
    ownershipVersion: 1,
    reporterSeq: 1,
    windowSeconds,
    ownerships: new Map([[namespace, [ownership]]]),
  };
  const intake: Intake = {
    rows: new Map(),
    conflicts: [],
    refusals: [],
    calls: [],
    interrupt: () => null,
    loseAnswer: () => false,
    fetch: async (input, init) => await answer(new Request(input as string, init)),
  };

  const take = (report: unknown, index: number) => {
    const judged = judgeReport(report, {
      now: now(),
      find: (customer, instance) =>
        customer !== customerId ? 'customer_mismatch' : instance === instanceId ? rights : 'unknown_reporter',
    });
    if (!judged.ok) {
      intake.refusals.push(judged.error.code);
      return { index, status: 'rejected', code: judged.error.code, message: judged.error.message, retryable: false };
    }
    const stored = usageReport.parse(report) as Stored;
    const known = intake.rows.get(stored.window_start);
    if (known && withoutTime(known) !== withoutTime(stored)) intake.conflicts.push(stored.window_start);
    if (!known) intake.rows.set(stored.window_start, stored);
    return { index, status: 'accepted', ...(judged.value.ignored.length > 0 ? { ignored: judged.value.ignored } : {}) };
  };

  const cursor = (): CursorAnswer => ({
    customer_id: customerId,
    instance_id: instanceId,
    namespace,
    cursor: iso(Math.max(activeFromMs, ...[...intake.rows.values()].map((row) => Date.parse(row.window_end)))),
    window_seconds: windowSeconds,
    active_from: iso(activeFromMs),
    active_until: activeUntilMs === undefined ? null : iso(activeUntilMs),
    server_time: iso(now()),
  });

  const answer = async (request: Request): Promise<Response> => {
    const { pathname: path } = new URL(request.url);
    const reports = path === '/api/usage/batch' ? usageBatch.parse(await request.json()).reports : [];
    intake.calls.push({ path, items: reports.length });
    const instead = intake.interrupt(path);
    if (instead) return instead;
    if (request.headers.get('authorization') !== 'Bearer rep_key') return Response.json({}, { status: 401 });
    if (path === `/api/usage/${customerId}/cursor`) return Response.json(cursor());
    if (path !== '/api/usage/batch') return Response.json({}, { status: 404 });
    const results = reports.map(take);
    if (intake.loseAnswer()) throw new TypeError('the connection was cut');
    const rejected = results.filter(({ status }) => status === 'rejected').length;
    const accepted = results.length - rejected;
    return Response.json({ success: true, accepted, rejected, results }, { status: 202 });
  };
  return intake;
}
