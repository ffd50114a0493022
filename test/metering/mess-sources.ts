/** Mess in sources: processes, labels, holes, false alarms. */
import { ordinary, pod, regular, target, withGap } from './build.ts';
import {
  type Change,
  having,
  isCpu,
  isNetwork,
  isRequest,
  minute,
  nodeOf,
  type Through,
  via,
  without,
} from './mess-kit.ts';
import { hourMs, minuteMs, type Sample, type Target } from './model.ts';

/** C9: processes that only scrape labels tell apart, and one process that two jobs show. */
export const processes: Record<string, Change> = {
  'replicas-by-instance': (_, day) => ({
    flag: 'never',
    day: via(day, 'ingress', (s) => [without(s, 'controller_pod')]),
  }),
  'replicas-by-pod-label': (_, day) => ({
    flag: 'never',
    day: via(day, 'ingress', (s) => [
      isRequest(s) ? having(without(s, 'controller_pod'), { pod: s.labels['controller_pod'] ?? '' }) : s,
    ]),
  }),
  'second-job-drops-labels': (b, day) => {
    const again = day.targets
      .filter((t) => t.kind === 'ingress')
      .map((t) => ({
        ...t,
        good: regular(b, 17_000),
        labels: { ...t.labels, job: 'nginx-again' },
        through: (s: Sample) => [without(s, 'path', 'host')],
      }));
    return { flag: 'never', day: { ...day, targets: [...day.targets, ...again] } };
  },
};

/** C10: shown in part. */
export const inPart: Record<string, Change> = {
  'container-label-lost': (b, day) => ({
    flag: 'must',
    day: via(day, 'cadvisor', (s) => (isCpu(s) && minute(b, s) > 80 ? [] : [s])),
  }),
  'pod-level-only': (b, day) => ({
    flag: 'must',
    day: via(
      { ...day, pods: [...day.pods, pod(b, 'sandboxed', nodeOf(day), b.fromMs - hourMs, b.toMs + hourMs)] },
      'cadvisor',
      (s) => (s.labels['pod']?.startsWith('sandboxed') && s.labels['container'] ? [] : [s]),
    ),
  }),
  'another-interface': (_, day) => ({
    flag: 'must',
    day: via(day, 'cadvisor', (s) =>
      isNetwork(s) && s.labels['pod']?.startsWith('postgres') && s.labels['interface'] === 'eth0'
        ? [having(s, { interface: 'net1' })]
        : [s],
    ),
  }),
};

/** C11: labels other than expected. */
export const labels: Record<string, Change> = {
  'cadvisor-exported-namespace': (_, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) => [
      s.labels['namespace'] ? having(s, { exported_namespace: s.labels['namespace'], namespace: 'kube-system' }) : s,
    ]),
  }),
  'kubelet-exported-namespace': (_, day) => ({
    flag: 'never',
    day: via(day, 'kubelet', (s) => [
      s.labels['namespace'] ? having(s, { exported_namespace: s.labels['namespace'], namespace: 'kube-system' }) : s,
    ]),
  }),
  'nginx-exported-namespace-no-pod-list': (_, day) => ({
    flag: 'never',
    day: {
      ...via({ ...day, targets: day.targets.filter((t) => t.kind !== 'podlist') }, 'ingress', (s) => [
        s.labels['namespace']
          ? having(s, { exported_namespace: s.labels['namespace'], namespace: 'ingress-nginx' })
          : s,
      ]),
      env: { HOST_NETWORK: 'none' },
    },
  }),
  'excluded-pods-exported': (b, day) => ({
    flag: 'never',
    day: {
      ...via(day, 'podlist', (s) => [
        having(s, { exported_namespace: s.labels['namespace'] ?? '', namespace: 'monitoring' }),
      ]),
      targets: via(
        { ...day, pods: [...day.pods, pod(b, 'ours', nodeOf(day), b.fromMs - hourMs, b.toMs + hourMs)] },
        'podlist',
        (s) => [having(s, { exported_namespace: s.labels['namespace'] ?? '', namespace: 'monitoring' })],
      ).targets,
      env: { EXCLUDE_PODS: 'ours-.*' },
    },
  }),
};

/** C12: samples that good scrapes lack. */
export const holes = (part: number, scrapeMs: number): Change => {
  return (b) => {
    const day = ordinary({ ...b, scrapeMs }, `holes-${part}`);
    const lacking = new Map<number, boolean>();
    const isLacking = (t: number): boolean => {
      if (!lacking.has(t)) lacking.set(t, b.random() < part);
      return lacking.get(t) ?? false;
    };
    const drop: Through = (s) => (s.labels['pod'] && isLacking(s.atMs) ? [] : [s]);
    return { flag: 'may', day: via(day, 'cadvisor', drop), slack: 0.03 };
  };
};

/** C13: what must not be flagged. */
export const falseAlarms: Record<string, Change> = {
  'pod-moves-off-a-drained-node': (b, day) => {
    const at = b.fromMs + 85 * minuteMs;
    const [db] = day.pods;
    if (!db) throw new Error('no pod');
    const name = 'db-0';
    const second = `${db.node}-b`;
    const moved = { ...pod(b, 'db', second, at + 90_000, b.toMs + hourMs), name };
    const isNode = (t: Target): boolean => t.of === db.node;
    return {
      flag: 'never',
      slack: 0.02,
      day: {
        ...day,
        pods: [{ ...db, name, endMs: at, containers: db.containers.map((c) => ({ ...c, endMs: at })) }, moved],
        volumes: [],
        targets: [
          ...day.targets.map((t) => (isNode(t) ? { ...t, good: t.good.filter((g) => g <= at) } : t)),
          target(b, 'cadvisor', second),
          target(b, 'kubelet', second),
        ],
      },
    };
  },
  'autoscaled-controllers': (b, day) => {
    const [one] = day.ingress;
    if (!one) throw new Error('no ingress');
    const born = [20, 65, 110].map((at, i) => {
      const [startMs, endMs] = [b.fromMs + at * minuteMs - 9000, b.fromMs + (at + 30) * minuteMs];
      const controller = `nginx-scaled-${i}`;
      const good = regular(b, 7000, startMs, endMs);
      return { ingress: { ...one, controller, startMs, endMs }, target: target(b, 'ingress', controller, good) };
    });
    return {
      flag: 'never',
      slack: 0.02,
      day: {
        ...day,
        ingress: [...day.ingress, ...born.map((x) => x.ingress)],
        targets: [...day.targets, ...born.map((x) => x.target)],
      },
    };
  },
  'scrapes-of-five-minutes-a-little-late': (b) => {
    const day = ordinary({ ...b, scrapeMs: 5 * minuteMs }, 'rare');
    const late = (t: Target): Target => ({ ...t, good: t.good.map((g) => g + Math.floor(b.random() * 4000)) });
    return { flag: 'never', slack: 0.08, day: { ...day, targets: day.targets.map(late) } };
  },
  'a-scrape-without-one-container': (b, day) => ({
    flag: 'never',
    day: via(day, 'cadvisor', (s) =>
      s.labels['container'] && s.labels['pod']?.startsWith('api') && minute(b, s) % 50 === 31 ? [] : [s],
    ),
  }),
  'a-gap-of-four-minutes': (b, day) => ({
    flag: 'never',
    day: {
      ...day,
      targets: day.targets.map((t) =>
        t.kind === 'cadvisor' ? withGap(t, b.fromMs + 30 * minuteMs, b.fromMs + 34 * minuteMs, true) : t,
      ),
    },
  }),
};
