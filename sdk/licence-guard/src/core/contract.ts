/** What a host gives a guard and gets from it. Types only. */
import type { GivenKeys } from '../keys.ts';
import type { Fetch } from './client.ts';
import type { GuardStore } from './record.ts';
import type { Refusal } from './refusals.ts';
import type { Standing } from './standing.ts';

export interface GuardOptions {
  /** The API's address, e.g. `https://billing.example.com`. */
  api: string;
  /** Whose instance this is: another customer's licence is refused. */
  customerId: string;
  /** An account or reporter key, by which the licence is pulled. Absent: nothing is ever asked of the API. */
  apiKey?: string | undefined;
  /** Where the last good licence is kept between runs. */
  store: GuardStore;
  /** The first licence, e.g. of an environment variable; the newest that counts is taken. */
  licence?: string | undefined;
  /** The keys that verify licences. Absent: the API's published set, which then has to be asked over TLS. */
  keys?: GivenKeys | undefined;
  /** The `iss` of licences, when it is not `api`. */
  issuer?: string | undefined;
  /** `advisory` refuses nothing and says what it would have refused. */
  enforcement?: 'enforce' | 'advisory' | undefined;
  /** `false`: nothing is pulled but by `refresh`, which the host calls (workerd, serverless). */
  background?: boolean | undefined;
  /** How long one call may take, ms; 10,000 when absent. */
  timeoutMs?: number | undefined;
  /** After a change of mode, code, plan or licence. */
  onChange?: ((state: GuardState) => void) | undefined;
  /** What went wrong with a pull or the store: a line for a log. The guard goes on with what it holds. */
  onProblem?: ((problem: string) => void) | undefined;
  /** What was refused, or in advisory mode would have been. */
  onRefusal?: ((refusal: Refusal) => void) | undefined;
  /** Milliseconds since the epoch; absent: the machine's clock. */
  now?: (() => number) | undefined;
  fetch?: Fetch | undefined;
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
