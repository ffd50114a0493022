/**
 * Reports on a bad day: repeated, shuffled, their acknowledgements lost, workerd killed in between; then what is stored,
 * window by window. The story that the figure `deliveries` and its journey test share.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepPlatform } from '../kept-platform.ts';
import { type Seeded, seeded } from '../random.ts';
import { reportAt, type Target } from './reports.ts';
import { LIMITS_OFF, makeTarget, TARGET_REPORTS, untilStored } from './target.ts';

export type DeliveriesOptions = { reports: number; kills: number; seed: number; log: (line: string) => void };

export type DeliveriesResult = {
  reports: number;
  sent: number;
  repeats: number;
  acks_lost: number;
  calls_failed: number;
  workerd_kills: number;
  stored: number;
  lost: number;
  unexpected: number;
  doubled: number;
  wrong: number;
  seconds: number;
};

const REPEATED_SHARE = 0.2;
const LOST_ACKS_SHARE = 0.1;
const BATCH = 100;
const CONNECTIONS = 4;
const CALL_TIMEOUT_MS = 20_000;
const PAUSE_MS = 200;
const KILL_PAUSE_MS_MAX = 1500;
const CSV_DAYS = 20;
const DAY_MS = 86_400_000;

type Batch = { key: string; body: string };
type Tally = Pick<DeliveriesResult, 'sent' | 'acks_lost' | 'calls_failed'>;

/** Sends a batch until its answer has come through; one answer in ten is lost on the way back. */
async function sendUntilHeard(url: string, batch: Batch, random: Seeded, tally: Tally): Promise<void> {
  for (;;) {
    tally.sent += BATCH;
    try {
      const answer = await fetch(new URL('/api/usage/batch', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${batch.key}`, 'content-type': 'application/json' },
        body: batch.body,
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const { rejected } = (await answer.json()) as { rejected?: number };
      if (answer.status === 202 && rejected === 0) {
        if (random.fraction() >= LOST_ACKS_SHARE) return;
        tally.acks_lost += 1;
        continue;
      }
      if (answer.status < 500) throw new Error(`a good batch was answered with ${answer.status}`, { cause: 'refused' });
    } catch (error) {
      if ((error as Error).cause === 'refused') throw error;
    }
    tally.calls_failed += 1;
    await sleep(PAUSE_MS);
  }
}

/** Every stored window of a target as `namespace end requests`, read as files. */
async function storedWindows(url: string, token: string, target: Target): Promise<string[]> {
  const lines: string[] = [];
  for (let from = target.from; from < Date.now() + DAY_MS; from += CSV_DAYS * DAY_MS) {
    const range = `from=${new Date(from).toISOString()}&to=${new Date(from + CSV_DAYS * DAY_MS).toISOString()}`;
    const path = `/api/usage/${target.customerId}?granularity=window&format=csv&${range}`;
    const answer = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } });
    const [head = '', ...rows] = (await answer.text()).trimEnd().split('\r\n');
    const names = head.split(',');
    const columns = ['namespace', 'window_end', 'http_requests'].map((name) => names.indexOf(name));
    for (const row of rows) {
      const cells = row.split(',');
      lines.push(columns.map((c) => cells[c]).join(' '));
    }
  }
  return lines;
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** What should be stored against what is. */
function compare(expected: readonly string[], found: readonly string[]) {
  const keyOf = (line: string) => line.slice(0, line.lastIndexOf(' '));
  const wanted = new Set(expected.map(keyOf));
  const exact = new Set(expected);
  const keys = found.map(keyOf);
  const distinct = new Set(keys);
  return {
    stored: found.length,
    lost: [...wanted].filter((key) => !distinct.has(key)).length,
    unexpected: keys.filter((key) => !wanted.has(key)).length,
    doubled: keys.length - distinct.size,
    wrong: found.filter((line) => wanted.has(keyOf(line)) && !exact.has(line)).length,
  };
}

/** Runs it on a platform of its own and ends what it started. */
export async function deliveries(options: DeliveriesOptions): Promise<DeliveriesResult> {
  const started = Date.now();
  const random = seeded(options.seed);
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-deliveries-'));
  const platform = await keepPlatform(dataDir, LIMITS_OFF);
  try {
    const counts = cut(Array(options.reports).fill(0), TARGET_REPORTS).map((part) => part.length);
    const targets = await Promise.all(counts.map((_, i) => makeTarget(platform.api, `deliveries-${i}`)));
    const batches: Batch[] = [];
    const expected = targets.map(({ target, key }, i) => {
      const all = Array.from({ length: counts[i] ?? 0 }, (_, n) => n);
      const repeated = all.filter(() => random.fraction() < REPEATED_SHARE);
      for (const part of cut(random.shuffled([...all, ...repeated]), BATCH)) {
        batches.push({ key, body: JSON.stringify({ reports: part.map((n) => reportAt(target, n)) }) });
      }
      const reports = all.map((n) => reportAt(target, n));
      return {
        lines: reports.map((r) => `${r.namespace} ${r.window_end} ${r.http_requests}`),
        repeats: repeated.length,
      };
    });
    const tally: Tally = { sent: 0, acks_lost: 0, calls_failed: 0 };
    let kills = 0;
    let sending = true;
    const killing = (async () => {
      while (kills < options.kills) {
        await sleep(random.fraction() * KILL_PAUSE_MS_MAX);
        const pid = platform.pidOf(/workerd.* serve /);
        if (pid === null) continue;
        process.kill(pid, 'SIGKILL');
        kills += 1;
        options.log(
          `workerd killed, ${kills} of ${options.kills}${sending ? ', while reports come in' : ', while they are stored'}`,
        );
      }
    })();
    const queue = random.shuffled(batches);
    const client = async () => {
      for (let batch = queue.pop(); batch; batch = queue.pop())
        await sendUntilHeard(platform.api.url, batch, random, tally);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
    sending = false;
    await killing;
    for (const [i, { target }] of targets.entries()) await untilStored(platform.api, target, counts[i] ?? 0);
    const found: string[] = [];
    for (const { target } of targets)
      found.push(...(await storedWindows(platform.api.url, platform.api.token, target)));
    return {
      reports: options.reports,
      repeats: expected.reduce((t, e) => t + e.repeats, 0),
      ...tally,
      workerd_kills: kills,
      ...compare(
        expected.flatMap((e) => e.lines),
        found,
      ),
      seconds: Math.round((Date.now() - started) / 1000),
    };
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
