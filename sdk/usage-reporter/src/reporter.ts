/**
 * The usage reporter of an application: counts and samples go into windows, windows into a journal, and when they are over to
 * the billing API, each once. Owns the loop; what a pass does is in core/.
 */
import { type Book, openBook } from './core/book.ts';
import { type Closing, createClosing } from './core/closing.ts';
import { type Counting, createCounting } from './core/counting.ts';
import { createExchange, type Exchange } from './core/exchange.ts';
import type { Source } from './core/fields.ts';
import { startOf } from './core/ledger.ts';
import { createSampler, type Sampler, type Samples } from './core/sampler.ts';
import {
  type Database,
  type Devices,
  heartbeatMs,
  type ReporterOptions,
  type Settings,
  settingsOf,
} from './core/settings.ts';
import { type Store, StoreBusy } from './core/store.ts';
import { startTimeline, type Timeline } from './core/timeline.ts';
import { TrafficMonitor } from './traffic-monitor.ts';

/** For a store of one's own. */
export type { Store } from './core/store.ts';
export type { Database, Devices, ReporterOptions };
export { StoreBusy };

export interface ReporterStatus {
  /** `waiting`: another process has the store, or it cannot be had; counts are kept in memory meanwhile. */
  state: 'waiting' | 'reporting' | 'stopped';
  /** Null until the API has said how long windows are. */
  windowSeconds: number | null;
  /** Closed windows that the API has not got yet. */
  pending: number;
  /** The oldest of them, when it ended. */
  oldestPending: string | null;
  /** Since the start of the process. */
  accepted: number;
  lastAcceptedAt: string | null;
  /** Reports refused for good, the newest 100, with the API's code. */
  refused: { code: string; windowStart: string }[];
  /** Windows given up because too many waited, in all. */
  dropped: number;
  /** What went wrong last, until it is over. */
  trouble: string | null;
}

export interface UsageReporter {
  /** What middleware and clients count into. */
  readonly traffic: TrafficMonitor;
  status(): ReporterStatus;
  /** Writes what was counted so far; resolves when it is durable. */
  flush(): Promise<void>;
  /** Writes everything, sends what it can within five seconds, and gives the store back. Call it when the process is to end. */
  stop(): Promise<void>;
}

/** All that is there once the store has been opened. */
interface Desk {
  book: Book;
  counting: Counting;
  closing: Closing;
  exchange: Exchange;
}

const stopWithinMs = 5_000;

function samplersOf(options: ReporterOptions, settings: Settings): Map<Source, Sampler> {
  const { devices, database } = options;
  const samplerOf = (source: Source, call: () => Promise<Samples>): [Source, Sampler] => [
    source,
    createSampler({
      call,
      everyMs: settings.sampleMs,
      timeoutMs: Math.min(settings.timeoutMs, settings.sampleMs),
      clock: settings.clock,
      onFailure: (reason) => settings.tell('warn', `The callback of ${source} gave no answer`, { reason }),
    }),
  ];
  return new Map([
    ...(devices ? [samplerOf('devices', async () => samplesOfDevices(await devices()))] : []),
    ...(database ? [samplerOf('database', async () => samplesOfDatabase(await database()))] : []),
  ]);
}

function samplesOfDevices(answer: number | Devices): Samples {
  const { active, total } = typeof answer === 'number' ? { active: answer } : answer;
  return { active_devices: active, ...(total === undefined ? {} : { total_devices: total }) };
}

const samplesOfDatabase = ({ sizeMb, rows }: Database): Samples => ({
  postgres_size_mb: sizeMb,
  ...(rows === undefined ? {} : { postgres_row_count: rows }),
});

/** Starts at once, also where neither store nor API can be had. Throws a TypeError for options that cannot be right. */
export function startUsageReporter(options: ReporterOptions): UsageReporter {
  const settings = settingsOf(options);
  return new Reporter(settings, options.store, samplersOf(options, settings));
}

class Reporter implements UsageReporter {
  readonly traffic = new TrafficMonitor();
  readonly #settings: Settings;
  readonly #store: Store;
  readonly #samplers: Map<Source, Sampler>;
  readonly #timeline: Timeline;
  readonly #startedMs: number;
  readonly #beganAt: number;
  readonly #loop: Promise<void>;
  #desk: Desk | null = null;
  #stopping = false;
  #wake: () => void = () => undefined;
  #working: Promise<void> | null = null;
  #flushedAt = Number.NEGATIVE_INFINITY;
  /** Of the store; the API's is the exchange's. */
  #trouble: string | null = null;
  readonly #atExit = (): void => this.#flushAtExit();

  constructor(settings: Settings, store: Store, samplers: Map<Source, Sampler>) {
    this.#settings = settings;
    this.#store = store;
    this.#samplers = samplers;
    this.#startedMs = settings.clock.now();
    this.#beganAt = settings.clock.monotonic();
    this.#timeline = startTimeline(settings.clock);
    this.#loop = this.#run();
  }

