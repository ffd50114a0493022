/**
 * Turns windows that are over into reports. A window is over when the wall clock says so, has gone on without a step since,
 * and the API's own clock agrees: so a clock that was put forward by mistake closes nothing, and no report is from the future.
 */
import type { Cursor } from './api.ts';
import type { Book } from './book.ts';
import { type Clock, ceilTo, floorTo, iso } from './clock.ts';
import { noteUnseen, windowAt, windowsBetween } from './ledger.ts';
import { type Identity, reportOf, type UsageReport } from './report.ts';
import type { Timeline } from './timeline.ts';
import { addedSince, hasCounts, mergeInto, type OpenWindow } from './window.ts';

/** The API takes a window for so long after its end. */
export const takenForMs = 62 * 86_400_000;
/** A window is on its way for so long at most, where nothing is wrong. */
const travelsMs = 600_000;

export interface ClosingParts {
  book: Book;
  clock: Clock;
  timeline: Timeline;
  identity: Identity;
  /** When this process began, by the monotonic clock. */
  beganAt: number;
  /** The open windows as the journal had them when this process began. */
  resumed: ReadonlyMap<number, OpenWindow>;
  settleMs: number;
  windowsMax: number;
  tell: (level: 'info' | 'warn' | 'error', message: string, details: Record<string, unknown>) => void;
}

/** Windows beside one another that are not reported. */
interface Left {
  fromMs: number;
  toMs: number;
}

export type Closed = 'none' | 'some' | 'ahead';

export interface Closing {
  /** What the API says of this reporter. @param first of this process */
  learn(cursor: Cursor, first: boolean): void;
  /** Closes what is over. `ahead`: the wall clock says more is over than the API's does. */
  closeDue(): Closed;
}

