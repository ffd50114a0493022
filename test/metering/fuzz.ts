/**
 * Days of random mess with known truth: relabels, drops, gaps, duplicates, restarts, dips, skews and replicas, some at once.
 * Asked of each is one thing: that nobody is billed more than was used.
 */
import type { WindowReport } from '../../src/contracts/usage.ts';
import { type Bricks, between, container, ordinary, pod, regular, withGap } from './build.ts';
import { having, isCpu, isNetwork, isRequest, isStart, minute, type Through, without } from './mess-kit.ts';
import { type Case, type Container, hourMs, minuteMs, type Target, type TargetKind } from './model.ts';
import { counters, type Field, fullTruth, gauges, itemsOf } from './truth.ts';

/** Above the truth at most so much, as a part of it; with a flag, so much. */
export const overMax = 0.001;
export const overMaxFlagged = 0.02;

const hours = 3;
const scrapeMs = minuteMs;
/** The first minutes are quiet, so that the base of every counter is known to be at most a scrape old. */
const quietMinutes = 10;

type Trouble = (b: Bricks, day: Case) => Case;

const at = (b: Bricks): number => Math.floor(between(b, quietMinutes, hours * 60 - 5));
const oneOf = <T>(b: Bricks, all: T[]): T => all[Math.floor(b.random() * all.length)] as T;
const isNodes = (t: Target): boolean => t.kind === 'cadvisor';

/** Adds to what becomes of samples. */
const also = (day: Case, kinds: TargetKind[], through: Through): Case => ({
  ...day,
  targets: day.targets.map((t) => {
    const { through: before } = t;
    if (!kinds.includes(t.kind)) return t;
    return { ...t, through: (s) => (before?.(s) ?? [s]).flatMap(through) };
  }),
});

const drops: Trouble = (b, day) => {
  const part = between(b, 0.02, 0.3);
  const lacking = new Map<number, boolean>();
  return also(day, [oneOf(b, ['cadvisor', 'ingress', 'podlist'])], (s) => {
    if (!lacking.has(s.atMs)) lacking.set(s.atMs, b.random() < part);
    return minute(b, s) >= quietMinutes && (s.labels['pod'] || isRequest(s)) && lacking.get(s.atMs) ? [] : [s];
  });
};
const gap: Trouble = (b, day) => {
  const [from, failed] = [b.fromMs + at(b) * minuteMs, b.random() < 0.5];
  const to = from + between(b, 2, 40) * minuteMs;
  const kind = oneOf<TargetKind>(b, ['cadvisor', 'kubelet', 'ingress', 'podlist']);
  return { ...day, targets: day.targets.map((t) => (t.kind === kind ? withGap(t, from, to, failed) : t)) };
};
const dips: Trouble = (b, day) => {
  const [when, low, meant] = [at(b), b.random() < 0.5 ? 0 : b.random() / 2, oneOf(b, [isCpu, isNetwork, isRequest])];
  return also(day, ['cadvisor', 'ingress'], (s) =>
    meant(s) && minute(b, s) === when ? [{ ...s, value: Math.floor(s.value * low) }] : [s],
  );
};
const secondAgent: Trouble = (b, day) => {
  const every = Math.floor(between(b, 3, 20));
  return also(day, ['cadvisor'], (s) =>
    isCpu(s) && minute(b, s) % every === 1 ? [s, { ...s, atMs: s.atMs + 60, value: Math.max(0, s.value - 0.02) }] : [s],
  );
};
const nested: Trouble = (b, day) => {
  const [from, before] = [b.random() < 0.5 ? -999 : at(b), oneOf(b, ['/docker/f6', '/system.slice', '/k3s'])];
  return also(day, ['cadvisor'], (s) =>
    s.labels['id'] && minute(b, s) >= from ? [s, having(s, { id: `${before}${s.labels['id']}` })] : [s],
  );
};
const dropsLabels: Trouble = (b, day) => {
  const [from, names] = [at(b), oneOf(b, [['id', 'name'], ['path'], ['host', 'method'], ['cpu']])];
  return also(day, ['cadvisor', 'ingress'], (s) => [minute(b, s) >= from ? without(s, ...names) : s]);
};
const renames: Trouble = (b, day) => {
  const when = b.fromMs + at(b) * minuteMs;
  const kind = oneOf<TargetKind>(b, ['cadvisor', 'ingress']);
  const job = kind === 'cadvisor' ? 'kubernetes-nodes-cadvisor' : 'nginx';
  const targets = day.targets.flatMap((t) =>
    t.kind === kind
      ? [
          { ...t, good: t.good.filter((g) => g <= when), failed: t.failed.filter((g) => g <= when) },
          {
            ...t,
            good: t.good.filter((g) => g > when),
            failed: t.failed.filter((g) => g > when),
            labels: { ...t.labels, job, instance: `renamed-${t.of}` },
          },
        ]
      : [t],
  );
  return { ...day, targets };
};
const restarts: Trouble = (b, day) => {
  const named = b.random() < 0.5;
  const lives: Container[] = [];
  for (let t = b.fromMs - 2 * hourMs; t < b.toMs; ) {
    const end = t + between(b, 4, 90) * minuteMs;
    const { id, ...life } = container(b, 'app', t, end);
    lives.push(named && id ? { ...life, id } : life);
    t = end + between(b, 1, 50) * 1000;
  }
  return { ...day, pods: day.pods.map((p, i) => (i === 0 ? { ...p, containers: lives } : p)) };
};
const comings: Trouble = (b, day) => {
  const node = day.pods[0]?.node ?? '';
  const more = Array.from({ length: 4 }, () => {
    const startMs = b.fromMs + between(b, 12, 170) * minuteMs;
    return pod(b, 'worker', node, startMs, startMs + between(b, 2, 40) * minuteMs);
  });
  return { ...day, pods: [...day.pods, ...more] };
};
const skew: Trouble = (b, day) => {
  const stampLagMs = Math.floor(between(b, -20_000, 20_000));
  return { ...day, targets: day.targets.map((t) => (isNodes(t) ? { ...t, stampLagMs } : t)) };
};
const replica: Trouble = (b, day) => {
  const named = (t: Target, name: string): Target => ({ ...t, labels: { ...t.labels, prometheus_replica: name } });
  const offset = Math.floor(between(b, 1000, 50_000));
  const targets = day.targets.flatMap((t) => [
    named(t, 'a'),
    { ...named(t, 'b'), good: regular(b, offset), failed: [] },
  ]);
  return { ...day, targets };
};
const noStarts: Trouble = (_, day) => also(day, ['cadvisor'], (s) => (isStart(s) ? [] : [s]));
const noList: Trouble = (_, day) => ({
  ...day,
  targets: day.targets.filter((t) => t.kind !== 'podlist'),
  env: { HOST_NETWORK: 'none' },
});

