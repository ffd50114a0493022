/**
 * kill -9 of one part of Tenantry. Owns the plan (which part, at which moment; the same seed gives the same plan) and
 * finding the part at its moment. What becomes of the work is for others to see.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { queueStats } from '../../src/contracts/queue.ts';
import { programOf } from '../../test/harness/processes.ts';
import { callApi } from './api.ts';
import type { HelmLog } from './helm-log.ts';
import type { KeptPlatform } from './kept-platform.ts';
import { seeded } from './random.ts';

export const victims = ['platform', 'workerd', 'provisioner', 'helm'] as const;
export type Victim = (typeof victims)[number];

export type Kill = {
  victim: Victim;
  /** Wait before anything else. */
  afterMs: number;
  /** Strike while a job runs; otherwise wherever things are, in the middle of a sign-up perhaps. */
  atWork: boolean;
  /** Further wait from the moment that a job (or helm) is seen at work, so that it is struck anywhere in its course. */
  intoWorkMs: number;
};

const PAUSE_MS_MAX = 2_000;
/** A job takes some 1.5 s from its lease to its result, a helm upgrade about 1 s of that. */
const INTO_JOB_MS_MAX = 1_500;
const INTO_HELM_MS_MAX = 500;
/** Most are aimed at work: a platform that idles loses nothing. */
const AT_WORK_SHARE = 0.75;
/** Longer than a lost lease takes to run out, which may be the only work that is left. */
const FIND_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 20;
/** A run is over in three seconds; who has seen none for so long has missed it. */
const GIVE_WORK_EVERY_MS = 10_000;

const programs = { workerd: /workerd.* serve /, provisioner: /provisioner\/main\.ts/ };

/** As many kills of every kind (± 1), in an order and at moments that the seed decides. */
export function planKills(count: number, seed: number): Kill[] {
  const random = seeded(seed);
  const kinds = Array.from({ length: count }, (_, n) => victims[n % victims.length] ?? 'platform');
  return random.shuffled(kinds).map((victim) => ({
    victim,
    afterMs: Math.round(random.fraction() * PAUSE_MS_MAX),
    atWork: victim === 'helm' || random.fraction() < AT_WORK_SHARE,
    intoWorkMs: Math.round(random.fraction() * (victim === 'helm' ? INTO_HELM_MS_MAX : INTO_JOB_MS_MAX)),
  }));
}

/**
 * Looks until there is something. Throws when there never is.
 * @param giveWork called now and then while there is nothing: work that was there may have ended before it was seen
 */
async function found<T>(look: () => Promise<T | null> | T | null, what: string, giveWork = () => {}): Promise<T> {
  const deadline = Date.now() + FIND_WITHIN_MS;
  let givenMs = Date.now();
  for (;;) {
    const value = await look();
    if (value !== null) return value;
    if (Date.now() > deadline) throw new Error(`there was no ${what} within ${FIND_WITHIN_MS / 1000} s`);
    if (Date.now() - givenMs > GIVE_WORK_EVERY_MS) {
      giveWork();
      givenMs = Date.now();
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Whether a job is leased; null when not, and when nobody answers. */
async function jobAtWork(platform: KeptPlatform): Promise<true | null> {
  try {
    const { body } = await callApi(platform.api, 'GET', '/api/queue/stats');
    return queueStats.parse(body).active > 0 ? true : null;
  } catch {
    return null;
  }
}

/** A helm that is itself alive, not the shell before it, `intoWorkMs` after its start. */
function helmAtWork(log: HelmLog, intoWorkMs: number): number | null {
  const alive = log.runs().filter((run) => run.endedMs === null && /(^|\/)helm /.test(programOf(run.pid) ?? ''));
  return alive.find((run) => Date.now() - run.startedMs >= intoWorkMs)?.pid ?? null;
}

async function victimOf(
  { victim, intoWorkMs }: Kill,
  platform: KeptPlatform,
  helm: HelmLog,
  giveWork: () => void,
): Promise<number> {
  switch (victim) {
    case 'platform':
      return platform.current().pid;
    case 'helm':
      return await found(() => helmAtWork(helm, intoWorkMs), 'helm at work', giveWork);
    case 'workerd':
    case 'provisioner':
      return await found(() => platform.pidOf(programs[victim]), victim);
  }
}

/**
 * Carries out one kill; a platform that was killed is up again when this resolves. Answers what it did, in a line.
 * @param giveWork makes work for a job, where none is left to strike
 */
export async function strike(kill: Kill, platform: KeptPlatform, helm: HelmLog, giveWork: () => void): Promise<string> {
  await sleep(kill.afterMs);
  if (kill.atWork && kill.victim !== 'helm') {
    await found(() => jobAtWork(platform), 'job at work', giveWork);
    await sleep(kill.intoWorkMs);
  }
  const pid = await victimOf(kill, platform, helm, giveWork);
  if (kill.victim === 'platform') await platform.killAndRestart();
  else process.kill(pid, 'SIGKILL');
  const moment = kill.atWork
    ? `${kill.intoWorkMs} ms into ${kill.victim === 'helm' ? 'its run' : 'a job'}`
    : 'anywhere';
  return `${kill.victim} ${pid}, ${moment}`;
}
