/** Mess in counters: falls, relabels, duplicates, the dead, false starts. */
import { type Bricks, container } from './build.ts';
import {
  type Change,
  fromThen,
  having,
  isCpu,
  isNetwork,
  isRequest,
  isStart,
  minute,
  once,
  type Through,
  via,
  without,
} from './mess-kit.ts';
import { type Case, type Container, hourMs, minuteMs, type Sample, type Target } from './model.ts';

/** C1: a fall that is no restart. */
export const falls: Record<string, Change> = {
  'cpu-zero-once': (b, day) => ({
    flag: 'never',
    day: via(
      day,
      'cadvisor',
      once(b, isCpu, (s) => [{ ...s, value: 0 }], 80),
    ),
  }),
  'network-zero-once': (b, day) => ({
    flag: 'never',
    day: via(
      day,
      'cadvisor',
      once(b, isNetwork, (s) => [{ ...s, value: 0 }], 47),
    ),
  }),
  'requests-zero-once': (b, day) => ({
    flag: 'never',
    day: via(
      day,
      'ingress',
      once(b, isRequest, (s) => [{ ...s, value: 0 }], 61),
    ),
  }),
  'two-agents-one-series': (b, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) =>
      isCpu(s) && minute(b, s) % 7 === 3 ? [s, { ...s, atMs: s.atMs + 54, value: s.value - 0.021 }] : [s],
    ),
  }),
  'stays-low': (b, day) => ({
    flag: 'must',
    day: via(
      day,
      'cadvisor',
      fromThen(b, isCpu, (s) => ({ ...s, value: s.value / 2 }), 100),
    ),
  }),
};

/** C2: a relabel that looks like a birth. */
export const relabels: Record<string, Change> = {
  'path-dropped': (b, day) => ({
    flag: 'never',
    day: via(
      day,
      'ingress',
      fromThen(b, isRequest, (s) => without(s, 'path'), 70),
    ),
  }),
  'host-added': (b, day) => ({
    flag: 'never',
    day: via(day, 'ingress', (s) => (isRequest(s) && minute(b, s) < 95 ? [without(s, 'host')] : [s])),
  }),
  'id-rewritten-no-starts': (b, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) => {
      if (isStart(s)) return [];
      return [
        minute(b, s) >= 85 && s.labels['id']
          ? having(s, { id: `cri-${s.labels['name'] ?? 'pod'}-${s.labels['pod']}` })
          : s,
      ];
    }),
  }),
  'instance-renamed': (b, day) => {
    const at = b.fromMs + 75 * minuteMs;
    const renamed = (t: Target): Target[] =>
      t.kind === 'ingress'
        ? [
            { ...t, good: t.good.filter((g) => g <= at) },
            {
              ...t,
              good: t.good.filter((g) => g > at),
              labels: { ...t.labels, job: 'nginx', instance: `host-${t.of}` },
            },
          ]
        : [t];
    return { flag: 'never', day: { ...day, targets: day.targets.flatMap(renamed) } };
  },
};

/** C3: one container under several names at once. */
export const duplicates: Record<string, Change> = {
  'nested-cgroups': (_, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) => (s.labels['id'] ? [s, having(s, { id: `/docker/f6${s.labels['id']}` })] : [s])),
  }),
  'three-ids-no-starts': (_, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) => {
      if (isStart(s)) return [];
      return s.labels['id'] ? ['', '/a', '/b'].map((more) => having(s, { id: `${more}${s.labels['id']}` })) : [s];
    }),
  }),
  'nested-from-midway': (b, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) =>
      s.labels['id'] && minute(b, s) > 66 ? [s, having(s, { id: `/system.slice${s.labels['id']}` })] : [s],
    ),
  }),
};

/** C4: a dead container that is still shown. */
export const stale = (everyMinutes: number, shownMinutes: number, starts: boolean): Change => {
  return (b, day) => {
    const [api] = day.pods;
    if (!api) throw new Error('no pod');
    const lives: Container[] = [];
    for (let t = b.fromMs - 2 * hourMs; t < b.toMs; t += everyMinutes * minuteMs) {
      lives.push(container(b, 'app', t, t + everyMinutes * minuteMs - 5000));
    }
    const alive = day.pods.map((p) => (p === api ? { ...p, containers: lives } : p));
    const dead = lives.map((life) => ({ life, untilMs: life.endMs + shownMinutes * minuteMs }));
    const through: Through = (s) => {
      if (isStart(s) && !starts) return [];
      // The pod's own cgroup is shown at every scrape: with it come the dead.
      if (
        s.name !== 'container_memory_working_set_bytes' ||
        s.labels['container'] !== '' ||
        s.labels['pod'] !== api.name
      ) {
        return [s];
      }
      const shown = dead.filter(({ life, untilMs }) => s.atMs >= life.endMs && s.atMs < untilMs);
      return [
        s,
        ...shown.flatMap(({ life }) => {
          const labels = {
            ...s.labels,
            container: 'app',
            id: `/kubepods/pod-${api.name}/${life.id}`,
            name: life.id ?? '',
          };
          const cpu = (life.cpu.base * (life.endMs - life.startMs)) / 1000;
          const told = [{ ...s, labels, value: life.memory.base }];
          if (starts)
            told.push({ ...s, name: 'container_start_time_seconds', labels, value: Math.floor(life.startMs / 1000) });
          return [
            ...told,
            { ...s, name: 'container_cpu_usage_seconds_total', labels: { ...labels, cpu: 'total' }, value: cpu },
          ];
        }),
      ];
    };
    // Without waves a dead counter stays where it was.
    for (const life of lives) life.cpu.swing = life.memory.swing = 0;
    return { flag: 'never', day: via({ ...day, pods: alive }, 'cadvisor', through), slack: 0.03 };
  };
};

/** A start that is told anew while its counter goes on: nothing was born. */
const startsAnew = (b: Bricks, day: Case, isMeant: (s: Sample) => boolean, at: number): Case =>
  via(day, 'cadvisor', (s) =>
    isStart(s) && isMeant(s) && minute(b, s) >= at
      ? [{ ...s, value: Math.floor((b.fromMs + at * minuteMs) / 1000) }]
      : [s],
  );

/** C8: a start that is none. */
export const falseStarts: Record<string, Change> = {
  'every-start-anew-midway': (b, day) => ({ day: startsAnew(b, day, () => true, 75) }),
  'sandbox-start-anew-midway': (b, day) => ({ day: startsAnew(b, day, (s) => !s.labels['name'], 40) }),
  ...Object.fromEntries([20, 47, 92].map((at) => [`first-scrape-minute-${at}`, seenFrom(at)])),
};

/** The node is scraped from a minute on, and tells starts of just before. */
function seenFrom(at: number): Change {
  return (b, day) => {
    const told = startsAnew(b, day, () => true, at - 7);
    const targets = told.targets.map((t) =>
      t.kind === 'cadvisor' ? { ...t, good: t.good.filter((g) => g > b.fromMs + at * minuteMs) } : t,
    );
    return { flag: 'must', day: { ...told, targets } };
  };
}