export function createClosing(parts: ClosingParts): Closing {
  const { book, clock, timeline, identity, windowsMax, tell } = parts;
  const { ledger } = book;
  let known: { cursor: Cursor; at: number } | null = null;

  const serverMs = (): number =>
    known === null ? 0 : Math.floor(known.cursor.serverMs + clock.monotonic() - known.at);

  /** A window that ends before this would be too old when it arrives. */
  const oldestEndMs = (): number => serverMs() + travelsMs - takenForMs;

  const discard = (window: OpenWindow, why: string): void => {
    tell('warn', `A window is not sent: ${why}`, { window_start: iso(window.startMs) });
    book.record({ kind: 'closed', startMs: window.startMs, endMs: window.startMs + ledger.lengthMs, report: null });
  };

  /**
   * From the beginning that the API knows to the first start there is nothing: no journal, or none that was kept. It is said of the
   * windows that the API still takes.
   */
  const noteBeginning = (cursorMs: number, provisionalMs: number): void => {
    const { firstMs, lengthMs } = ledger;
    const toMs = floorTo(firstMs, Math.min(provisionalMs, lengthMs));
    const takenMs = ceilTo(oldestEndMs(), lengthMs) - lengthMs;
    const fromMs = Math.min(Math.max(ceilTo(cursorMs, lengthMs), takenMs), floorTo(firstMs, lengthMs));
    const { sources } = windowAt(ledger, firstMs);
    const windows = windowsBetween(ledger, fromMs, firstMs, windowsMax);
    for (const window of windows)
      for (const source of sources) if (!window.sources.includes(source)) window.sources.push(source);
    if (toMs > fromMs) noteUnseen(windows, lengthMs, sources, { reason: 'not_started', fromMs, toMs });
    for (const window of windows) book.touch(window);
  };

  /**
   * Windows up to the cursor are accounted for, so what the journal brought of them is not sent again: it is an old copy, or
   * somebody else reports as this instance. What this process counted in them, by a clock that is behind, counts in the next one.
   */
  const yieldTo = (cursorMs: number): void => {
    const behind = [...ledger.open.values()].filter((window) => window.startMs < cursorMs);
    for (const window of behind) discard(window, 'it is accounted for already');
    book.record({ kind: 'floor', floorMs: Math.max(ledger.floorMs, cursorMs) });
    const target = windowAt(ledger, cursorMs);
    for (const window of behind) mergeInto(target, addedSince(window, parts.resumed.get(window.startMs)));
    if (behind.length > 0) book.touch(target);
  };

  /** Whether all that this process counted happened after the cursor's beginning, whatever the wall clock said of it. */
  const isAfterBeginning = ({ cursorMs, activeFromMs, serverMs: apiMs }: Cursor): boolean =>
    cursorMs > activeFromMs || apiMs - (clock.monotonic() - parts.beganAt) >= activeFromMs;

  const learn = (cursor: Cursor, first: boolean): void => {
    const isNew = !ledger.learned;
    const before = ledger.lengthMs;
    known = { cursor, at: clock.monotonic() };
    if (isNew || cursor.windowMs !== before) {
      book.record({ kind: 'length', lengthMs: cursor.windowMs, learned: true });
      for (const window of ledger.open.values()) book.touch(window);
    }
    if (first && isAfterBeginning(cursor)) yieldTo(cursor.cursorMs);
    if (isNew) noteBeginning(cursor.cursorMs, before);
  };

  /** @returns the report that it became, null where it became none */
  const close = (window: OpenWindow, { activeFromMs, activeUntilMs }: Cursor): UsageReport | null => {
    const endMs = window.startMs + ledger.lengthMs;
    if (window.startMs < activeFromMs) discard(window, 'it is from before this reporter was active');
    else if (endMs > activeUntilMs) discard(window, 'this reporter has been ended');
    else {
      const report = reportOf(identity, window, ledger.lengthMs, Math.max(endMs, serverMs()));
      book.record({ kind: 'closed', startMs: window.startMs, endMs, report });
      return report;
    }
    return null;
  };

  /** Whether it is too late to say that nothing was seen of a window, or that it was zero; what was counted is sent all the same. */
  const isTooOld = (window: OpenWindow): boolean =>
    window.startMs + ledger.lengthMs < oldestEndMs() && !hasCounts(window);

  /** Closes them in order. Windows that are left out on the way, because they are too old or too many, are one line of the log. */
  const closeAll = (windows: readonly OpenWindow[], cursor: Cursor): void => {
    const unseen: UsageReport[] = [];
    const left: Left[] = [];
    for (const window of windows) {
      const { startMs } = window;
      const endMs = startMs + ledger.lengthMs;
      if (Number.isFinite(ledger.floorMs) && startMs > ledger.floorMs)
        left.push({ fromMs: ledger.floorMs, toMs: startMs });
      if (isTooOld(window)) {
        left.push({ fromMs: startMs, toMs: endMs });
        book.record({ kind: 'closed', startMs, endMs, report: null });
        continue;
      }
      const report = close(window, cursor);
      if (report !== null && !report.complete) unseen.push(report);
    }
    if (left.length > 0) tellLeft(left);
    if (unseen.length > 0) tellUnseen(unseen);
  };

  const tellLeft = (left: readonly Left[]): void => {
    const ms = left.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    tell('warn', 'Windows are not reported: the API takes none that are so old, or more than may wait', {
      windows: Math.round(ms / ledger.lengthMs),
      from: iso(left[0]?.fromMs ?? 0),
      to: iso(left.at(-1)?.toMs ?? 0),
    });
  };

  /** Of a long absence there are many, and one line is enough. */
  const tellUnseen = (reports: readonly UsageReport[]): void => {
    const [first, last] = [reports[0], reports.at(-1)] as [UsageReport, UsageReport];
    const { window_start, gap_seconds, gaps } = first;
    if (reports.length === 1) tell('warn', 'Part of a window was not seen', { window_start, gap_seconds, gaps });
    else {
      tell('warn', 'Parts of windows were not seen', {
        windows: reports.length,
        from: window_start,
        to: last.window_end,
        gap_seconds: reports.reduce((sum, report) => sum + (report.gap_seconds ?? 0), 0),
      });
    }
  };

  const giveUp = (startMs: number): void => {
    book.record({ kind: 'dropped', startMs, total: ledger.dropped + 1 });
    tell('error', 'A window is given up: too many wait', { window_start: iso(startMs) });
  };

  /** Too many wait: the oldest go, which the API takes for the shortest time. */
  const dropOldest = (): void => {
    const excess = ledger.pending.size + ledger.open.size - windowsMax;
    if (excess <= 0) return;
    const waiting = [...ledger.pending.keys()].sort((a, b) => a - b).slice(0, excess);
    for (const startMs of waiting) giveUp(startMs);
    const open = [...ledger.open.keys()].sort((a, b) => a - b).slice(0, excess - waiting.length);
    for (const startMs of open) {
      book.record({ kind: 'closed', startMs, endMs: startMs + ledger.lengthMs, report: null });
      giveUp(startMs);
    }
  };

  const closeDue = (): Closed => {
    dropOldest();
    if (known === null || timeline.steadyMs() < parts.settleMs) return 'none';
    const overMs = clock.now() - parts.settleMs - ledger.lengthMs;
    const over = [...ledger.open.values()].filter(({ startMs }) => startMs <= overMs);
    const agreed = over.filter(({ startMs }) => startMs + ledger.lengthMs <= serverMs());
    closeAll(
      agreed.sort((a, b) => a.startMs - b.startMs),
      known.cursor,
    );
    if (agreed.length < over.length) return 'ahead';
    return agreed.length > 0 ? 'some' : 'none';
  };

  return { learn, closeDue };
}
