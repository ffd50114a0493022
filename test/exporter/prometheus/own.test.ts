/** What is asked of Prometheus for an own meter, and what becomes of a window whose question it refuses. */
import { describe, expect, it } from 'vitest';
import { checkOwnMeters } from '../../../exporter/checking/own-meters.ts';
import { measureWith } from '../../../exporter/measure.ts';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import type { Prometheus } from '../../../exporter/prometheus/client.ts';
import type { PrometheusFailure } from '../../../exporter/prometheus/failure.ts';
import { collectOwn, selectorsOf } from '../../../exporter/prometheus/own.ts';
import type { MeasuredMeter } from '../../../src/contracts/own-meters.ts';
import { err } from '../../../src/lib/result.ts';
import { at, series, ticks, up, windowEnd, windowStart } from '../metering/series-kit.ts';
import { configOf, JumpingClock } from '../stand-ins.ts';
import { knownAnswers } from './known-answers.ts';

const target = { job: 'gpu', instance: '10.0.0.5:9400' };
const namespace = 'customer-a1b2c3d4';
const gpu: MeasuredMeter = {
  field: 'custom_1',
  meter: 'gpu_time',
  title: 'GPU time',
  unit: 'GPU-hour',
  adds_up: 'sum',
  source: {
    series: 'gpu_seconds_total',
    kind: 'counter',
    match: { job: 'gpu|dcgm', mode: 'bill"ed' },
    namespace_label: 'tenant',
    scale: '1/3600',
  },
};
const learned = { measured: [gpu], unknown: [] };
const window = { startMs: at(windowStart), endMs: at(windowEnd) };
const plan = { namespace, window, gapLimitMs: at(300), nowMs: at(windowEnd + 120) };
const from = windowStart - 600;

const counted = (labels: Record<string, string>, times: number[], base = 0): RawSeries =>
  series(
    { ...target, mode: 'bill"ed', tenant: namespace, ...labels },
    ...times.map((t): [number, number] => [t, base + t]),
  );

const good = {
  up: [up(ticks(from, windowEnd), [], target)],
  gpu_seconds_total: [
    counted({}, ticks(from, windowEnd)),
    counted({ tenant: 'other' }, ticks(from, windowEnd), 7),
    counted({ mode: 'idle' }, ticks(from, windowEnd), 7),
    counted({ job: 'app' }, ticks(from, windowEnd), 7),
  ],
};

const refusing = (failure: PrometheusFailure): Prometheus => {
  const all = knownAnswers(good);
  const isOwn = (selector: string): boolean => selector.startsWith('gpu_seconds_total');
  return {
    ...all,
    raw: async (selector, span) => (isOwn(selector) ? err(failure) : await all.raw(selector, span)),
    over: async (selector, span, how) => (isOwn(selector) ? err(failure) : await all.over(selector, span, how)),
  };
};

describe('what is read for an own meter', () => {
  it('is the namespace’s series that match, whatever a pattern or a label has in it', async () => {
    expect(selectorsOf(gpu, namespace)).toEqual([
      'gpu_seconds_total{job=~"gpu|dcgm",mode=~"bill\\"ed",tenant="customer-a1b2c3d4"}',
    ]);
    const read = await collectOwn(knownAnswers(good), gpu, plan);
    expect(read.ok && read.value.samples.map(({ labels }) => labels)).toEqual([good.gpu_seconds_total[0]?.labels]);
    expect(read).toMatchObject({ value: { showing: true, ups: [{ labels: target }] } });
  });

  it('has a counter’s base of up to a day before, where it is new in what is near', async () => {
    const early = windowStart - 20_000;
    const resumed = counted({}, [early, ...ticks(windowStart + 60, windowEnd)]);
    const ups = [up([early, ...ticks(from, windowEnd)], [], target)];
    const read = await collectOwn(knownAnswers({ up: ups, gpu_seconds_total: [resumed] }), gpu, plan);
    expect(read.ok && read.value.samples[0]?.times[0]).toBe(at(early));
  });
});

describe('a window with own meters', () => {
  const clock = new JumpingClock(at(windowEnd + 120));

  it('has their fields beside the built-in ones', async () => {
    const report = await measureWith(knownAnswers(good), configOf({ HTTP_METRICS: 'none' }), clock)(window, learned);
    expect(report).toMatchObject({ ok: true, value: { custom_1: 1 } });
    const without = await measureWith(knownAnswers(good), configOf({ HTTP_METRICS: 'none' }), clock)(window);
    expect(without.ok && without.value).not.toHaveProperty('custom_1');
  });

  it('lacks the one whose question is refused, in its words; nobody’s answer is no window', async () => {
    const told: string[] = [];
    const tell = {
      gaps: () => {},
      refused: (_: unknown, field: string, f: PrometheusFailure) => told.push(field, f.message),
      noCosts: () => {},
    };
    const measured = async (failure: PrometheusFailure) =>
      await measureWith(refusing(failure), configOf({ HTTP_METRICS: 'none' }), clock, tell)(window, learned);
    const refused = await measured({ kind: 'bad_query', message: 'error parsing regexp' });
    expect(refused.ok && refused.value.missing).toContain('custom_1');
    expect(refused.ok && refused.value).not.toHaveProperty('custom_1');
    expect(told).toEqual(['custom_1', 'error parsing regexp']);
    expect(await measured({ kind: 'unreachable', message: 'down' })).toMatchObject({ ok: false });
  });

  it('is what prometheus-check says of them', async () => {
    expect(await checkOwnMeters(knownAnswers(good), learned, plan)).toEqual([
      {
        state: 'ok',
        about: 'custom_1 (gpu_time)',
        told: '1 series of gpu_seconds_total for this namespace: 1 GPU-hours',
      },
    ]);
    expect(await checkOwnMeters(knownAnswers({}), { ...learned, unknown: ['custom_2'] }, plan)).toMatchObject([
      { state: 'missing', about: 'custom_2' },
      { state: 'missing', told: expect.stringContaining('no target shows gpu_seconds_total{job=~"gpu|dcgm"') },
    ]);
    const words = { kind: 'bad_query', message: 'error parsing regexp' } as const;
    expect(await checkOwnMeters(refusing(words), learned, plan)).toMatchObject([
      { state: 'missing', told: expect.stringContaining('error parsing regexp') },
    ]);
  });
});
