import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../exporter/clock.ts';
import { measureWith } from '../../exporter/measure.ts';
import { type Prometheus, prometheusClient } from '../../exporter/prometheus/client.ts';
import { connectTo } from '../../exporter/prometheus/connect.ts';
import { shareAmong } from '../../exporter/prometheus/shared.ts';
import { describeWithTools } from '../harness/tools.ts';
import { daysOf, type ServedDays, serveDays } from './days.ts';
import { configFor, judge, reportsOf } from './judge.ts';
import { counterErrorMax, gaugeErrorMax, overTruthMax } from './limits.ts';
import type { Case } from './model.ts';

// One seed here; `npm run figures -- metering` runs ten and prints the table.
const seed = 7;
const days = daysOf(seed);

describeWithTools(['prometheus', 'promtool'], 'a generated day with known truth, from a real Prometheus', () => {
  let served: ServedDays;
  beforeAll(async () => {
    served = await serveDays(days);
  });
  afterAll(async () => {
    await served.stop();
  });

  it.each(days.map((day) => [day.shape, day] as const))(
    '%s: what the samples show, never more than the truth, every gap flagged',
    async (_, day) => {
      const verdict = judge(day, await reportsOf(day, served.prometheus.url));
      expect(verdict.counterError, verdict.worst).toBeLessThanOrEqual(counterErrorMax);
      expect(verdict.gaugeError, verdict.worst).toBeLessThanOrEqual(gaugeErrorMax);
      expect(verdict.overTruth).toBeLessThanOrEqual(overTruthMax);
      expect(verdict.flagged).toBe(verdict.mustFlag);
      expect(verdict.needless).toBe(0);
    },
  );

  it('says zero of a namespace that has nothing, and nothing of one whose node was never scraped', async () => {
    const reportOf = async (shape: string) => {
      const day = days.find((d) => d.shape === shape);
      return day ? (await reportsOf({ ...day, toMs: day.fromMs + 3_600_000 }, served.prometheus.url))[0] : undefined;
    };
    expect(await reportOf('empty')).toMatchObject({
      complete: true,
      cpu_hours: 0,
      network_bytes_sent: 0,
      storage_used_gb: 0,
      http_requests: 0,
    });
    const dark = await reportOf('never-scraped');
    expect(dark?.cpu_hours).toBeUndefined();
    expect(dark?.storage_used_gb).toBeUndefined();
    expect(dark?.missing).toContain('cpu_hours');
  });

  it('leaves out the pods that it is told to', async () => {
    const day = days.find((d) => d.shape === 'plain');
    if (!day) throw new Error('no plain day');
    const prometheus = prometheusClient({ url: served.prometheus.url, clock: systemClock });
    const config = { ...configFor(day, served.prometheus.url), excludePods: 'postgres-.*' };
    const window = { startMs: day.fromMs, endMs: day.fromMs + 3_600_000 };
    const without = await measureWith(prometheus, config, systemClock)(window);
    await prometheus.close();
    const [all] = await reportsOf({ ...day, toMs: window.endMs }, served.prometheus.url);
    expect(without.ok && without.value.running_pods).toBe(1);
    expect(without.ok && (without.value.cpu_hours ?? 0)).toBeLessThan(all?.cpu_hours ?? 0);
  });

  it('of all namespaces at once are what each is alone, for fewer questions', async () => {
    const shapes = days.filter(({ env }) => env === undefined);
    expect(shapes.length).toBeGreaterThan(10);
    const config = configFor(shapes[0] as Case, served.prometheus.url);
    const prometheus = connectTo(config, systemClock);
    const asked = { together: 0, alone: 0 };
    const counted = (kind: keyof typeof asked): Prometheus => ({
      raw: (...question) => {
        asked[kind]++;
        return prometheus.raw(...question);
      },
      over: (...question) => {
        asked[kind]++;
        return prometheus.over(...question);
      },
      close: () => prometheus.close(),
    });
    const shared = shareAmong(
      counted('together'),
      shapes.map(({ namespace }) => namespace),
    );
    // An hour with gaps and with changes in it.
    const startMs = (shapes[0]?.fromMs ?? 0) + 6 * 3_600_000;
    const window = { startMs, endMs: startMs + 3_600_000 };
    const clock = { ...systemClock, now: () => window.endMs + 600_000 };
    for (const day of shapes) {
      const own = configFor(day, served.prometheus.url);
      const together = await measureWith(shared.of(day.namespace), own, clock)(window);
      const alone = await measureWith(counted('alone'), own, clock)(window);
      expect(together, day.shape).toEqual(alone);
    }
    await prometheus.close();
    expect(asked.together).toBeLessThan(asked.alone);
  });

  it('declares a window unavailable that Prometheus has no samples of', async () => {
    const [day] = days;
    if (!day) throw new Error('no day');
    const before = day.fromMs - 7 * 24 * 3_600_000;
    const [report] = await reportsOf({ ...day, fromMs: before, toMs: before + 3_600_000 }, served.prometheus.url);
    expect(report).toMatchObject({ complete: false, gap_seconds: 3600 });
    expect(report?.cpu_hours).toBeUndefined();
    expect(report?.http_requests).toBeUndefined();
  });
});
