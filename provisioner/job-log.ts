/**
 * The lines of one job's run on their way to the queue console: numbered, in small batches, one call at a time. Best effort:
 * an API that is away costs lines and never a run. Of more lines than can wait the oldest go, and a line says so.
 */
import { type LogLevel, type LogLine, logLineCharsMax, logLinesPerCall } from '../src/contracts/jobs.ts';
import { toOneLine } from '../src/lib/text.ts';
import { type Monotonic, sleep } from './clock.ts';
import type { Answer } from './control-plane.ts';
import { redact } from './redact.ts';

/** Lines are gathered for a second, so that a run is some ten calls; the pause follows a call that the API did not decide. */
const defaults = { gatherMs: 1_000, pauseMs: 5_000 };
/** Lines that may wait while the API is away. */
const waitingMax = 500;

export type JobLogDeps = {
  /** One call of POST …/logs. */
  send: (lines: LogLine[]) => Promise<Answer>;
  now: Monotonic;
  /** When the lease was asked for, on our clock, and the API's time by then. */
  sentAt: number;
  serverTime: string;
  timing?: Partial<typeof defaults>;
};

export type JobLog = {
  /** Adds a line; a repetition of the line before adds nothing. */
  say(level: LogLevel, line: string): void;
  /** Sends what waits, for at most `ms`; nothing is sent afterwards. 0: what waits is dropped. */
  close(ms: number): Promise<void>;
};

const cut = (text: string): string =>
  text.length <= logLineCharsMax ? text : `${text.slice(0, logLineCharsMax - 1)}…`.toWellFormed();

export function jobLog({ send, now, sentAt, serverTime, timing }: JobLogDeps): JobLog {
  const { gatherMs, pauseMs } = { ...defaults, ...timing };
  const begun = Date.parse(serverTime);
  const waiting: LogLine[] = [];
  const closing = new AbortController();
  let number = 0;
  let last = '';
  let dropped = 0;
  let sending: Promise<void> | null = null;
  let refused = false;

  const made = (level: LogLevel, line: string): LogLine => ({
    number: ++number,
    at: new Date((Number.isFinite(begun) ? begun : 0) + Math.round(now() - sentAt)).toISOString(),
    level,
    line: cut(line),
  });

  /** The lines of the next call. They go out unchanged until the API has decided about them: their numbers are taken. */
  function take(): LogLine[] {
    if (dropped > 0 && waiting.length > 0) {
      const [first] = waiting;
      if (first)
        waiting[0] = {
          ...first,
          level: 'warn',
          line: cut(`${dropped} lines before this one were lost: ${first.line}`),
        };
      dropped = 0;
    }
    return waiting.splice(0, logLinesPerCall);
  }

  async function drain(): Promise<void> {
    await sleep(gatherMs, closing.signal);
    let batch = take();
    while (batch.length > 0 && !refused) {
      const answer = await send(batch);
      // An API that knows no logs, or another lease by now: nothing of this run is wanted any more.
      if (answer.kind === 'refused') refused = true;
      if (answer.kind === 'unavailable') {
        if (closing.signal.aborted) break;
        await sleep(Math.max(pauseMs, answer.retryAfterMs), closing.signal);
        continue;
      }
      batch = take();
    }
    sending = null;
  }

  return {
    say(level, line) {
      const text = redact(toOneLine(line).replace(/\s+/g, ' '));
      if (refused || closing.signal.aborted || text === '' || text === last) return;
      last = text;
      waiting.push(made(level, text));
      if (waiting.length > waitingMax) {
        waiting.shift();
        dropped += 1;
      }
      sending ??= drain();
    },
    async close(ms) {
      refused ||= ms === 0;
      closing.abort();
      if (sending !== null) await Promise.race([sending, sleep(ms)]);
      refused = true;
    },
  };
}
