import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../../exporter/metering/scrapes.ts';
import { believer, type TargetSetting } from '../../../exporter/metering/trust.ts';
import { report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const from = windowStart - 600;
const every = ticks(from, windowEnd);
const requests = (labels: Record<string, string>, perSecond: number, seconds = every) =>
  series({ ingress: 'web', ...labels }, ...seconds.map((t): [number, number] => [t, t * perSecond]));
const nginx = { job: 'ingress-nginx', instance: '10.0.1.1:10254' };
const counted = (all: ReturnType<typeof requests>[], ups: Record<string, string>[], setting: TargetSetting = {}) =>
  report({
    http: 'nginx',
    samples: { nginx: all },
    ups: ups.map((labels) => up(every, [], labels)),
    targets: { nginx: setting },
  }).http_requests;
const real = { ...nginx, namespace: 'ingress-nginx', pod: 'nginx-1' };

describe('requests that a scraped pod claims for another tenant', () => {
  const evil = { job: 'kubernetes-pods', instance: '10.9.9.9:8080' };
  it.each([
    ['from a job of pods', evil, { ...evil, namespace: 'customer-0badf00d', pod: 'evil' }],
    ['from a job of pods in a namespace of any name', evil, { ...evil, namespace: 'shop', pod: 'evil' }],
    ['from a job named after the controller', { ...evil, job: 'nginx' }, { ...evil, job: 'nginx', namespace: 'shop' }],
    ['from the metered namespace itself', { ...evil, job: 'nginx' }, { ...evil, job: 'nginx', namespace: 'n' }],
    ['in the name of a target that there is not', { ...nginx, instance: '10.9.9.9:1' }, { ...evil, namespace: 'shop' }],
  ])('do not count %s', (_, labels, home) => {
    const forged = requests({ ...labels, host: 'forged' }, 10_000);
    expect(counted([requests(real, 1), forged], [real, home])).toBe(3600);
  });

  it('do not count in the name of the controller itself: they did not come with its scrapes', () => {
    const forged = requests({ ...nginx, host: 'forged' }, 10_000, ticks(from + 11, windowEnd));
    expect(counted([requests(real, 1), forged], [real])).toBe(3600);
  });
});

describe('a controller', () => {
  it.each([
    ['in its own namespace, by a job of pods', { job: 'kubernetes-pods', namespace: 'ingress-nginx' }],
    ['in a namespace of the cluster', { job: 'rke2-ingress', namespace: 'kube-system' }],
    ['by a job of its own, without a namespace', { job: 'nginx-ingress' }],
    ['in a namespace of any name, alone', { job: 'ingress-nginx', namespace: 'lb' }],
  ])('is believed %s', (_, labels) => {
    const home = { instance: '10.0.1.1:10254', ...labels };
    expect(counted([requests(home, 1)], [home])).toBe(3600);
  });

  it('is not chosen among two of places that nobody knows, until one is named', () => {
    const [one, other] = ['lb', 'shop'].map((namespace, i) => ({ ...nginx, instance: `10.0.0.${i}:1`, namespace }));
    const both = [requests({ ...one, host: 'a' }, 1), requests({ ...other, host: 'b' }, 5)];
    expect(counted(both, [one ?? {}, other ?? {}])).toBeUndefined();
    expect(counted(both, [one ?? {}, other ?? {}], { namespace: /^lb$/ })).toBe(3600);
  });
});

it('believes the proxies beside the metered pods, and nobody else’s', () => {
  const { scraped } = targetsOf(
    ['n', 'istio-system', 'customer-0badf00d'].map((namespace) =>
      up(every, [], { job: 'envoy-stats', instance: `${namespace}:15090`, namespace }),
    ),
    [],
  );
  const believes = believer('istio', scraped, {}, 'n');
  expect(scraped.filter(believes).map((t) => t.labels['namespace'])).toEqual(['istio-system', 'n']);
});