const troubles: Record<string, Trouble> = {
  drops,
  gap,
  dips,
  secondAgent,
  nested,
  dropsLabels,
  renames,
  restarts,
  comings,
  skew,
  replica,
  noStarts,
  noList,
};

export interface FuzzedDay {
  day: Case;
  troubles: string[];
}

/** One day of one to four troubles, by its number. */
export function fuzzedDay(number: number, fromMs: number, random: () => number): FuzzedDay {
  const b: Bricks = { fromMs, toMs: fromMs + hours * hourMs, scrapeMs, random };
  const names = Object.keys(troubles);
  const chosen = [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => oneOf(b, names)))];
  const plain = ordinary(b, `fuzz-${number}`);
  const day = chosen.reduce((so, name) => troubles[name]?.(b, so) ?? so, plain);
  return { day, troubles: chosen };
}

/** The worst field of a day: how far above the truth its reports are, as a part of it; below 0 is less. */
export function worstOf({ day }: FuzzedDay, reports: WindowReport[]): { field: Field; over: number; flagged: boolean } {
  const items = itemsOf(day);
  const flagged = reports.some((r) => !r.complete);
  const all = [...counters, ...gauges].map((field) => {
    const measured = reports.reduce((sum, r) => sum + (r[field] ?? 0), 0);
    return {
      field,
      over: (measured - mostOf(field, items, reports)) / Math.max(mostOf(field, items, reports), 1e-9),
      flagged,
    };
  });
  return all.toSorted((a, b) => b.over - a.over)[0] ?? { field: 'cpu_hours', over: 0, flagged };
}

/** What can have been seen of a day: all of it and what lies between it and the scrape before; a gauge's ends. */
function mostOf(field: Field, items: ReturnType<typeof itemsOf>, reports: WindowReport[]): number {
  const beforeMs = scrapeMs * 1.5;
  const starts = reports.map((r) => Date.parse(r.window_start ?? ''));
  const truth = starts.reduce((sum, startMs) => sum + fullTruth(items, startMs)[field], 0);
  const first = Math.min(...starts);
  if (counters.includes(field)) {
    const earlier =
      fullTruth(items, first - hourMs)[field] - fullTruth(items, first - hourMs, hourMs - beforeMs)[field];
    return truth + earlier;
  }
  // The end of each life is held until the next scrape: on average that evens out, in one day it need not.
  const lives = items.filter(
    (i) => i.field === field && i.endMs > first && i.startMs < first + reports.length * hourMs,
  );
  return truth + lives.reduce((sum, i) => sum + (i.wave.base * i.scale * beforeMs) / 1000, 0);
}
