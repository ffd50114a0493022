/**
 * Puts what was counted and sampled into the windows of the book, and says what was not seen: while the process was away,
 * where the clock was put forward, before a source was attached, while a callback gave no answer.
 */
import type { TrafficMonitor } from '../traffic-monitor.ts';
import type { Book } from './book.ts';
import type { Clock } from './clock.ts';
import { type Field, fieldsOf, isCounted, type Source } from './fields.ts';
import { noteUnseen, type Stretch, startOf, windowAt, windowsBetween } from './ledger.ts';
import type { Sampler, Samples } from './sampler.ts';
import type { Passed } from './timeline.ts';
import { addArea, addPeak, addSum, forgetStepsAfter, type OpenWindow, use } from './window.ts';

export interface CountingParts {
  book: Book;
  clock: Clock;
  traffic: TrafficMonitor;
  samplers: ReadonlyMap<Source, Sampler>;
  /** When this process began, by the wall clock. */
  startedMs: number;
  windowsMax: number;
  flushMs: number;
  sampleMs: number;
}

/** What an application attaches so soon after its start was there from the start. */
const graceMs = 60_000;
/** A longer time without an answer of a callback is unseen, or half of a window where that is less; never one that is just due. */
const unsampledMsMax = 300_000;

export interface Counting {
  /** Goes on from where the last process stopped, or was stopped. */
  resume(nowMs: number): void;
  /** Takes what happened since the last call. */
  advance(passed: Passed): void;
}

export function createCounting(parts: CountingParts): Counting {
  const { book, clock, traffic, samplers, windowsMax, startedMs } = parts;
  const { ledger } = book;
  const beganAt = clock.monotonic();
  const notedTo = new Map<Source, number>();
  let lastStartMs = Number.NaN;

  const unsampledMax = (): number => Math.max(Math.min(unsampledMsMax, ledger.lengthMs / 2), 2 * parts.sampleMs);

  const note = (sources: readonly Source[], part: Stretch): void => {
    const windows = windowsBetween(ledger, part.fromMs, part.toMs - 1, windowsMax);
    noteUnseen(windows, ledger.lengthMs, sources, part);
    for (const window of windows) book.touch(window);
  };

  /** A source that a window did not know so far. */
  const attach = (window: OpenWindow, source: Source, counted: readonly Field[]): void => {
    const isNew = !window.sources.includes(source);
    use(window, source, counted);
    if (!isNew) return;
    book.touch(window);
    const soon = clock.monotonic() - beganAt <= graceMs;
    const fromMs = soon ? Math.min(startedMs, clock.now()) : clock.now();
    const reason = ledger.firstMs === startedMs && soon ? 'not_started' : 'not_attached';
    noteUnseen([window], ledger.lengthMs, [source], { reason, fromMs: window.startMs, toMs: fromMs });
  };

  const take = (window: OpenWindow): void => {
    const { sources, sums, levels } = traffic.take();
    for (const source of sources) attach(window, source, isCounted(source) ? fieldsOf[source] : []);
    for (const [field, amount] of sums) addSum(window, field, amount);
    for (const [field, value] of levels) addPeak(window, field, value);
    if (levels.size > 0 || [...sums.values()].some((amount) => amount > 0)) book.touch(window);
  };

  const onSamples = ({ postgres_size_mb: _average, ...peaks }: Samples): void => {
    const window = windowAt(ledger, clock.now());
    for (const [field, value] of Object.entries(peaks)) addPeak(window, field as Field, value);
    book.touch(window);
  };

  const sample = (passed: Passed): void => {
    const window = windowAt(ledger, passed.toMs);
    const isNewWindow = window.startMs !== lastStartMs;
    lastStartMs = window.startMs;
    for (const [source, sampler] of samplers) {
      attach(window, source, []);
      sampler.ask(isNewWindow, onSamples);
      const { samples, ageMs } = sampler.last();
      if (ageMs > unsampledMax()) {
        const fromMs = Math.max(passed.toMs - ageMs, notedTo.get(source) ?? 0);
        note([source], { reason: 'not_sampled', fromMs, toMs: passed.toMs });
        notedTo.set(source, passed.toMs);
      } else if (samples.postgres_size_mb !== undefined) {
        addArea(window, 'postgres_size_mb', samples.postgres_size_mb * passed.livedMs);
        book.touch(window);
      }
    }
  };

  /** What the wall clock left out is unseen; what it repeats is lived after all. */
  const follow = ({ fromMs, toMs, livedMs, stepMs }: Passed): void => {
    if (stepMs > 0) {
      const { sources } = windowAt(ledger, fromMs);
      note(sources, { reason: 'clock_step', fromMs: fromMs + livedMs, toMs });
    } else if (stepMs < 0) {
      for (const window of ledger.open.values()) {
        forgetStepsAfter(window, toMs);
        book.touch(window);
      }
    } else if (startOf(ledger, fromMs) !== startOf(ledger, toMs)) {
      for (const window of windowsBetween(ledger, fromMs, toMs, windowsMax)) book.touch(window);
    }
  };

  const resume = (nowMs: number): void => {
    const { atMs, stopped } = ledger;
    if (atMs === null) return;
    const { sources } = windowAt(ledger, atMs);
    if (nowMs <= atMs) {
      // The clock was put back in between: how long the process was away cannot be said.
      const fromMs = windowAt(ledger, nowMs).startMs;
      if (!stopped) note(sources, { reason: 'crashed', fromMs, toMs: fromMs + parts.flushMs });
      return;
    }
    if (!stopped) note(sources, { reason: 'crashed', fromMs: atMs, toMs: nowMs });
    else {
      for (const window of windowsBetween(ledger, atMs, nowMs, windowsMax)) book.touch(window);
      const sampled = sources.filter((source) => source === 'devices' || source === 'database');
      if (nowMs - atMs > unsampledMax()) note(sampled, { reason: 'not_sampled', fromMs: atMs, toMs: nowMs });
    }
  };

  const advance = (passed: Passed): void => {
    follow(passed);
    // What was counted since the last look happened before this one: at a window's edge, in the window that ends.
    take(windowAt(ledger, passed.stepMs === 0 ? passed.fromMs : passed.toMs));
    sample(passed);
  };

  return { resume, advance };
}
