/**
 * The guard of an instance: holds its licence, pulls it, and says what the instance may do. It refuses nothing by itself;
 * the host asks and decides. Owns time, timers and the store; every rule is in verify.ts and core/.
 */
import { type Client, type Fetch, makeClient } from './core/client.ts';
import { type Holding, type Owner, openHolding, recordOf } from './core/holding.ts';
import { pullOnce } from './core/pull.ts';
import { featureOf, isOver, limitOf } from './core/questions.ts';
import { type GuardRecord, type GuardStore, readRecord, writeRecord } from './core/record.ts';
import { featureRefusal, limitRefusal, type Refusal } from './core/refusals.ts';
import { changesAt, momentOf, type Standing, standingAt } from './core/standing.ts';
import { nextPullMs } from './core/timetable.ts';
import { type GivenKeys, type KeySet, readKeys } from './keys.ts';

export type { Entitlement, LicenceClaims } from './core/claims.ts';
export type { Fetch } from './core/client.ts';
export type { GuardStore } from './core/record.ts';
export type { Refusal } from './core/refusals.ts';
export type { Standing } from './core/standing.ts';
export type { GivenKeys } from './keys.ts';

export interface GuardOptions {
  /** The API's address, e.g. `https://billing.example.com`. */
  api: string;
  /** Whose instance this is: another customer's licence is refused. */
  customerId: string;
  /** An account or reporter key, by which the licence is pulled. Absent: nothing is ever asked of the API. */
  apiKey?: string;
  /** Where the last good licence is kept between runs. */
  store: GuardStore;
  /** The first licence, e.g. of an environment variable; the newest that counts is taken. */
  licence?: string;
  /** The keys that verify licences. Absent: the API's published set, which then has to be asked over TLS. */
  keys?: GivenKeys;
  /** The `iss` of licences, when it is not `api`. */
  issuer?: string;
  /** `advisory` refuses nothing and says what it would have refused. */
  enforcement?: 'enforce' | 'advisory';
  /** `false`: nothing is pulled by a timer, the host calls `refresh` (workerd, serverless). */
  background?: boolean;
  /** How long one call may take, ms. */
  timeoutMs?: number;
  /** After a change of mode, code, plan or licence. */
  onChange?: (state: GuardState) => void;
  /** What went wrong with a pull or the store: a line for a log. The guard goes on with what it holds. */
  onProblem?: (problem: string) => void;
  /** What was refused, or in advisory mode would have been. */
  onRefusal?: (refusal: Refusal) => void;
  /** Milliseconds since the epoch; absent: the machine's clock. */
  now?: () => number;
  fetch?: Fetch;
}

export interface GuardState extends Standing {
  /** When the API last said which licence is in force, ms; null: never. */
  checkedAt: number | null;
  /** Why the last pull or write failed; null when it did not. */
  problem: string | null;
}

export interface Decision {
  allowed: boolean;
  /** The body of the 403. In advisory mode `allowed` is true beside it. */
  refusal: Refusal | null;
}

/** Every question is answered at once, from memory. In advisory mode none of the answers refuses. */
export interface Guard {
  state(): GuardState;
  /** Whether a feature is on. */
  feature(name: string): boolean;
  /** How many are allowed; Infinity when there is no limit. */
  limit(name: string): number;
  checkFeature(name: string): Decision;
  /** Whether one more may be added. @param current how many there are */
  checkLimit(name: string, current: number): Decision;
  /** Pulls now; never throws. Calls at the same time are one pull. */
  refresh(): Promise<GuardState>;
  /** Ends the timer. The guard answers on. */
  close(): void;
}

const defaultTimeoutMs = 10_000;
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/** The address without a slash at its end. Keys that come from there have to come over TLS. */
function addressOf({ api, keys, apiKey }: GuardOptions): string {
  const { protocol, hostname } = new URL(api);
  if (!keys && !apiKey) throw new Error('licence-guard: give `keys`, or an `apiKey` to ask the API');
  if (!keys && protocol !== 'https:' && !loopback.test(hostname)) {
    throw new Error('licence-guard: keys are taken from an https address only; give `keys` for this one');
  }
  return api.replace(/\/+$/, '');
}

/**
 * Opens an instance's guard: reads the store, and pulls first when nothing that is held counts.
 * @throws Error when the options make no guard; not for a store or an API that is away
 */
export async function openGuard(options: GuardOptions): Promise<Guard> {
  const { customerId, apiKey, timeoutMs = defaultTimeoutMs, store } = options;
  const api = addressOf(options);
  const owner: Owner = { issuer: options.issuer ?? api, customerId };
  const given = options.keys ? await readKeys(options.keys) : null;
  const ask: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const client = apiKey === undefined ? null : makeClient({ api, customerId, apiKey, timeoutMs, fetch: ask });
  const now = options.now ?? Date.now;
  const problems: string[] = [];
  const record = await storedRecord(store, now(), problems);
  const holding = await openHolding(record, given, options.licence, owner, now());
  const guard = new LicenceGuard(options, owner, client, given, now, holding);
  await guard.start(problems);
  return guard;
}

