/** One exporter for the namespaces of a cluster: each reported once whatever is killed between any two steps, none held up by another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCluster } from '../../exporter/cluster.ts';
import { readConfig } from '../../exporter/config.ts';
import { jitterOf } from '../../exporter/jitter.ts';
import type { RawSeries } from '../../exporter/metering/series.ts';
import type { Prometheus } from '../../exporter/prometheus/client.ts';
import type { BillingApi } from '../../exporter/sending/api.ts';
import { nothingLearned } from '../../exporter/sending/learned.ts';
import { newState } from '../../exporter/state.ts';
import type { WindowReport } from '../../src/contracts/usage.ts';
import { err, ok } from '../../src/lib/result.ts';
import { lateSeconds } from '../../src/spend-caps/overshoot.ts';
import { knownAnswers } from './prometheus/known-answers.ts';
import { hourMs, JumpingClock } from './stand-ins.ts';

const startMs = Date.parse('2026-03-10T10:00:00Z');
const hours = 3;
const count = 45;
const hex = (n: number): string => n.toString(16).padStart(8, '0');
const namespaceOf = (n: number): string => `customer-${hex(n)}`;
const node = { job: 'kubelet', instance: '10.0.0.1:10250', metrics_path: '/metrics/cadvisor' };

/** Each namespace has a container that uses a core, or two, or three… thousandths of one. */
function series(): Record<string, RawSeries[]> {
  const times = Array.from({ length: hours * 120 + 60 }, (_, i) => startMs - 900_000 + i * 30_000);
  const of = (labels: Record<string, string>, value: (t: number) => number): RawSeries => ({
    labels,
    times,
    values: times.map(value),
  });
  const shown = (n: number, value: (t: number) => number): RawSeries =>
    of({ ...node, namespace: namespaceOf(n), pod: 'api-0', container: 'api', id: `/${n}` }, value);
  const all = Array.from({ length: count }, (_, n) => n);
  return {
    up: [of(node, () => 1)],
    container_cpu_usage_seconds_total: all.map((n) => shown(n, (t) => (1e6 + (t - startMs) / 1000) * ((n + 1) / 1000))),
    container_memory_working_set_bytes: all.map((n) => shown(n, () => (n + 1) * 2 ** 20)),
  };
}

class Api implements BillingApi {
  /** By customer and window, every report that was accepted. */
  stored = new Map<string, WindowReport[]>();
  batches: number[] = [];
  down = false;
  /** The answer of a batch is lost on its way, after it was stored. */
  loses = false;
  onBatch: () => void = () => {};
  windowSeconds = 3600;
  health = async () => ok(null);
  ownMeters = async () => ok(nothingLearned);
  close = async () => {};
  reporters = async () => {
    if (this.down) return err({ kind: 'unreachable', message: 'down', status: null, retryAfterMs: null } as never);
    return ok(
      Array.from({ length: count }, (_, n) => ({
        customer_id: `cust_${hex(n).repeat(4)}`,
        instance_id: `k8s-${hex(n)}`,
        namespace: namespaceOf(n),
        window_seconds: n === 7 ? 900 : this.windowSeconds,
        active_from: new Date(startMs).toISOString(),
        active_until: null,
      })),
    );
  };
  cursor: BillingApi['cursor'] = async (customerId, instanceId, namespace) => {
    const ends = [...this.stored.values()]
      .flat()
      .filter((r) => r.customer_id === customerId)
      .map((r) => Date.parse(r.window_end ?? ''));
    const cursor = new Date(Math.max(startMs, ...ends)).toISOString();
    return ok({
      customer_id: customerId,
      instance_id: instanceId,
      namespace,
      cursor,
      window_seconds: 3600,
      active_from: new Date(startMs).toISOString(),
      active_until: null,
      server_time: cursor,
    });
  };
  sendBatch: BillingApi['sendBatch'] = async (reports) => {
    this.onBatch();
    if (this.down) return err({ kind: 'unreachable', message: 'down', status: null, retryAfterMs: null } as never);
    this.batches.push(reports.length);
    for (const report of reports) {
      const key = `${report.customer_id} ${report.window_start}`;
      this.stored.set(key, [...(this.stored.get(key) ?? []), report]);
    }
    if (this.loses) return err({ kind: 'unreachable', message: 'cut', status: null, retryAfterMs: null } as never);
    return ok(reports.map((_, index) => ({ index, status: 'accepted' as const })));
  };
}

