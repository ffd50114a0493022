import { describe, expect, it } from 'vitest';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import { report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const from = windowStart - 600;
const throughout = ticks(from, windowEnd);
const core = (labels: Record<string, string>, seconds: number[]): RawSeries =>
  series({ pod: 'api-0', container: 'api', cpu: 'total', ...labels }, ...seconds.map((t): [number, number] => [t, t]));

describe('a node that is known by its address alone', () => {
  const lastSeen = windowStart + 1200;
  const dark = (instance: string, hostIp: string) => {
    const target = { job: 'kubelet', instance, metrics_path: '/metrics/cadvisor' };
    const seen = throughout.filter((t) => t <= lastSeen);
    const unseen = throughout.filter((t) => t > lastSeen);
    const listed = { pod: 'api-0', node: 'node-1', host_ip: hostIp, job: 'kube-state-metrics', instance: 'ksm:8080' };
    const list = { job: 'kube-state-metrics', instance: 'ksm:8080' };
    return report({
      samples: { cpu: [core({ ...target, id: '1' }, seen)] },
      pods: [series(listed, ...throughout.map((t): [number, number] => [t, 1]))],
      ups: [up(seen, unseen, target), up(throughout, [], list)],
    }).gaps?.filter(({ field }) => field === 'cpu_hours');
  };

  it.each([
    ['IPv4', '10.0.0.1:10250', '10.0.0.1'],
    ['IPv6', '[fd00::1]:10250', 'fd00::1'],
    ['IPv6, and listed by IPv4', '[fd00::1]:10250', '10.0.0.1'],
  ])('is not taken for one that the pods have left: %s', (_, instance, hostIp) => {
    expect(dark(instance, hostIp)).toMatchObject([{ reason: 'not_scraped', seconds: 2400 }]);
  });

  it('is left where the pod is listed at another address of the kind', () => {
    expect(dark('[fd00::1]:10250', 'fd00::2')).toEqual([]);
  });
});

describe('a container that two jobs show, each with its own name of the node', () => {
  const kubelet = { job: 'kubelet', instance: '10.0.0.1:10250', node: 'ip-10-0-0-1.eu.internal' };
  const cadvisor = { job: 'cadvisor', instance: 'ip-10-0-0-1', kubernetes_io_hostname: 'ip-10-0-0-1' };
  const used = (all: [Record<string, string>, Record<string, string>][]) =>
    report({
      samples: { cpu: all.map(([target, own]) => core({ ...target, ...own }, throughout)) },
      ups: all.map(([target]) => up(throughout, [], target)),
    }).cpu_hours;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['the second drops ids', { id: '1' }, {}],
    ['both drop ids', {}, {}],
  ])('is one where %s', (_, first, second) => {
    expect(
      used([
        [kubelet, first],
        [cadvisor, second],
      ]),
    ).toBe(1);
  });

  it('is two on two nodes of one job', () => {
    expect(
      used([
        [kubelet, {}],
        [{ ...kubelet, instance: '10.0.0.2:10250', node: 'ip-10-0-0-2.eu.internal' }, {}],
        [cadvisor, {}],
        [{ ...cadvisor, instance: 'ip-10-0-0-2', kubernetes_io_hostname: 'ip-10-0-0-2' }, {}],
      ]),
    ).toBe(2);
  });
});
