/** The shapes of day that were once billed wrong, each as a small change to an ordinary one. */
import { type Bricks, between, container, ordinary, pod, regular, target, withGap } from './build.ts';
import { type Case, hourMs, minuteMs, type Target } from './model.ts';

type Shape = (b: Bricks) => Case;

/** Hour `n` of the day, ms. */
const hour = (b: Bricks, n: number): number => b.fromMs + n * hourMs;
const isNode = (t: Target): boolean => t.kind === 'cadvisor' || t.kind === 'kubelet';
const nodeOf = (day: Case): string => day.targets.find(isNode)?.of ?? '';
const onNodes = (day: Case, change: (t: Target) => Target[]): Case => ({
  ...day,
  targets: day.targets.flatMap((t) => (isNode(t) ? change(t) : [t])),
});

const churn: Shape = (b) => {
  const day = ordinary(b, 'churn');
  for (let t = b.fromMs - 50 * minuteMs; t < b.toMs; t += between(b, 3, 9) * minuteMs) {
    day.pods.push(pod(b, 'worker', nodeOf(day), t, t + between(b, 4, 30) * minuteMs));
  }
  return day;
};

const restarts: Shape = (b) => {
  const day = ordinary(b, 'restarts');
  const [api] = day.pods;
  const lives = (anonymous: boolean) => {
    const found = [];
    for (let t = b.fromMs - 200 * minuteMs; t < b.toMs + hourMs; ) {
      const end = t + between(b, 25, 140) * minuteMs;
      const { id, ...life } = container(b, 'app', t, end);
      found.push(anonymous ? life : { ...life, ...(id ? { id } : {}) });
      t = end + between(b, 1, 60) * 1000;
    }
    return found;
  };
  if (api) api.containers = lives(false);
  day.pods.push(pod(b, 'crash', nodeOf(day), b.fromMs - 300 * minuteMs, b.toMs + hourMs, lives(true)));
  return day;
};

const gapInside: Shape = (b) => {
  const day = onNodes(ordinary(b, 'gap-inside'), (t) => [
    withGap(
      withGap(t, hour(b, 3) + 11 * minuteMs, hour(b, 3) + 31 * minuteMs, true),
      hour(b, 9) + 20 * minuteMs,
      hour(b, 9) + 28 * minuteMs,
      true,
    ),
  ]);
  return { ...day, pods: [...day.pods, ...bornAround(b, day, hour(b, 3) + 20 * minuteMs)] };
};

const gapEdge: Shape = (b) => {
  const gap = (t: Target, n: number, minutes: number) =>
    withGap(t, hour(b, n) - minutes * minuteMs, hour(b, n) + minutes * minuteMs, n % 2 === 0);
  const day = onNodes(ordinary(b, 'gap-edge'), (t) => [gap(gap(gap(t, 5, 20), 10, 4), 15, 95)]);
  return {
    ...day,
    pods: [...day.pods, ...bornAround(b, day, hour(b, 5) - 5 * minuteMs), ...bornAround(b, day, hour(b, 15))],
  };
};

const bornAround = (b: Bricks, day: Case, t: number) => [
  pod(b, 'born', nodeOf(day), t - between(b, 1, 4) * minuteMs, b.toMs + hourMs),
  pod(b, 'died', nodeOf(day), t - 3 * hourMs, t + between(b, 1, 4) * minuteMs),
];

/** The node is scraped from the afternoon on; what runs there is months old and nothing proves where it began. */
const lateTarget: Shape = (b) =>
  onNodes(ordinary(b, 'late-target'), (t) => [{ ...t, good: t.good.filter((g) => g > hour(b, 13) + 17 * minuteMs) }]);

const relabel: Shape = (b) =>
  onNodes(ordinary(b, 'relabel'), (t) => {
    const at = hour(b, 13) + 23 * minuteMs;
    const labels = { ...t.labels, job: 'kubernetes-nodes-cadvisor', instance: t.of, cluster: 'eu-1' };
    return [
      { ...t, good: t.good.filter((g) => g <= at) },
      { ...t, good: t.good.filter((g) => g > at), labels },
    ];
  });

const dropsId: Shape = (b) =>
  onNodes(ordinary(b, 'relabel-id'), (t) => {
    const at = hour(b, 7) + 41 * minuteMs;
    return [
      { ...t, good: t.good.filter((g) => g <= at) },
      { ...t, good: t.good.filter((g) => g > at), drops: ['id', 'name'] },
    ];
  });

