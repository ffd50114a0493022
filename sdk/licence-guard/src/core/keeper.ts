/**
 * Keeps what an instance holds up to date: pulls by a timer, writes the store, and knows the standing of now. Nothing that
 * fails here reaches the host but as a line for its log.
 */
import type { KeySet } from '../keys.ts';
import type { Client } from './client.ts';
import type { GuardOptions, GuardState } from './contract.ts';
import { type Holding, type Owner, recordOf } from './holding.ts';
import { pullOnce } from './pull.ts';
import { writeRecord } from './record.ts';
import { changesAt, momentOf, type Standing, standingAt } from './standing.ts';
import { nextPullMs } from './timetable.ts';

/** The standing, and from when until when it is so (ms). */
export interface Lasting {
  standing: Standing;
  from: number;
  until: number;
}

/** What a keeper needs beside the options. */
export interface KeeperParts {
  owner: Owner;
  /** What the store had, null when nothing. */
  stored: string | null;
  /** Null: nothing is pulled. */
  client: Client | null;
  /** The host's own keys, null when the API's are taken. */
  given: KeySet | null;
  now: () => number;
}

/** What a host is told of when it changes. */
const wordOf = ({ mode, code, plan, licence }: Standing): string => [mode, code, plan, licence?.jti].join(' ');

export class Keeper {
  readonly #options: GuardOptions;
  readonly #parts: KeeperParts;
  #holding: Holding;
  #problem: string | null = null;
  #failures = 0;
  #pulling: Promise<GuardState> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #lasting: Lasting | null = null;
  #told: string | null = null;
  #stored: string | null;

  constructor(options: GuardOptions, parts: KeeperParts, holding: Holding) {
    this.#options = options;
    this.#parts = parts;
    this.#holding = holding;
    this.#stored = parts.stored;
  }

  /** Keeps what was opened, and pulls first when nothing of it counts. @param problems what went wrong so far */
  async start(problems: string[]): Promise<void> {
    const { standing } = this.lasting();
    this.#told = wordOf(standing);
    await this.#keep(problems);
    this.#say(problems);
    if (!this.#parts.client || this.#options.background === false) return;
    if (standing.mode === 'unlicensed') await this.refresh();
    else this.#schedule(0, 0);
  }

  state(): GuardState {
    return { ...this.lasting().standing, checkedAt: this.#holding.checkedAt, problem: this.#problem };
  }

  /** The standing of now; it is made anew when something was pulled or a moment has passed at which it changes. */
  lasting(): Lasting {
    const now = momentOf(this.#holding, this.#parts.now());
    const known = this.#lasting;
    if (known && now >= known.from && now < known.until) return known;
    const standing = standingAt(this.#holding, this.#parts.owner.customerId, now);
    const lasting = { standing, from: now, until: changesAt(this.#holding, now) };
    this.#lasting = lasting;
    const word = wordOf(standing);
    if (this.#told !== null && word !== this.#told) {
      this.#told = word;
      this.tell(() => this.#options.onChange?.(this.state()));
    }
    return lasting;
  }

  refresh(): Promise<GuardState> {
    this.#pulling ??= this.#pull().finally(() => {
      this.#pulling = null;
    });
    return this.#pulling;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Calls what the host gave; its error is the host's, and stops neither a request nor a pull. */
  tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#problem = `a callback of the host failed: ${String(error)}`;
    }
  }

  async #pull(): Promise<GuardState> {
    const { client, owner, given, now } = this.#parts;
    if (!client) return this.state();
    const pulled = await pullOnce(client, this.#holding, owner, given !== null, now());
    this.#holding = pulled.holding;
    this.#lasting = null;
    this.#failures = pulled.checked ? 0 : this.#failures + 1;
    await this.#keep(pulled.problems);
    this.#say(pulled.problems);
    this.#schedule(this.#failures, pulled.retryAfterMs);
    return this.state();
  }

  async #keep(problems: string[]): Promise<void> {
    const text = writeRecord(recordOf(this.#holding));
    if (text === this.#stored) return;
    try {
      await this.#options.store.write(text);
      this.#stored = text;
    } catch (error) {
      problems.push(`the store cannot be written: ${String(error)}`);
    }
  }

  #say(problems: string[]): void {
    const problem = problems.length === 0 ? null : problems.join('; ');
    this.#problem = problem;
    if (problem !== null) this.tell(() => this.#options.onProblem?.(problem));
  }

  #schedule(failures: number, retryAfterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#options.background === false) return;
    this.#timer = setTimeout(() => void this.refresh(), nextPullMs(failures, retryAfterMs, Math.random()));
    // A guard keeps no program running. Timers are numbers where there is no such thing.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
