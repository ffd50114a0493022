import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../exporter/metering/observed.ts';
import type { MeterResult } from '../../../exporter/metering/result.ts';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import { lengthMs } from '../../../exporter/metering/unseen.ts';
import { meterWindow } from '../../../exporter/metering/window.ts';
import { at, nodeLabels, observed, report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

/** The longest that one thing was not seen, ms. */
const unseenMs = (result: MeterResult): number =>
  result.state === 'seen' ? Math.max(0, ...result.unseen.map((u) => lengthMs(u.spans))) : Number.NaN;
/** Running throughout. */
const ran = (pod: string) => ({ pod, running: [{ startMs: at(from), endMs: at(windowEnd) }], cgroup: [] });

const from = windowStart - 600;
const steady = up(ticks(from, windowEnd));
/** One core for as long as it is scraped, counted since second `since`. */
const core = (seconds: number[], since: number, labels = {}): RawSeries =>
  series(
    nodeLabels({ pod: 'api', container: 'api', id: '1', ...labels }),
    ...seconds.map((t): [number, number] => [t, t - since]),
  );
const start = (seconds: number, labels = {}): RawSeries =>
  series(nodeLabels({ pod: 'api', container: 'api', id: '1', ...labels }), [windowEnd, seconds]);

describe('the CPU of an hour', () => {
  it('is complete when it was scraped throughout', () => {
    const [cpu] = meterWindow(observed({ samples: { cpu: [core(ticks(from, windowEnd), 0)] }, ups: [steady] }));
    expect(cpu).toEqual({ field: 'cpu_hours', state: 'seen', quantity: 1, unseen: [] });
  });

  it('counts a container from zero that started after the previous scrape', () => {
    const born = windowStart + 1810;
    const told = report({
      samples: { cpu: [core(ticks(windowStart + 1830, windowEnd), born)] },
      starts: [start(born)],
      ups: [steady],
    });
    expect(told.cpu_hours).toBeCloseTo((windowEnd - born) / 3600, 8);
  });

  it('does not count months from zero when a relabel makes them look new', () => {
    const seen = ticks(windowStart + 1830, windowEnd);
    const told = report({ samples: { cpu: [core(seen, -9_000_000)] }, starts: [start(-9_000_000)], ups: [steady] });
    expect(told.cpu_hours).toBeCloseTo((windowEnd - windowStart - 1830) / 3600, 8);
    expect(told.complete).toBe(false);
    expect(told.gap_seconds).toBe(3600);
  });

  it('counts what was born in a scrape gap across the hour edge, and flags it', () => {
    const good = [...ticks(from, windowStart - 300), ...ticks(windowStart + 600, windowEnd)];
    const born = windowStart - 100;
    const cpu = [
      core(
        good.filter((t) => t > born),
        born,
      ),
      core(good, 0, { pod: 'old', id: '2' }),
    ];
    const told = report({ samples: { cpu }, starts: [start(born)], ups: [up(good)] });
    expect(told.cpu_hours).toBeCloseTo((3700 + 3900) / 3600, 8);
    expect(told).toMatchObject({ complete: false });
  });

  it('takes a target that was scraped before without the series as proof where no start is known', () => {
    const told = report({
      samples: { cpu: [core(ticks(windowStart + 1830, windowEnd), windowStart + 1825)] },
      ups: [steady],
    });
    expect(told.cpu_hours).toBeCloseTo((windowEnd - windowStart - 1825) / 3600, 8);
  });
});

describe('what was not seen', () => {
  const cpu = (good: number[]) => ({ samples: { cpu: [core(good, 0)] } });
  const gapOf = (good: number[], failed: number[] = []) => {
    const [result] = meterWindow(observed({ ...cpu(good), ups: [up(good, failed)], horizonMs: at(windowEnd + 120) }));
    return result?.state === 'seen' ? unseenMs(result) / 1000 : result?.state;
  };

  it('is a gap when it lasts over five minutes', () => {
    const short = [...ticks(from, windowStart + 900), ...ticks(windowStart + 1200, windowEnd + 120)];
    const long = [...ticks(from, windowStart + 900), ...ticks(windowStart + 1230, windowEnd + 120)];
    expect(gapOf(short)).toBe(0);
    expect(gapOf(long)).toBe(330);
  });

  it('counts the part in this window of a gap that lies across its edge', () => {
    expect(gapOf([...ticks(from, windowStart - 240), ...ticks(windowStart + 240, windowEnd + 120)])).toBe(240);
    expect(gapOf(ticks(from, windowEnd - 210), ticks(windowEnd - 180, windowEnd + 120))).toBe(210);
  });

  it('is no gap while another replica looks, by whatever label replicas are told apart', () => {
    const of = (name: string) => nodeLabels({ prom_name: name });
    const half = ticks(from, windowStart + 900);
    const rest = ticks(windowStart + 600, windowEnd);
    const both = [core(half, 0, of('a')), core(rest, 0, of('b'))];
    const [result] = meterWindow(
      observed({ samples: { cpu: both }, ups: [up(half, [], of('a')), up(rest, [], of('b'))] }),
    );
    expect(result).toMatchObject({ quantity: 1, unseen: [] });
  });

  it('is told by the samples themselves where `up` and scrape labels are not stored', () => {
    const bare = (name: string, seconds: number[]): RawSeries =>
      series({ pod: 'api', container: name }, ...seconds.map((t): [number, number] => [t, t]));
    const holed = ticks(from, windowEnd).filter((t) => t <= windowStart + 600 || t >= windowStart + 1200);
    const info = series(
      { pod: 'api', node: 'n', host_network: 'false' },
      ...ticks(from, windowEnd).map((t): [number, number] => [t, 1]),
    );
    const [cpu] = meterWindow(observed({ samples: { cpu: [bare('api', holed), bare('side', holed)] }, pods: [info] }));
    expect(cpu).toMatchObject({ quantity: 2 });
    expect(cpu && unseenMs(cpu)).toBe(600_000);
  });

  it('is missing, never zero, when the target was not scraped', () => {
    expect(gapOf(ticks(from, windowStart - 30), ticks(windowStart, windowEnd))).toBe('missing');
    expect(report({}).cpu_hours).toBeUndefined();
  });

  it('is half a minute in a window of a minute', () => {
    const window = { startMs: at(windowStart), endMs: at(windowStart + 60) };
    const measure = (good: number[]) =>
      meterWindow(observed({ ...cpu(good), ups: [up(good)], window, gapLimitMs: at(30), horizonMs: window.endMs }))[0];
    expect(measure(ticks(windowStart - 60, windowStart + 60, 5))).toMatchObject({ unseen: [], quantity: 60 / 3600 });
    const holed = ticks(windowStart - 60, windowStart + 60, 5).filter(
      (t) => t <= windowStart + 10 || t >= windowStart + 45,
    );
    const told = measure(holed);
    expect(told && unseenMs(told)).toBe(35_000);
  });

  it('says so of a report with nothing in it', () => {
    const told = report({ http: 'nginx' });
    expect(told).toMatchObject({ complete: false, gap_seconds: 3600 });
    expect(told.missing).toContain('http_requests');
  });
});

describe('zero', () => {
  const ingress = (good: number[], failed: number[] = []) =>
    report({ http: 'nginx', kinds: { nginx: [up(good, failed, { job: 'ingress-nginx', instance: 'c:10254' })] } })
      .http_requests;

  it('is true when the ingress controller was scraped and shows nothing of the namespace', () => {
    expect(ingress(ticks(from, windowEnd))).toBe(0);
  });

  it('is not claimed when the controller was not scraped, or is not known', () => {
    expect(ingress([], ticks(from, windowEnd))).toBeUndefined();
    const good = up(ticks(from, windowEnd), [], { job: 'ingress-nginx', instance: 'a:10254' });
    const dead = up([], ticks(from, windowEnd), { job: 'ingress-nginx', instance: 'b:10254' });
    expect(report({ http: 'nginx', kinds: { nginx: [good, dead] } }).http_requests).toBeUndefined();
    expect(report({ http: 'nginx' }).http_requests).toBeUndefined();
  });

  it('is not claimed for pods that run on a scraped node which shows nothing of them', () => {
    const pod = series(
      { pod: 'api', node: 'node-1', job: 'ksm' },
      ...ticks(from, windowEnd).map((t): [number, number] => [t, 1]),
    );
    const looked = {
      kinds: { cadvisor: [up(ticks(from, windowEnd), [], nodeLabels({ node: 'node-1' }))] },
      pods: [pod],
    };
    const told = report({ ...looked, history: [ran('api')] });
    expect(told.cpu_hours).toBeUndefined();
    expect(told.missing).toContain('cpu_hours');
    // One that is listed and did not run, or hardly, has nothing to show.
    expect(report({ ...looked, podsListed: true }).cpu_hours).toBe(0);
    const beside = report({
      ...looked,
      samples: { cpu: [core(ticks(from, windowEnd), 0, { pod: 'other' })] },
      ups: [steady],
      history: [ran('api')],
    });
    expect(beside).toMatchObject({ cpu_hours: 1, complete: false, gap_seconds: 3600 });
  });

  it('is absent and complete when the source is switched off', () => {
    const told = report({ http: 'none' });
    expect(told.http_requests).toBeUndefined();
    expect(told.missing).not.toContain('http_requests');
  });

  it('is not claimed for network that runtime or relabelling does not show while pods run', () => {
    const told = report({ samples: { cpu: [core(ticks(from, windowEnd), 0)] }, ups: [steady] });
    expect(told.network_bytes_sent).toBeUndefined();
    expect(told.missing).toContain('network_bytes_sent');
  });
});

describe('network', () => {
  const bytes = (pod: string, rate: number): RawSeries =>
    series(
      nodeLabels({ pod, interface: 'eth0', id: pod }),
      ...ticks(from, windowEnd).map((t): [number, number] => [t, t * rate]),
    );
  const info = (pod: string, host: string): RawSeries =>
    series(
      { job: 'ksm', instance: 'k:1', pod, node: 'node-1', host_network: host },
      ...ticks(from, windowEnd).map((t): [number, number] => [t, 1]),
    );
  const sent = (more: Partial<Observed>) =>
    report({ samples: { sent: [bytes('api', 1), bytes('agent', 1000)] }, ups: [steady], ...more });

  it('leaves pods out that use the node network', () => {
    expect(
      sent({ hostNetwork: 'detect', pods: [info('api', 'false'), info('agent', 'true')] }).network_bytes_sent,
    ).toBe(3600);
  });

  it('is absent when nobody says which pods those are, unless it is promised that there are none', () => {
    expect(sent({ hostNetwork: 'detect' }).missing).toContain('network_bytes_sent');
    expect(sent({ hostNetwork: 'none' }).network_bytes_sent).toBe(3_603_600);
  });

  it('is of the pod that had the name at the time, when one on the node network was replaced by one that is not', () => {
    const life = (id: string, since: number, until: number, rate: number): RawSeries =>
      series(
        nodeLabels({ pod: 'db-0', interface: 'eth0', id }),
        ...ticks(since, until).map((t): [number, number] => [t, (t - since) * rate + 7]),
      );
    const listed = (uid: string, host: string, since: number, until: number): RawSeries =>
      series(
        { job: 'ksm', instance: 'k:1', pod: 'db-0', uid, node: 'node-1', host_network: host },
        ...ticks(since, until).map((t): [number, number] => [t, 1]),
      );
    const middle = windowStart + 900;
    const pods = [listed('a', 'true', from, middle - 30), listed('b', 'false', middle + 30, windowEnd)];
    const lives = [life('a', from, middle - 30, 1e6), life('b', middle + 30, windowEnd, 2)];
    const ksm = up(ticks(from, windowEnd), [], { job: 'ksm', instance: 'k:1' });
    const told = sent({ hostNetwork: 'detect', samples: { sent: lives }, pods, ups: [steady, ksm] });
    expect(told.network_bytes_sent).toBe((windowEnd - middle - 30) * 2 + 7);
    const one = { ...life('', from, windowEnd, 5), labels: nodeLabels({ pod: 'db-0', interface: 'eth0' }) };
    const either = sent({ hostNetwork: 'detect', samples: { sent: [one] }, pods, ups: [steady, ksm] });
    expect(either.network_bytes_sent).toBeUndefined();
  });

  it('leaves a pod out and flags the window when only that pod is not known', () => {
    const told = sent({ hostNetwork: 'detect', pods: [info('api', 'false')] });
    expect(told.network_bytes_sent).toBe(3600);
    expect(told.complete).toBe(false);
  });
});

describe('requests in a mesh', () => {
  const mesh = { job: 'envoy-stats', instance: '10.0.0.7:15020' };
  const requests = (labels: Record<string, string>, perSecond: number, seconds = ticks(from, windowEnd)): RawSeries =>
    series(
      {
        ...mesh,
        pod: 'api',
        source_workload: 'gateway',
        destination_service_name: 'api',
        request_protocol: 'grpc',
        response_code: '200',
        ...labels,
      },
      ...seconds.map((t): [number, number] => [t, t * perSecond]),
    );

  it.each([
    ['grpc_response_status', '0', '5'],
    ['source_version', 'v1', 'v2'],
    ['source_canonical_revision', 'v1', 'v2'],
    ['source_principal', 'spiffe://a', 'spiffe://b'],
    ['source_cluster', 'eu', 'us'],
    ['connection_security_policy', 'mutual_tls', 'none'],
  ])('are counted for each %s', (label, one, other) => {
    const istio = [requests({ [label]: one }, 2), requests({ [label]: other }, 3)];
    const told = report({ http: 'istio', samples: { istio }, ups: [up(ticks(from, windowEnd), [], mesh)] });
    expect(told.http_requests).toBe(5 * 3600);
  });

  it('are not counted from zero again when the mesh is told to drop a label', () => {
    const [before, after] = [ticks(from, windowStart + 1800), ticks(windowStart + 1830, windowEnd)];
    const istio = [requests({ source_version: 'v1' }, 2, before), requests({}, 2, after)];
    const told = report({ http: 'istio', samples: { istio }, ups: [up(ticks(from, windowEnd), [], mesh)] });
    expect(told.http_requests).toBe(2 * 3600);
  });
});

describe('a value beyond the wire bound', () => {
  it('is left out and named, so that the rest of the window is not refused with it', () => {
    const wild = series(
      nodeLabels({ pod: 'api', container: 'api' }),
      ...ticks(from, windowEnd).map((t): [number, number] => [t, 1e18]),
    );
    const told = report({ samples: { memory: [wild] }, ups: [steady] });
    expect(told.memory_gb_hours).toBeUndefined();
    expect(told.missing).toContain('memory_gb_hours');
  });
});
