/** What the exporter's tests put around it: a clock that jumps, an API on loopback, a Prometheus of known answers. */
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Clock } from '../../exporter/clock.ts';
import { type Config, type Env, readConfig } from '../../exporter/config.ts';
import type { Measure } from '../../exporter/measure.ts';
import { reportOf } from '../../exporter/metering/report.ts';
import type { MeterResult } from '../../exporter/metering/result.ts';
import { billingApi } from '../../exporter/sending/api.ts';
import { learnOwnMeters } from '../../exporter/sending/own-meters.ts';
import { openSpool, type Spool } from '../../exporter/sending/spool.ts';
import { runService } from '../../exporter/service.ts';
import { newState, type State } from '../../exporter/state.ts';
import type { OwnMeter } from '../../src/contracts/own-meters.ts';
import type { ClusterReporters, WindowReport } from '../../src/contracts/usage.ts';
import { err, ok } from '../../src/lib/result.ts';

export const customerId = `cust_${'a1b2c3d4'.repeat(4)}`;
export const hourMs = 3_600_000;

/** Time that passes only when somebody sleeps. */
export class JumpingClock implements Clock {
  private t: number;
  private stopAtMs = Number.POSITIVE_INFINITY;
  private stop: AbortController | undefined;
  constructor(startMs: number) {
    this.t = startMs;
  }
  now(): number {
    return this.t;
  }
  async sleep(ms: number): Promise<void> {
    this.t += Math.max(1, ms);
    if (this.t >= this.stopAtMs) this.stop?.abort();
    await new Promise((resolve) => setImmediate(resolve));
  }
  /** A signal that aborts when that time has come. */
  until(ms: number): AbortSignal {
    this.stop = new AbortController();
    this.stopAtMs = ms;
    return this.stop.signal;
  }
  jumpTo(ms: number): void {
    this.t = ms;
  }
}

export type Reporter = Pick<ClusterReporters['items'][number], 'customer_id' | 'instance_id' | 'namespace'>;

export interface StandInApi {
  url: string;
  /** Every accepted report, in the order of arrival. */
  accepted: WindowReport[];
  /** Sizes of the batches that came, whatever became of them. */
  batches: number[];
  windowSeconds: number;
  activeFromMs: number;
  /** Accepted reports that wait in a queue: the cursor does not know of them yet. */
  queued: number;
  /** What to answer instead, for a request; null goes on. */
  interrupt: (
    request: IncomingMessage,
    reports: WindowReport[],
  ) => { status: number; headers?: Record<string, string> } | 'cut' | null;
  /** Meters of the operator's own. */
  meters: OwnMeter[];
  /** Whom a cluster's key reports for; each has a cursor of its own. */
  reporters: Reporter[];
  /** Refuses single items. */
  refuse: (report: WindowReport) => { code: string; retryable: boolean } | null;
  close(): Promise<void>;
}