  status(): ReporterStatus {
    const ledger = this.#desk?.book.ledger;
    const exchange = this.#desk?.exchange.state();
    const ends = [...(ledger?.pending.values() ?? [])].map((report) => report.window_end).sort();
    return {
      state: this.#stopping ? 'stopped' : this.#desk ? 'reporting' : 'waiting',
      windowSeconds: ledger?.learned ? ledger.lengthMs / 1000 : null,
      pending: ledger?.pending.size ?? 0,
      oldestPending: ends[0] ?? null,
      accepted: exchange?.accepted ?? 0,
      lastAcceptedAt: exchange?.lastAcceptedMs == null ? null : new Date(exchange.lastAcceptedMs).toISOString(),
      refused: ledger?.refused.map(({ code, report }) => ({ code, windowStart: report.window_start })) ?? [],
      dropped: ledger?.dropped ?? 0,
      trouble: this.#trouble ?? exchange?.trouble ?? null,
    };
  }

  async flush(): Promise<void> {
    if (!this.#desk) throw new Error(this.#trouble ?? 'the store is not open yet');
    this.#desk.counting.advance(this.#timeline.pass());
    await this.#desk.book.flush(this.#settings.clock.now());
  }

  async stop(): Promise<void> {
    if (this.#stopping) return await this.#loop;
    this.#stopping = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, flushMs } = this.#settings;
    while (!this.#stopping && !this.#desk) {
      await this.#open();
      if (!this.#desk) await this.#sleep(flushMs);
    }
    while (!this.#stopping && this.#desk) {
      // What is unforeseen in here must not end the application that counts itself.
      await this.#pass(this.#desk).catch((cause: unknown) => this.#tellOnce(cause));
      const { ledger } = this.#desk.book;
      const edgeMs = startOf(ledger, clock.now()) + ledger.lengthMs - clock.now();
      await this.#sleep(Math.min(flushMs, Math.max(1, edgeMs)));
    }
    if (this.#desk) await this.#end(this.#desk);
    await this.#store.close();
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#stopping) return;
    await this.#settings.clock.sleep(ms, (wake) => {
      this.#wake = wake;
    });
  }

  async #open(): Promise<void> {
    try {
      const book = await openBook(this.#store);
      this.#begin(book);
      this.#trouble = null;
      if (this.#store.appendNow) globalThis.process?.once?.('exit', this.#atExit);
    } catch (cause) {
      if (this.#trouble === null || !(cause instanceof StoreBusy)) this.#tellOnce(cause);
    }
  }

  #begin(book: Book): void {
    const { identity, clock, windowsMax, flushMs, sampleMs, settleMs, tell } = this.#settings;
    const { ledger, damaged } = book;
    if (damaged > 1) tell('warn', 'Lines of the journal cannot be read', { lines: damaged });
    if (ledger.identity === null) book.record({ kind: 'identity', identity, firstMs: this.#startedMs });
    else if (JSON.stringify(ledger.identity) !== JSON.stringify(identity)) {
      throw new Error(`the store is that of ${ledger.identity.instanceId} of ${ledger.identity.customerId}`);
    }
    const resumed = new Map([...ledger.open].map(([startMs, window]) => [startMs, structuredClone(window)]));
    const counting = createCounting({
      book,
      clock,
      windowsMax,
      flushMs,
      sampleMs,
      traffic: this.traffic,
      samplers: this.#samplers,
      startedMs: this.#startedMs,
    });
    counting.resume(clock.now());
    const timeline = this.#timeline;
    const closing = createClosing({
      book,
      clock,
      timeline,
      identity,
      settleMs,
      windowsMax,
      tell,
      resumed,
      beganAt: this.#beganAt,
    });
    this.#desk = { book, counting, closing, exchange: createExchange(this.#settings, book, closing) };
  }

  async #pass({ book, counting, closing, exchange }: Desk): Promise<void> {
    const { clock } = this.#settings;
    counting.advance(this.#timeline.pass());
    const closed = closing.closeDue();
    if (closed === 'some') exchange.sendSoon();
    if (closed === 'ahead') exchange.askTime();
    if (book.isChanged() || clock.monotonic() - this.#flushedAt >= heartbeatMs) await this.#flush(book, false);
    this.#working ??= exchange
      .work()
      .catch((cause: unknown) => this.#tellOnce(cause))
      .finally(() => {
        this.#working = null;
      });
  }

  async #flush(book: Book, stopped: boolean): Promise<void> {
    const { clock } = this.#settings;
    try {
      await book.flush(clock.now(), stopped);
      this.#flushedAt = clock.monotonic();
      this.#trouble = null;
    } catch (cause) {
      this.#tellOnce(cause);
    }
  }

  #tellOnce(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (this.#trouble !== message) this.#settings.tell('error', `Counts are kept in memory: ${message}`, {});
    this.#trouble = message;
  }

  async #end({ book, counting, closing, exchange }: Desk): Promise<void> {
    counting.advance(this.#timeline.pass());
    closing.closeDue();
    await this.#flush(book, true);
    exchange.hurry();
    const sending = (this.#working ?? Promise.resolve()).then(() => exchange.work());
    await Promise.race([sending, this.#settings.clock.sleep(stopWithinMs, () => undefined)]);
    await this.#flush(book, true);
    globalThis.process?.removeListener?.('exit', this.#atExit);
  }

  #flushAtExit(): void {
    if (!this.#desk) return;
    this.#desk.counting.advance(this.#timeline.pass());
    this.#desk.book.flushNow(this.#settings.clock.now());
  }
}