const replica: Shape = (b) => {
  const day = rename(churn(b), 'replica');
  const as = (t: Target, name: string, good: number[]): Target => ({
    ...t,
    good,
    labels: { ...t.labels, prometheus: 'monitoring/k8s', prometheus_replica: name },
  });
  const targets = day.targets.flatMap((t) => [
    withGap(as(t, 'a', t.good), hour(b, 4) + 10 * minuteMs, hour(b, 4) + 50 * minuteMs, false),
    withGap(as(t, 'b', regular(b, 11_000)), hour(b, 8) + 50 * minuteMs, hour(b, 9) + 20 * minuteMs, false),
  ]);
  return { ...day, targets };
};

const twoJobs: Shape = (b) =>
  onNodes(rename(churn(b), 'two-jobs'), (t) => [
    t,
    {
      ...t,
      good: regular(b, 7_000),
      labels: { ...t.labels, job: 'cadvisor-again', instance: t.of },
      drops: ['id', 'name', 'cpu'],
    },
  ]);

const rename = (day: Case, shape: string): Case => {
  const old = nodeOf(day);
  const node = `node-${shape}`;
  const moved = (name: string): string => (name === old ? node : name.replace('churn', shape));
  return {
    ...day,
    shape,
    pods: day.pods.map((p) => ({ ...p, node })),
    volumes: day.volumes.map((v) => ({ ...v, node })),
    ingress: day.ingress.map((i) => ({ ...i, controller: moved(i.controller) })),
    targets: day.targets.map((t) => {
      const of = moved(t.of);
      return { ...t, of, labels: { ...t.labels, instance: `${of}:10250`, ...(isNode(t) ? { node } : {}) } };
    }),
  };
};

const hostNetwork: Shape = (b) => {
  const day = ordinary(b, 'host-network');
  const agent = { ...pod(b, 'agent', nodeOf(day), b.fromMs + 5 * hourMs, b.toMs + hourMs), hostNetwork: true };
  const [, postgres] = day.pods;
  if (postgres) postgres.hostNetwork = true;
  return { ...day, pods: [...day.pods, agent] };
};

const noPodList: Shape = (b) => {
  const day = ordinary(b, 'no-pod-list');
  return { ...day, targets: day.targets.filter((t) => t.kind !== 'podlist') };
};

/** Half of the pods are on a node that nobody scrapes. */
const halfScraped: Shape = (b) => {
  const day = ordinary(b, 'half-scraped');
  return { ...day, pods: [...day.pods, pod(b, 'hidden', 'node-dark', b.fromMs - hourMs, b.toMs + hourMs)] };
};

const neverScraped: Shape = (b) => {
  const day = ordinary(b, 'never-scraped');
  return {
    ...day,
    targets: day.targets.flatMap((t) => (isNode(t) ? [] : [t])),
  };
};

/** Samples carry cAdvisor's own time, which is older than the scrape. */
const ownStamps: Shape = (b) =>
  onNodes(rename(churn(b), 'own-stamps'), (t) => [t.kind === 'cadvisor' ? { ...t, stampLagMs: 9_000 } : t]);

/** `up` is not stored; a second node comes and goes. */
const withoutUp: Shape = (b) => {
  const day = onNodes(ordinary(b, 'without-up'), (t) => [{ ...t, withoutUp: true }]);
  const [from, to] = [hour(b, 6), hour(b, 11) + 20 * minuteMs];
  const moved = pod(b, 'moved', 'node-second', from + 30_500, to);
  const second = target(b, 'cadvisor', 'node-second', regular(b, 0, from, to));
  return { ...day, pods: [...day.pods, moved], targets: [...day.targets, { ...second, withoutUp: true }] };
};

/** Claims and ingress come into being in the day, and end. */
const births: Shape = (b) => {
  const day = ordinary(b, 'births');
  const [volume] = day.volumes;
  if (volume)
    day.volumes.push({
      ...volume,
      claim: 'late',
      startMs: hour(b, 4) + 10 * minuteMs,
      endMs: hour(b, 8) + 40 * minuteMs,
    });
  const [ingress] = day.ingress;
  if (ingress) {
    const labels = { ...ingress.labels, status: '404' };
    day.ingress.push({ ...ingress, labels, startMs: hour(b, 4) + 12 * minuteMs });
  }
  return day;
};

/** A namespace that has nothing: with its targets scraped, nothing is zero. */
const empty: Shape = (b) => ({ ...ordinary(b, 'empty'), pods: [], volumes: [], ingress: [] });

const plain: Shape = (b) => ordinary(b, 'plain');

export const shapes: Shape[] = [
  plain,
  churn,
  restarts,
  births,
  gapInside,
  gapEdge,
  lateTarget,
  relabel,
  dropsId,
  replica,
  twoJobs,
  ownStamps,
  withoutUp,
  hostNetwork,
  noPodList,
  halfScraped,
  neverScraped,
  empty,
];
