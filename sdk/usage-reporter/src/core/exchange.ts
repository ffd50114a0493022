/**
 * What goes between the book and the API: the cursor first, then reports, one call at a time. After a failure it waits, longer
 * each time and never the same, or as long as the API asks; time is what has really passed.
 */
import { type ApiFailure, apiOf } from './api.ts';
import { backoffMs } from './backoff.ts';
import type { Book } from './book.ts';
import type { Closing } from './closing.ts';
import type { UsageReport } from './report.ts';
import { createSender, type Sent } from './sender.ts';
import type { Settings } from './settings.ts';

/** The API's clock, and whether the reporter has an end, is asked for so often; and when the clocks differ. */
const learnAgainMs = 3_600_000;
const learnWhenAheadMs = 60_000;

export interface Exchange {
  /** Makes the calls that are due, one after the other; over when they are answered. */
  work(): Promise<void>;
  /** Some windows have been closed: they are sent soon, not all instances' at one moment. */
  sendSoon(): void;
  /** The wall clock is ahead of what the API's clock was thought to be. */
  askTime(): void;
  /** Sends at once what has not failed. */
  hurry(): void;
  state(): { learned: boolean; accepted: number; lastAcceptedMs: number | null; trouble: string | null };
}

export function createExchange(settings: Settings, book: Book, closing: Closing): Exchange {
  const { clock, random, tell } = settings;
  const api = apiOf({
    ...settings.identity,
    url: settings.apiUrl,
    key: settings.key,
    fetch: settings.fetch,
    timeoutMs: settings.timeoutMs,
  });
  const sender = createSender(api);
  let failures = 0;
  let dueAt = 0;
  let learnedAt: number | null = null;
  let wantsTime = false;
  let accepted = 0;
  let lastAcceptedMs: number | null = null;
  let trouble: string | null = null;
  const toldIgnored = new Set<string>();

  const fail = ({ message, retryAfterMs }: ApiFailure): void => {
    failures++;
    const waitMs = backoffMs(failures, random(), retryAfterMs ?? 0);
    dueAt = clock.monotonic() + waitMs;
    trouble = message;
    tell(failures === 1 ? 'warn' : 'info', message, { attempt: failures, retry_ms: waitMs });
  };

  const succeed = (): void => {
    if (failures > 0) dueAt = clock.monotonic();
    failures = 0;
    trouble = null;
  };

  const learn = async (): Promise<void> => {
    const answer = await api.cursor();
    if (!answer.ok) return fail(answer.failure);
    succeed();
    closing.learn(answer.value, learnedAt === null);
    learnedAt = clock.monotonic();
    wantsTime = false;
  };

  const isDue = (): boolean => clock.monotonic() >= dueAt;
  const isTimeToLearn = (): boolean =>
    clock.monotonic() - (learnedAt ?? 0) >= (wantsTime ? learnWhenAheadMs : learnAgainMs);

  const waiting = (): UsageReport[] =>
    [...book.ledger.pending]
      .filter(([startMs]) => book.isDurable(startMs))
      .sort(([a], [b]) => a - b)
      .map(([, report]) => report);

  const settle = ({ accepted: taken, refused, postponed, ignored }: Sent): void => {
    for (const report of taken) book.record({ kind: 'settled', startMs: Date.parse(report.window_start) });
    for (const { report, code } of refused) {
      book.record({ kind: 'refused', startMs: Date.parse(report.window_start), refused: { code, report } });
      tell('error', 'A report was refused for good', { code, window_start: report.window_start });
    }
    for (const field of ignored.filter((one) => !toldIgnored.has(one))) {
      toldIgnored.add(field);
      tell('warn', 'A field does not count: another reporter has it, or the API does not know it', { field });
    }
    accepted += taken.length;
    if (taken.length > 0) lastAcceptedMs = clock.now();
    if (postponed > 0) fail({ status: null, message: `${postponed} reports are refused for now`, retryAfterMs: null });
    else succeed();
  };

  const send = async (reports: UsageReport[]): Promise<void> => {
    const answer = await sender.send(reports);
    if (answer.ok) settle(answer.sent);
    else fail(answer.failure);
  };

  return {
    work: async () => {
      if (!isDue()) return;
      if (learnedAt === null) await learn();
      const reports = waiting();
      // Nothing is sent before the cursor is known; afterwards a cursor that cannot be had holds up no report.
      if (learnedAt !== null && isDue() && reports.length > 0) await send(reports);
      if (learnedAt !== null && isDue() && isTimeToLearn()) await learn();
    },
    sendSoon: () => {
      if (failures === 0) dueAt = Math.max(dueAt, clock.monotonic() + random() * settings.spreadMs);
    },
    askTime: () => {
      wantsTime = true;
    },
    hurry: () => {
      if (failures === 0) dueAt = 0;
    },
    state: () => ({ learned: learnedAt !== null, accepted, lastAcceptedMs, trouble }),
  };
}
