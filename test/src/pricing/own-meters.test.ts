/** Meters of the operator's own in plans.yaml: what is read of them, what is refused in which words, what stays for ever. */
import { describe, expect, it } from 'vitest';
import type { OwnMeter } from '../../../src/contracts/own-meters.ts';
import { changesOf, withoutTitles } from '../../../src/pricing/own-meters.ts';
import { readPlansFile } from '../../../src/pricing/plans-file.ts';
import { shippedPlan, shippedPlans } from '../../harness/worker/plans.ts';

const gpu = `
  gpu_time:
    field: custom_1
    title: GPU time
    unit: GPU-hour
    adds_up: sum
    source: { series: gpu_seconds_total, kind: counter, match: { job: gpu-exporter }, scale: 1/3600 }`;
const seats = `
  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }`;

/** The shipped file with meters of one's own, which its infrastructure list prices. */
const withMeters = (meters: string, prices = ''): string =>
  shippedPlans
    .replace('\nlists:\n', `\nmeters:${meters}\n\nlists:\n`)
    .replace('  infrastructure:\n', `  infrastructure:\n${prices}`);

const priced = withMeters(
  gpu + seats,
  '    gpu_time: { per: GPU-hour, price: 2.50 }\n    seats: { per: 10 seats, price: 40 }\n',
);

function issuesOf(yaml: string): string[] {
  const file = readPlansFile(yaml);
  return file.ok ? [] : file.error.map(({ path, message }) => `${path}: ${message}`);
}

describe('meters of the operator’s own', () => {
  it('are read with their source, and stand in the versions that price or include them', () => {
    const file = readPlansFile(priced.replace('ingress_requests: { per_period: 1000000 }', 'seats: { per_period: 5 }'));
    expect(file.ok && file.value.meters).toEqual([
      {
        meter: 'gpu_time',
        field: 'custom_1',
        title: 'GPU time',
        unit: 'GPU-hour',
        adds_up: 'sum',
        source: {
          series: 'gpu_seconds_total',
          kind: 'counter',
          match: { job: 'gpu-exporter' },
          namespace_label: 'namespace',
          scale: '1/3600',
        },
      },
      { meter: 'seats', field: 'custom_2', title: 'Seats', unit: 'seat', adds_up: 'level', source: 'report' },
    ]);
    const starter = shippedPlan('starter', () => priced);
    expect(starter.prices['seats']).toEqual({ kind: 'per_unit', unitPrice: '4' });
    expect(starter.ownMeters['seats']).toMatchObject({
      field: 'custom_2',
      baseUnits: 1e6,
      addsUp: 'level',
      unit: 'seat',
    });
    expect(starter.ownMeters['gpu_time']).toMatchObject({
      description: 'GPU time',
      addsUp: 'sum',
      allowance: 'gpu_time',
    });
    expect(shippedPlan('starter', () => withMeters(gpu)).ownMeters).toEqual({});
  });

  it.each<[string, string, string]>([
    [
      'a reserved name',
      gpu.replace('gpu_time', 'cpu_core_ms'),
      'meters.cpu_core_ms: cpu_core_ms is the name of something else',
    ],
    ['the name of a shared allowance', gpu.replace('gpu_time', 'network_bytes'), 'network_bytes is the name of'],
    ['the name of a wire field', gpu.replace('gpu_time', 'custom_4'), 'custom_4 is the name of something else'],
    [
      'a name of JavaScript',
      gpu.replace('gpu_time', 'constructor'),
      'names constructor, which no plan, meter or feature may be called',
    ],
    [
      'a field twice',
      gpu + seats.replace('custom_2', 'custom_1'),
      'meters.seats.field: custom_1 is the field of gpu_time',
    ],
    ['a sixth field', seats.replace('custom_2', 'custom_6'), 'meters.seats.field: '],
    ['an expression', gpu.replace('gpu_seconds_total', '"rate(x[5m])"'), 'must be the name of one series'],
    [
      'a text',
      gpu.replace('gpu_seconds_total', `'"abc"'`),
      'meters.gpu_time.source.series: must be the name of one series',
    ],
    ['a pattern that is none', gpu.replace('gpu-exporter', '"gpu("'), 'must be a pattern as Prometheus reads it'],
    ['a pattern that RE2 does not read', gpu.replace('gpu-exporter', '"(?=gpu)"'), 'must be a pattern as Prometheus'],
    ['no job', gpu.replace('job: gpu-exporter', 'node: a'), 'must name the job of the targets that count: any pod can'],
    [
      'the tenant’s own label',
      gpu.replace('job: gpu', 'job: x, namespace: gpu'),
      'is the label that names the namespace',
    ],
    ['a level of a counter', gpu.replace('adds_up: sum', 'adds_up: level'), 'a level is read from a gauge'],
    ['a scale of nothing', gpu.replace('1/3600', '0'), 'meters.gpu_time.source.scale: must be above zero'],
    ['a source that is no word', seats.replace('source: report', 'source: guess'), 'must be the word report'],
    ['a misspelt word', seats.replace('unit', 'unti'), 'meters.seats'],
  ])('with %s are refused in words', (_, meters, words) => {
    expect(issuesOf(withMeters(meters)).join('\n')).toContain(words);
  });

  it('are five at most', () => {
    const six = [1, 2, 3, 4, 5, 5].map(
      (n, i) => `\n  own_${i}: { field: custom_${n}, title: T, unit: thing, adds_up: sum, source: report }`,
    );
    expect(issuesOf(withMeters(six.join('')))).toContain('meters: at most 5 meters may be your own');
  });

  it('are priced by their own unit only, and only when there is such a meter', () => {
    expect(issuesOf(withMeters(gpu, '    gpu_time: { per: GB, price: 1 }\n')).join()).toContain('counted in GPU-hours');
    expect(issuesOf(withMeters(gpu, '    seats: { per: seat, price: 1 }\n')).join()).toContain(
      'lists.infrastructure.seats: is not a meter',
    );
  });
});

describe('a published meter', () => {
  const before = {
    meter: 'gpu_time',
    field: 'custom_1',
    title: 'A',
    unit: 'GPU-hour',
    adds_up: 'sum',
    source: 'report',
  };
  const change = (next: Partial<OwnMeter>) =>
    changesOf([before as OwnMeter], [{ ...(before as OwnMeter), ...next }]).map(({ message }) => message);

  it('keeps its field, unit and way of adding up; its title and source may change', () => {
    expect(
      change({ title: 'B', source: { series: 's', kind: 'counter', match: {}, namespace_label: 'n', scale: '1' } }),
    ).toEqual([]);
    const forEver =
      'custom_1 is gpu_time in GPU-hours, which add up as a sum, for ever: take another field for another meter';
    expect(change({ unit: 'GPU-minute' })).toEqual([forEver]);
    expect(change({ adds_up: 'level' })).toEqual([forEver]);
    expect(change({ meter: 'gpus' })).toEqual([forEver]);
    expect(change({ field: 'custom_2' })).toEqual(['gpu_time is custom_1, for ever']);
  });

  it('with another title leaves a published version the one it is', () => {
    const [before, after] = ['GPU time', 'GPU use'].map((title) =>
      shippedPlan('starter', () => priced.replace('title: GPU time', `title: ${title}`)),
    );
    if (!before || !after) throw new Error('there is no starter');
    expect(after).not.toEqual(before);
    expect(withoutTitles(after)).toEqual(withoutTitles(before));
  });
});
