/**
 * The public keys of issuers (JWKS), fetched from their addresses and remembered in this isolate. A set is used for ten
 * minutes. A key id that is not in it has the set fetched again, at most once a minute: whoever invents ids makes no
 * traffic of it. Owns no trust: whose keys they are, and what they may sign, is decided by who asks.
 */
import { parseJson } from './json.ts';
import type { Outbound } from './outbound.ts';
import { err, ok, type Result } from './result.ts';
import { minuteMs, secondMs } from './time.ts';

/** One public key as its issuer writes it (RFC 7517). */
export type PublicKey = { kty: string; kid?: string } & Record<string, unknown>;
export interface KeySet {
  keys: PublicKey[];
}

/** Sets that are older are fetched anew, and are not used when that fails. */
const keptMs = 10 * minuteMs;
/** An unknown key id has the set fetched again no sooner than this after the last time. */
const lookAgainMs = minuteMs;
/** After a failure with no keys to go on with, nobody asks for so long. */
const pauseMs = 5 * secondMs;
/** Above the outbound call's own limit: a fetch that another request began may have ended with that request. */
const sharedMsMax = 8 * secondMs;
const setsMax = 500;
const keysMax = 100;
const keyTypes = ['RSA', 'EC', 'OKP'];

interface Entry {
  set: KeySet | null;
  fetchedAt: number;
  /** When it was last tried, whatever became of it. */
  triedAt: number;
  pending: Promise<boolean> | null;
}

export interface KeySets {
  /**
   * The keys at an address, null when there are none to be had now.
   * @param kid the key that is looked for; undefined when any will do
   * @param now ms since the epoch
   */
  get(outbound: Outbound, url: string, kid: string | undefined, now: number): Promise<KeySet | null>;
}

/** The public keys of a JWKS document, others left out; or what is wrong with it, in words. */
function readKeySet(text: string): Result<KeySet, string> {
  const keys = (parseJson(text) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return err('it is no set of keys');
  const usable = keys.filter(
    (key): key is PublicKey => typeof key === 'object' && key !== null && keyTypes.includes(String(key.kty)),
  );
  if (usable.length === 0) return err('it has no public key');
  return usable.length > keysMax ? err(`it has more than ${keysMax} keys`) : ok({ keys: usable });
}

/** Fetches a JWKS; or says what is wrong, in words. */
export async function fetchKeySet(outbound: Outbound, url: string): Promise<Result<KeySet, string>> {
  const answer = await outbound.send(url, { headers: { accept: 'application/jwk-set+json, application/json' } });
  if (!answer.ok) return err(answer.error.said);
  return answer.value.status === 200 ? readKeySet(answer.value.text) : err(`it answers ${answer.value.status}`);
}

const hasKey = ({ keys }: KeySet, kid: string | undefined) => kid === undefined || keys.some((key) => key.kid === kid);

/** Key sets of their own, empty at first. */
export function makeKeySets(): KeySets {
  const entries = new Map<string, Entry>();

  /** Fetches once for all who ask meanwhile. Resolves when it has ended, or takes too long. */
  async function refresh(outbound: Outbound, url: string, entry: Entry, now: number): Promise<void> {
    if (entry.pending === null) {
      entry.triedAt = now;
      const fetching = fetchKeySet(outbound, url).then((fetched) => {
        if (fetched.ok) Object.assign(entry, { set: fetched.value, fetchedAt: now });
        return fetched.ok;
      });
      entry.pending = fetching.finally(() => {
        entry.pending = null;
      });
    }
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => {
      entry.pending = null;
      resolve(false);
    }, sharedMsMax);
    await Promise.race([entry.pending, late]).catch(() => false);
    clearTimeout(timer);
  }

  function entryOf(url: string): Entry {
    const known = entries.get(url);
    if (known) return known;
    if (entries.size >= setsMax) entries.clear();
    const entry = { set: null, fetchedAt: 0, triedAt: Number.NEGATIVE_INFINITY, pending: null };
    entries.set(url, entry);
    return entry;
  }

  return {
    async get(outbound, url, kid, now) {
      const entry = entryOf(url);
      const live = () => (entry.set !== null && now - entry.fetchedAt < keptMs ? entry.set : null);
      const standing = live();
      const waitMs = standing === null ? pauseMs : lookAgainMs;
      if (standing !== null && hasKey(standing, kid)) return standing;
      if (entry.pending !== null || now - entry.triedAt >= waitMs) await refresh(outbound, url, entry, now);
      return live();
    },
  };
}
