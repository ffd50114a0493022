/**
 * Plays the demo on an empty platform whose clock shows the story's start: every third day to its end, each thing at its time. Made
 * of calls to the API and of moving the clock; the clock stands while something is done, so that the same story has the same
 * numbers. Owns the order of things.
 */
import { readQueueStats } from '../../src/contracts/routes/queue.ts';
import { ceilTo, dayMs, floorTo, hourMs, iso, minuteMs } from '../../src/lib/time.ts';
import type { DemoApi } from './api.ts';
import { deadlineMs, type Moment, settlesMs } from './life.ts';
import { doer, type People } from './people.ts';
import { sellByTheYear } from './plans.ts';
import type { Story } from './story.ts';
import { leaveAtWork, stageTroubles } from './troubles.ts';
import { type Sender, usageSender } from './usage.ts';

export type Played = { people: People; windows: number };

/**
 * Deployments are made when nothing else happens in this time: then the clock runs for as long as that takes. Who has joined is deployed
 * before the first of its hours is over, which its reporter would not own otherwise.
 */
const quietMs = 20 * minuteMs;
/** What is staged at the end takes so much of the story's time: a little less, so that what is delayed then stays so. */
const troublesMs = 12 * minuteMs;
/** Cron looks at the story at each of its moments, and as often besides: a day in which nothing is told is like the one before. */
const lookEveryMs = 3 * dayMs;
/** By their place in the cast. */
const troubled = { failed: 19, delayed: 23, atWork: 22, review: 6 };
const reviewFactor = 0.5;

/** Runs the clock until every deployment is as it should be. */
async function deploy(api: DemoApi): Promise<void> {
  await api.clock({ hold: false });
  await api.until('deploying', async () => {
    const { waiting, active, delayed } = await api.admin(readQueueStats, {});
    return waiting + active + delayed === 0;
  });
}

/** The hour in which a stack was stopped is reported at its end, as its exporter would. */
const lastReports = (moments: readonly Moment[]): number[] =>
  moments.filter(({ deed }) => deed === 'leave' || deed === 'stop').map(({ at }) => ceilTo(at, hourMs));

/** What is bought, paid or paused comes here from Stripe. */
const isAtStripe = ({ deed }: Moment): boolean => deed === 'buy' || deed === 'pay' || deed === 'pause';

/** The edges of every third day and the moments of the story, in order, each with what is done at it. */
function timetable({ from, until, moments, corrections, dues }: Story, end: number) {
  const told = [...moments, ...corrections, ...dues].map(({ at }) => at);
  // Usage of a period that is to be billed is stored first; what is not whole is billed without the rest at its deadline.
  const stored = [...lastReports(moments), ...dues.map(({ at }) => at)];
  const billed = dues.flatMap(({ at, isWhole }) => [at + settlesMs, ...(isWhole ? [] : [at + deadlineMs])]);
  const paid = [...billed, ...moments.filter(isAtStripe).map(({ at }) => at)];
  const times = new Set([...told, ...stored, ...billed]);
  for (let day = floorTo(from, dayMs) + lookEveryMs; day <= end; day += lookEveryMs) times.add(day);
  const sorted = [...times].filter((at) => at > from && at <= Math.min(end, until)).sort((a, b) => a - b);
  return sorted.map((at, i) => ({
    at,
    moments: moments.filter((moment) => moment.at === at),
    corrections: corrections.filter((correction) => correction.at === at),
    isStored: stored.includes(at),
    isPaid: paid.includes(at),
    isQuiet: (sorted[i + 1] ?? end) - at > quietMs,
  }));
}

/**
 * @param onShare told how much is done, 0 to 1
 * @param arrivesAt where the clock stands at the end: the story's, or later where playing it took its time
 */
export async function play(
  api: DemoApi,
  story: Story,
  onShare: (share: number) => void,
  arrivesAt: () => number = () => story.until,
): Promise<Played> {
  const people: People = new Map();
  await api.clock({ hold: true });
  if (story.sellsByTheYear) await sellByTheYear(api);
  const act = await doer(api, people);
  const sender = await usageSender(api, story, people);
  const end = story.until - troublesMs;
  let reported = story.from;
  let toDeploy = false;
  for (const { at, moments, corrections, isStored, isPaid, isQuiet } of timetable(story, end)) {
    await api.clock({ to: iso(at), step: 'week', hold: true });
    await sender.hours(reported, at);
    reported = at;
    onShare((at - story.from) / (story.until - story.from));
    // A stack's drain ends when its last window is stored, or with the next tick without it.
    if (isStored) await sender.stored(at);
    for (const correction of corrections) await sender.again(correction);
    for (const { deed, member } of moments) await act(deed, member);
    if (isPaid) await api.told();
    toDeploy ||= deploys(moments);
    if (toDeploy && isQuiet) {
      await deploy(api);
      toDeploy = false;
    }
  }
  await finish(api, story, { people, sender, reported, arrival: Math.max(story.until, arrivesAt()) });
  onShare(1);
  return { people, windows: sender.sent() };
}

const deploys = (moments: readonly Moment[]): boolean => moments.some(({ deed }) => deed === 'join');

/** The last hours, and what an operator finds. */
async function finish(
  api: DemoApi,
  story: Story,
  { people, sender, reported, arrival }: { people: People; sender: Sender; reported: number; arrival: number },
): Promise<void> {
  const { until } = story;
  const idOf = (number: number): string | undefined => people.get(number)?.customerId;
  const shown = await api.clock({ hold: true });
  await api.clock({ to: iso(Math.max(arrival - troublesMs, shown)), hold: true });
  await deploy(api);
  const at = await api.clock({ hold: true });
  const [failed, delayed, atWork] = [idOf(troubled.failed), idOf(troubled.delayed), idOf(troubled.atWork)];
  if (failed !== undefined && delayed !== undefined) await stageTroubles(api, { failed, delayed });
  const review = people.get(troubled.review)?.member;
  await api.clock({ to: iso(Math.max(arrival, at)), hold: true });
  const last = floorTo(until, hourMs);
  await sender.hours(reported, last);
  if (review)
    await sender.again({
      member: review,
      from: last - 3 * hourMs,
      to: last - 2 * hourMs,
      at: until,
      factor: reviewFactor,
    });
  await sender.stored(last);
  if (atWork !== undefined) await leaveAtWork(api, atWork);
}