describe('an exporter of a cluster', () => {
  let folder: string;
  let api: Api;
  let questions = 0;
  let clock: JumpingClock;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-cluster-spool-'));
    api = new Api();
    questions = 0;
    clock = new JumpingClock(startMs + hours * hourMs + 10 * 60_000);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const env = {
    MODE: 'cluster',
    PROMETHEUS_URL: 'http://127.0.0.1:9',
    BILLING_API_URL: 'http://127.0.0.1:9',
    API_KEY: 'clu_key',
    HTTP_METRICS: 'none',
    HOST_NETWORK: 'none',
  };
  const known = knownAnswers(series());
  const prometheusThat = (refuses: (selector: string) => boolean = () => false): Prometheus => ({
    raw: async (selector, span) => {
      questions++;
      return refuses(selector) ? err({ kind: 'unreachable', message: 'down' }) : await known.raw(selector, span);
    },
    over: async (selector, span, how) => {
      questions++;
      return refuses(selector) ? err({ kind: 'unreachable', message: 'down' }) : await known.over(selector, span, how);
    },
    close: async () => {},
  });
  /** Runs until the clock shows that time, or until it is killed: what was not durable then is gone. */
  const run = async (untilMs: number, prometheus = prometheusThat(), kill?: AbortSignal) => {
    const config = readConfig({ ...env, SPOOL_DIR: folder }, false);
    if (!config.ok) throw new Error(config.error.join());
    const state = newState(clock.now());
    const tell = { gaps: () => {}, refused: () => {}, noCosts: () => {} };
    const parts = {
      config: config.value,
      clock,
      log: pino({ level: 'silent' }),
      random: () => 0,
      prometheus,
      costs: undefined,
      tell,
      api,
      state,
    };
    const signal = clock.until(untilMs);
    await runCluster(parts, kill ? AbortSignal.any([signal, kill]) : signal);
    return state;
  };
  const mine = count - 1;
  const expectAllOnce = (): void => {
    expect(api.stored.size).toBe(mine * hours);
    for (const [key, reports] of api.stored) {
      const n = Number.parseInt(key.slice('cust_'.length, 'cust_'.length + 8), 16);
      // The same report again is the same: one revision, one set of numbers.
      expect(new Set(reports.map((r) => JSON.stringify(r))).size, key).toBe(1);
      expect(reports[0]?.cpu_hours).toBeCloseTo((n + 1) / 1000, 9);
      expect(reports[0]?.namespace).toBe(namespaceOf(n));
    }
  };

  it('reports every namespace for every hour, in common batches and with common questions', async () => {
    const state = await run(clock.now() + 60_000);
    expectAllOnce();
    expect(state).toMatchObject({
      windowsCollected: mine * hours,
      reportsAccepted: mine * hours,
      windowsIncomplete: mine * hours,
    });
    expect(state.lastSuccessMs).not.toBeNull();
    expect(Math.max(...api.batches)).toBeGreaterThan(20);
    // One alone asks some thirty questions a window.
    expect(questions / (mine * hours)).toBeLessThan(15);
  });

  it.each([1, 40, 200, 700, 1500])(
    'killed at its %i. question and started again, doubles and loses nothing',
    async (nth) => {
      const kill = new AbortController();
      const killing = prometheusThat(() => {
        if (questions === nth) kill.abort();
        // Whatever comes after the kill never came.
        return kill.signal.aborted;
      });
      await run(clock.now() + 60_000, killing, kill.signal);
      await run(clock.now() + 60_000);
      expectAllOnce();
    },
  );

  it('whose batches are stored and whose answers are lost sends the very same again', async () => {
    api.loses = true;
    const kill = new AbortController();
    let batches = 0;
    api.onBatch = () => {
      if (++batches === 3) kill.abort();
    };
    await run(clock.now() + 600_000, prometheusThat(), kill.signal);
    api.loses = false;
    await run(clock.now() + 600_000);
    expect(Math.max(...[...api.stored.values()].map((r) => r.length))).toBeGreaterThan(1);
    expectAllOnce();
  });

  it('waits for an API that is down, and holds nobody up because of one namespace', async () => {
    api.down = true;
    const state = await run(clock.now() + 60_000);
    expect(api.stored.size).toBe(0);
    expect(state.lastSuccessMs).toBeNull();
    api.down = false;
    await run(clock.now() + 600_000);
    expectAllOnce();
  });

  it('refuses what belongs to one namespace', () => {
    const refusal = readConfig({ ...env, CUSTOMER_ID: `cust_${'0'.repeat(32)}`, NAMESPACE: 'shop' }, false);
    expect(refusal.ok ? [] : refusal.error).toEqual([expect.stringContaining('are for MODE=namespace')]);
    expect(readConfig({ ...env, API_KEY: '' }, false)).toMatchObject({
      ok: false,
      error: ['API_KEY or API_KEY_FILE is required'],
    });
  });
});

describe('the moment at which an exporter begins', () => {
  it('is its own, the same each time, and spread over half a minute for a fleet', () => {
    const all = Array.from({ length: 6000 }, (_, n) => jitterOf(`cust_${hex(n).repeat(4)} k8s-${hex(n)} `, hourMs));
    expect(all).toEqual(
      Array.from({ length: 6000 }, (_, n) => jitterOf(`cust_${hex(n).repeat(4)} k8s-${hex(n)} `, hourMs)),
    );
    expect(Math.max(...all)).toBeLessThan(30_000);
    const seconds = Map.groupBy(all, (ms) => Math.floor(ms / 1000));
    expect(seconds.size).toBe(30);
    // Two hundred a second, give or take.
    expect(Math.max(...[...seconds.values()].map((s) => s.length))).toBeLessThan(270);
    expect(jitterOf('a', 60_000)).toBeLessThan(1000);
  });

  it.each([900, 3600])('leaves a spend cap a minute to stop an instance in, of windows of %i s', (windowSeconds) => {
    const config = readConfig(
      {
        MODE: 'cluster',
        PROMETHEUS_URL: 'http://127.0.0.1:9',
        BILLING_API_URL: 'http://127.0.0.1:9',
        API_KEY: 'clu_key',
        COLLECTION_INTERVAL: String(windowSeconds * 1000),
      },
      false,
    );
    if (!config.ok) throw new Error(config.error.join());
    const latestMs = Math.max(
      ...Array.from({ length: 6000 }, (_, n) =>
        jitterOf(`cust_${hex(n).repeat(4)} k8s-${hex(n)} `, windowSeconds * 1000),
      ),
    );
    const begunSeconds = windowSeconds + (config.value.settleMs + latestMs) / 1000;
    expect(lateSeconds(windowSeconds) - begunSeconds).toBeGreaterThanOrEqual(60);
  });
});