/** The billing API's cursor, batch and health over real HTTP; a report is stored once per window. */
export async function startApi(activeFromMs: number): Promise<StandInApi> {
  const server = createServer((request, response) => {
    void handle(api, request, response);
  });
  const api: StandInApi = {
    url: '',
    accepted: [],
    batches: [],
    windowSeconds: 3600,
    activeFromMs,
    queued: 0,
    interrupt: () => null,
    meters: [],
    reporters: [],
    refuse: () => null,
    close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  api.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return api;
}

async function handle(api: StandInApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const reports = text === '' ? [] : (JSON.parse(text) as { reports: WindowReport[] }).reports;
  if (reports.length > 0) api.batches.push(reports.length);
  const instead = api.interrupt(request, reports);
  if (instead === 'cut') return void request.socket.destroy();
  const answer = (status: number, body: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  if (instead) return answer(instead.status, { success: false }, instead.headers);
  if (request.url?.startsWith('/health')) return answer(200, { status: 'ok' });
  if (request.url?.endsWith('/meters')) return answer(200, { items: api.meters });
  if (request.url?.startsWith('/api/usage/reporters')) return answer(200, reportersOf(api));
  if (request.url?.includes('/cursor')) return answer(200, cursorOf(api, request.url.split('/')[3] ?? ''));
  const results = reports.map((report, index) => {
    const refusal = api.refuse(report);
    if (refusal) return { index, status: 'rejected', ...refusal };
    api.accepted.push(report);
    return { index, status: 'accepted' };
  });
  const rejected = results.filter((r) => r.status === 'rejected').length;
  answer(202, { success: true, accepted: results.length - rejected, rejected, results });
}

function reportersOf(api: StandInApi) {
  const times = {
    window_seconds: api.windowSeconds,
    active_from: new Date(api.activeFromMs).toISOString(),
    active_until: null,
  };
  const items = api.reporters.map((reporter) => ({ ...reporter, ...times }));
  return { items, total: items.length, page: 1, limit: items.length };
}

function cursorOf(api: StandInApi, of: string) {
  const known = api.reporters.find((reporter) => reporter.customer_id === of);
  const whose: Reporter = known ?? {
    customer_id: customerId,
    instance_id: 'k8s-cluster-1',
    namespace: 'customer-a1b2c3d4',
  };
  const ends = api.accepted
    .slice(0, Math.max(0, api.accepted.length - api.queued))
    .filter((r) => known === undefined || r.customer_id === of)
    .map((r) => Date.parse(r.window_end ?? ''));
  return {
    ...whose,
    cursor: new Date(Math.max(api.activeFromMs, ...ends)).toISOString(),
    window_seconds: api.windowSeconds,
    active_from: new Date(api.activeFromMs).toISOString(),
    active_until: null,
    server_time: new Date(0).toISOString(),
  };
}

export function configOf(env: Env = {}): Config {
  const config = readConfig(
    {
      CUSTOMER_ID: customerId,
      PROMETHEUS_URL: 'http://127.0.0.1:9',
      BILLING_API_URL: 'http://127.0.0.1:9',
      API_KEY: `rep_${'0'.repeat(32)}_${'1'.repeat(32)}`,
      ...env,
    },
    false,
  );
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
}

export interface KnownPrometheus {
  /** Not answering in these spans of the clock. */
  down: { fromMs: number; toMs: number }[];
  /** Windows that ended longer ago than this are no longer there. */
  retentionMs: number;
  /** CPU hours of a window as seen at a time. */
  cpuAt: (startMs: number, nowMs: number) => number;
}

/** Measures windows of a Prometheus whose answers are known; the real one is tested on generated days. */
function knownMeasure(prometheus: KnownPrometheus, config: Config, clock: Clock): Measure {
  return async (window) => {
    const now = clock.now();
    if (prometheus.down.some((d) => now >= d.fromMs && now < d.toMs))
      return err({ kind: 'unreachable', message: 'down' });
    const lost = window.endMs < now - prometheus.retentionMs;
    const result: MeterResult = lost
      ? { field: 'cpu_hours', state: 'missing', unseen: [] }
      : {
          field: 'cpu_hours',
          state: 'seen',
          quantity: prometheus.cpuAt(window.startMs, now),
          unseen: [],
        };
    return ok(reportOf({ ...config, window, computedMs: now }, [result]));
  };
}

export const spoolFolder = (): string => mkdtempSync(join(tmpdir(), 'tenantry-spool-'));

export interface Exporter {
  clock: JumpingClock;
  spool: Spool;
  state: State;
  /** Runs until the clock shows that time; a line when it refused to. */
  runUntil(ms: number): Promise<string | null>;
}

/** An exporter on the stand-ins; made anew on the same folder it is the restarted one. */
export function exporterOn(
  api: StandInApi,
  prometheus: KnownPrometheus,
  clock: JumpingClock,
  folder: string,
  env: Env = {},
): Exporter {
  const config = configOf(env);
  const spool = openSpool(folder);
  const state = newState(clock.now());
  const measure = knownMeasure(prometheus, config, clock);
  return {
    clock,
    spool,
    state,
    runUntil: async (ms) => {
      const client = billingApi(
        api.url,
        () => 'rep_key',
        () => clock.now(),
      );
      const parts = {
        config,
        clock,
        spool,
        state,
        measure,
        api: client,
        own: learnOwnMeters(client, config, clock, pino({ level: 'silent' })),
        log: pino({ level: 'silent' }),
        random: () => 0.5,
      };
      const answer = await runService(parts, clock.until(ms));
      await client.close();
      return answer;
    },
  };
}

/** Starts of the windows as they were first accepted. */
export function firstSeen(api: StandInApi): number[] {
  return [...new Set(api.accepted.map((r) => Date.parse(r.window_start ?? '')))];
}

/** Hours from one time to another. */
export const hoursFrom = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: (toMs - fromMs) / hourMs }, (_, i) => fromMs + i * hourMs);
