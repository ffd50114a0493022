/**
 * Takes work: rings from the queue, `next` from the API, jobs into free slots. Owns when to ask and how to go on after an
 * outage; it holds no state that matters, so that a killed provisioner costs only the leases it held.
 *
 * Asked without a ring: at start, after every job until there is none, after an outage, and every `askEveryMs`, so that
 * a lost ring or a queue that is down delays work and loses none.
 */

import { backoffMs } from '../src/lib/backoff.ts';
import type { Result } from '../src/lib/result.ts';
import { type Monotonic, sleep } from './clock.ts';
import type { Claim, ControlPlane, NextAnswer } from './control-plane.ts';
import type { Doorbell } from './doorbell.ts';
import type { Outage } from './outage.ts';

export type LoopDeps = {
  api: ControlPlane;
  bell: Doorbell;
  /** Whether the cluster can be worked on; nothing is claimed while it can't. */
  ready: () => Promise<Result<void, string>>;
  /** Runs a job to its end; never throws. */
  run: (claim: Claim) => Promise<unknown>;
  outages: { api: Outage; queue: Outage; cluster: Outage };
  /** Told with every step: the loop lives, and will be heard of again after at most `waitMs` beside its calls. */
  beat: (waitMs: number) => void;
  concurrency: number;
  now: Monotonic;
  /** 0 ≤ x < 1 */
  fraction: () => number;
  timing?: Partial<Timing>;
};

type Timing = { idleFirstMs: number; idleMaxMs: number; retryFirstMs: number; retryMaxMs: number; askEveryMs: number };

/** Idle polls: half a second after work, four when quiet (some 20,000 pulls a day). Outages: up to half a minute. */
const defaults: Timing = {
  idleFirstMs: 500,
  idleMaxMs: 4_000,
  retryFirstMs: 500,
  retryMaxMs: 30_000,
  askEveryMs: 20_000,
};
const jitter = 0.25;

/** What a turn found: how long to wait before the next one follows from it. */
type Turn = 'work' | 'idle' | 'down' | 'full';

/** Runs until `stop` is raised, then until the jobs at hand have ended. */
export async function takeWork(deps: LoopDeps, stop: AbortSignal): Promise<void> {
  const timing = { ...defaults, ...deps.timing };
  const running = new Set<Promise<void>>();
  let asked: number | null = null;
  let quiet = 0;
  /** How long the API asked to be left alone when it last could not answer, ms. */
  let askedMs = 0;

  async function ask(): Promise<NextAnswer> {
    const answer = await deps.api.next();
    if (answer.kind === 'unavailable') {
      deps.outages.api.down(answer.reason);
      asked = null;
      askedMs = answer.retryAfterMs;
    } else {
      deps.outages.api.up();
      askedMs = 0;
    }
    return answer;
  }

  /** Asks the API once; a job goes into a slot. */
  async function claim(): Promise<'job' | 'none' | 'unavailable'> {
    deps.beat(0);
    const answer = await ask();
    if (answer.kind === 'none') asked = deps.now();
    if (answer.kind !== 'job') return answer.kind;
    const slot = runAndAskOn(answer.claim).finally(() => running.delete(slot));
    running.add(slot);
    return 'job';
  }

  /** A slot works on while there is work: nobody has to ring for what was queued behind a job. */
  async function runAndAskOn(first: Claim): Promise<void> {
    let current: Claim | null = first;
    while (current !== null) {
      await deps.run(current);
      current = null;
      if (stop.aborted || !(await isReady())) return;
      const answer = await ask();
      if (answer.kind === 'job') current = answer.claim;
    }
  }

  async function isReady(): Promise<boolean> {
    const answer = await deps.ready();
    if (answer.ok) deps.outages.cluster.up();
    else deps.outages.cluster.down(answer.error);
    return answer.ok;
  }

  async function turn(): Promise<Turn> {
    deps.beat(0);
    const free = deps.concurrency - running.size;
    if (free <= 0) return 'full';
    if (!(await isReady())) return 'down';
    if (asked === null || deps.now() - asked >= timing.askEveryMs) {
      const answer = await claim();
      if (answer !== 'none') return answer === 'job' ? 'work' : 'down';
    }
    const rung = await deps.bell.pull(free);
    if (rung.kind === 'unavailable') {
      deps.outages.queue.down(rung.reason);
      // Without rings we ask, at the pace of the retries.
      asked = null;
      return 'down';
    }
    deps.outages.queue.up();
    return rung.leaseIds.length === 0 ? 'idle' : answerRings(rung.leaseIds);
  }

  /**
   * One question per ring, then its ack, work or none; rings that could not be asked about come again by themselves. Where the API has
   * nothing, it has nothing for those either that were pulled before it was asked.
   */
  async function answerRings(leaseIds: string[]): Promise<Turn> {
    const answered: string[] = [];
    for (const leaseId of leaseIds) {
      const answer = stop.aborted ? 'unavailable' : await claim();
      if (answer === 'unavailable') break;
      if (answer === 'none') {
        await deps.bell.ack(leaseIds);
        return 'work';
      }
      answered.push(leaseId);
    }
    if (answered.length > 0) await deps.bell.ack(answered);
    return answered.length === leaseIds.length ? 'work' : 'down';
  }

  while (!stop.aborted) {
    const found = await turn();
    if (found === 'full') {
      deps.beat(timing.askEveryMs);
      await Promise.race([...running, sleep(timing.askEveryMs, stop)]);
      continue;
    }
    quiet = found === 'work' ? 0 : quiet + 1;
    if (found === 'work') continue;
    const [baseMs, maxMs] =
      found === 'idle' ? [timing.idleFirstMs, timing.idleMaxMs] : [timing.retryFirstMs, timing.retryMaxMs];
    const waitMs = backoffMs(quiet, { baseMs, maxMs, jitter }, deps.fraction(), found === 'idle' ? 0 : askedMs);
    deps.beat(waitMs);
    await sleep(waitMs, stop);
  }
  await Promise.allSettled(running);
}
