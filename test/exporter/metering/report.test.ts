/** What a report says was not seen: which thing, which meter, which seconds, why. */
import { describe, expect, it } from 'vitest';
import { usageReport } from '../../../src/contracts/usage.ts';
import { iso } from '../../../src/lib/time.ts';
import { at, nodeLabels, report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const from = windowStart - 600;
const through = ticks(from, windowEnd);
const cpu = (pod: string, seconds: number[], since = 0) =>
  series(nodeLabels({ pod, container: 'app', id: pod }), ...seconds.map((t): [number, number] => [t, t - since]));
const memory = (pod: string, seconds: number[]) =>
  series(nodeLabels({ pod, container: 'app', id: pod }), ...seconds.map((t): [number, number] => [t, 2 ** 20]));
/** Both ways of the network of some pods, which every pod that runs should show. */
const network = (seconds: number[], ...pods: string[]) => {
  const shown = pods.map((pod) =>
    series(nodeLabels({ pod, interface: 'eth0' }), ...seconds.map((t): [number, number] => [t, t])),
  );
  return { sent: shown, received: shown };
};
const ran = (pod: string) => ({ pod, running: [{ startMs: at(from), endMs: at(windowEnd) }], cgroup: [] });
const gapsOf = (more: Parameters<typeof report>[0]) =>
  report(more).gaps?.map((g) => [g.field, g.thing, g.reason, g.seconds]);
const of = <T>(all: T[][] | undefined, field: string) => all?.filter((one) => one[0] === field);

describe('gaps of a report', () => {
  it('are absent when everything was seen, and for less than a minute of a thing', () => {
    const short = through.filter((t) => t <= windowStart + 900 || t >= windowStart + 945);
    for (const seconds of [through, short]) {
      const seen = report({
        samples: { cpu: [cpu('a', seconds)], memory: [memory('a', seconds)], ...network(seconds, 'a') },
        ups: [up(through)],
      });
      expect(seen.gaps).toBeUndefined();
    }
  });

  it('name the target that was not scraped, for each meter that it shows, with the seconds', () => {
    const good = through.filter((t) => t <= windowStart + 900 || t >= windowStart + 1500);
    const told = report({
      samples: { cpu: [cpu('a', good)], memory: [memory('a', good)], ...network(good, 'a') },
      ups: [up(good)],
    });
    const gap = {
      thing: 'target node-1:10250',
      reason: 'not_scraped',
      from: iso(at(windowStart + 900)),
      to: iso(at(windowStart + 1500)),
      seconds: 600,
    };
    expect(told.complete).toBe(false);
    for (const field of ['cpu_hours', 'memory_gb_hours']) expect(told.gaps).toContainEqual({ field, ...gap });
  });

  it('name the pod and container whose start nothing proves', () => {
    const late = ticks(windowStart + 1830, windowEnd);
    const start = series(nodeLabels({ pod: 'a', container: 'app', id: 'a' }), [windowEnd, -9_000_000]);
    const told = gapsOf({ samples: { cpu: [cpu('a', late, -9_000_000)] }, starts: [start], ups: [up(through)] });
    expect(of(told, 'cpu_hours')).toEqual([['cpu_hours', 'pod a, container app', 'unproven_birth', 1830]]);
  });

  it('name the pod that ran without being shown, and only the meter that lacks it', () => {
    const half = ticks(from, windowStart + 1800);
    const told = gapsOf({
      samples: { cpu: [cpu('a', half), cpu('b', through)], memory: [memory('a', through), memory('b', through)] },
      ups: [up(through)],
      history: [ran('a'), ran('b')],
    });
    const [gap, ...others] = of(told, 'cpu_hours') ?? [];
    expect(others).toEqual([]);
    expect(gap?.slice(0, 3)).toEqual(['cpu_hours', 'pod a', 'not_shown']);
    // Shown until an interval after its last sample.
    expect(gap?.[3]).toBeGreaterThan(1700);
    expect(gap?.[3]).toBeLessThanOrEqual(1800);
    expect(of(told, 'memory_gb_hours')).toEqual([]);
  });

  it('do not name a pod whose container waited for its restart, however often in a window', () => {
    const births = [-7200, windowStart + 695, windowStart + 2495];
    const lives = births.map((born, i) => ({
      born,
      labels: nodeLabels({ pod: 'a', container: 'app', id: String(i) }),
      seconds: through.filter((t) => t > born && t < (births[i + 1] ?? windowEnd + 1) - 90),
    }));
    const starts = lives.map(({ labels, born, seconds }) => series(labels, [seconds[0] ?? 0, born]));
    const shown = {
      samples: {
        cpu: lives.map(({ labels, born, seconds }) =>
          series(labels, ...seconds.map((t): [number, number] => [t, t - born])),
        ),
        memory: lives.map(({ labels, seconds }) =>
          series(labels, ...seconds.map((t): [number, number] => [t, 2 ** 20])),
        ),
        ...network(through, 'a'),
      },
      ups: [up(through)],
      history: [ran('a')],
    };
    expect(of(gapsOf({ ...shown, starts }), 'memory_gb_hours') ?? []).toEqual([]);
    // Nobody says that it started anew: it may have run on.
    expect(of(gapsOf(shown), 'memory_gb_hours')?.map((gap) => gap[2])).toEqual(['not_shown']);
  });

  it('name who was not seen of a meter that is missing', () => {
    const dark = up(ticks(from, windowStart - 30), ticks(windowStart, windowEnd));
    const told = report({ samples: { cpu: [cpu('a', ticks(from, windowStart - 30))] }, ups: [dark] });
    expect(told.missing).toContain('cpu_hours');
    expect(told.gaps?.filter((g) => g.field === 'cpu_hours')).toMatchObject([
      { thing: 'target node-1:10250', reason: 'not_scraped', seconds: 3600, from: iso(at(windowStart)) },
    ]);
  });

  it('are the twenty longest, in bounds of the wire', () => {
    const pods = Array.from({ length: 30 }, (_, i) => `pod-${i}-${'x'.repeat(240)}`);
    const told = report({
      samples: {
        cpu: pods.map((pod, i) => cpu(pod, ticks(from, windowStart + 600 + 60 * i))),
        memory: pods.map((pod) => memory(pod, through)),
      },
      ups: [up(through)],
      history: pods.map(ran),
    });
    const seconds = told.gaps?.map((g) => g.seconds) ?? [];
    expect(seconds).toHaveLength(20);
    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    expect(told.gaps?.[0]?.thing).toMatch(/^pod pod-0-x+$/);
    expect(usageReport.safeParse({ ...told, customer_id: `cust_${'a'.repeat(32)}`, namespace: 'n' }).success).toBe(
      true,
    );
  });
});