/** What the store has; one that cannot be read is as an empty one. */
async function storedRecord(store: GuardStore, now: number, problems: string[]): Promise<GuardRecord> {
  try {
    return readRecord(await store.read(), now);
  } catch (error) {
    problems.push(`the store cannot be read: ${String(error)}`);
    return readRecord(null, now);
  }
}

class LicenceGuard implements Guard {
  readonly #options: GuardOptions;
  readonly #owner: Owner;
  readonly #client: Client | null;
  readonly #given: KeySet | null;
  readonly #now: () => number;
  #holding: Holding;
  #problem: string | null = null;
  #failures = 0;
  #pulling: Promise<GuardState> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #standing: { value: Standing; from: number; until: number } | null = null;
  #told: string | null = null;

  constructor(
    options: GuardOptions,
    owner: Owner,
    client: Client | null,
    given: KeySet | null,
    now: () => number,
    holding: Holding,
  ) {
    this.#options = options;
    this.#owner = owner;
    this.#client = client;
    this.#given = given;
    this.#now = now;
    this.#holding = holding;
  }

  async start(problems: string[]): Promise<void> {
    this.#told = wordOf(this.#standingAt().value);
    await this.#keep(problems);
    this.#say(problems);
    if (!this.#client) return;
    if (this.#standingAt().value.mode === 'unlicensed') await this.refresh();
    else this.#schedule(0, 0);
  }

  state(): GuardState {
    return { ...this.#standingAt().value, checkedAt: this.#holding.checkedAt, problem: this.#problem };
  }

  feature(name: string): boolean {
    return this.#isAdvisory() || featureOf(this.#standingAt().value, name);
  }

  limit(name: string): number {
    if (this.#isAdvisory()) return Number.POSITIVE_INFINITY;
    const { value, from } = this.#standingAt();
    return limitOf(value, name, from);
  }

  checkFeature(name: string): Decision {
    const { value, from } = this.#standingAt();
    return this.#decide(featureOf(value, name) ? null : featureRefusal(value, name, isOver(value, from)));
  }

  checkLimit(name: string, current: number): Decision {
    const { value, from } = this.#standingAt();
    const limit = limitOf(value, name, from);
    return this.#decide(current < limit ? null : limitRefusal(value, name, limit, current, isOver(value, from)));
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

  async #pull(): Promise<GuardState> {
    if (!this.#client) return this.state();
    const pulled = await pullOnce(this.#client, this.#holding, this.#owner, this.#given !== null, this.#now());
    this.#holding = pulled.holding;
    this.#standing = null;
    this.#failures = pulled.answered ? 0 : this.#failures + 1;
    await this.#keep(pulled.problems);
    this.#say(pulled.problems);
    this.#schedule(this.#failures, pulled.retryAfterMs);
    return this.state();
  }

  async #keep(problems: string[]): Promise<void> {
    try {
      await this.#options.store.write(writeRecord(recordOf(this.#holding)));
    } catch (error) {
      problems.push(`the store cannot be written: ${String(error)}`);
    }
  }

  #say(problems: string[]): void {
    this.#problem = problems.length === 0 ? null : problems.join('; ');
    if (this.#problem !== null) this.#options.onProblem?.(this.#problem);
  }

  #schedule(failures: number, retryAfterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#options.background === false) return;
    this.#timer = setTimeout(() => void this.refresh(), nextPullMs(failures, retryAfterMs, Math.random()));
    // A guard keeps no program running. Timers are numbers where there is no such thing.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #isAdvisory(): boolean {
    return this.#options.enforcement === 'advisory';
  }

  #decide(refusal: Refusal | null): Decision {
    if (refusal !== null) this.#options.onRefusal?.(refusal);
    return { allowed: refusal === null || this.#isAdvisory(), refusal };
  }

  /** The standing of now; it is made anew when something was pulled or a moment has passed at which it changes. */
  #standingAt(): { value: Standing; from: number; until: number } {
    const now = momentOf(this.#holding, this.#now());
    const known = this.#standing;
    if (known && now >= known.from && now < known.until) return known;
    const value = standingAt(this.#holding, this.#owner.customerId, now);
    const made = { value, from: now, until: changesAt(this.#holding, now) };
    this.#standing = made;
    const word = wordOf(value);
    if (this.#told !== null && word !== this.#told) {
      this.#told = word;
      this.#options.onChange?.(this.state());
    }
    return made;
  }
}

/** What a host is told of when it changes. */
const wordOf = ({ mode, code, plan, licence }: Standing): string => [mode, code, plan, licence?.jti].join(' ');
