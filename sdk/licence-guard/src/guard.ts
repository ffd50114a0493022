/**
 * The guard of an instance: says what the instance may do by its licence. It refuses nothing by itself; the host asks and
 * decides. Owns how a guard is opened; every rule is in verify.ts and core/.
 */
import { type Fetch, makeClient } from './core/client.ts';
import type { Decision, Guard, GuardOptions } from './core/contract.ts';
import { openHolding } from './core/holding.ts';
import { Keeper } from './core/keeper.ts';
import { featureOf, isOver, limitOf } from './core/questions.ts';
import { type GuardRecord, type GuardStore, readRecord } from './core/record.ts';
import { featureRefusal, limitRefusal, type Refusal } from './core/refusals.ts';
import { readKeys } from './keys.ts';

export type { Entitlement, LicenceClaims } from './core/claims.ts';
export type { Fetch } from './core/client.ts';
export type { Decision, Guard, GuardOptions, GuardState } from './core/contract.ts';
export type { GuardStore } from './core/record.ts';
export type { Refusal } from './core/refusals.ts';
export type { Standing } from './core/standing.ts';
export type { GivenKeys } from './keys.ts';

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

/** What the store has, as text and read; one that cannot be read is as an empty one. */
async function readStore(
  store: GuardStore,
  now: number,
  problems: string[],
): Promise<{ stored: string | null; record: GuardRecord }> {
  try {
    const stored = await store.read();
    return { stored, record: readRecord(stored, now) };
  } catch (error) {
    problems.push(`the store cannot be read: ${String(error)}`);
    return { stored: null, record: readRecord(null, now) };
  }
}

/** The answers of a guard, from what its keeper holds. */
function answersOf(keeper: Keeper, { enforcement, onRefusal }: GuardOptions): Guard {
  const isAdvisory = enforcement === 'advisory';
  const decide = (refusal: Refusal | null): Decision => {
    if (refusal !== null) keeper.tell(() => onRefusal?.(refusal));
    return { allowed: refusal === null || isAdvisory, refusal };
  };
  return {
    state: () => keeper.state(),
    feature: (name) => isAdvisory || featureOf(keeper.lasting().standing, name),
    limit(name) {
      const { standing, from } = keeper.lasting();
      return isAdvisory ? Number.POSITIVE_INFINITY : limitOf(standing, name, from);
    },
    checkFeature(name) {
      const { standing, from } = keeper.lasting();
      return decide(featureOf(standing, name) ? null : featureRefusal(standing, name, isOver(standing, from)));
    },
    checkLimit(name, current) {
      const { standing, from } = keeper.lasting();
      const limit = limitOf(standing, name, from);
      if (limit === Number.POSITIVE_INFINITY || current < limit) return decide(null);
      return decide(limitRefusal(standing, name, limit, current, isOver(standing, from)));
    },
    refresh: () => keeper.refresh(),
    close: () => keeper.close(),
  };
}

/**
 * Opens an instance's guard: reads the store, and pulls first when nothing that is held counts, unless `background` is off.
 * @throws Error when the options make no guard; not for a store or an API that is away
 */
export async function openGuard(options: GuardOptions): Promise<Guard> {
  const { customerId, apiKey, timeoutMs = defaultTimeoutMs, now = Date.now } = options;
  const api = addressOf(options);
  const owner = { issuer: options.issuer ?? api, customerId };
  const given = options.keys ? await readKeys(options.keys) : null;
  const ask: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const client = apiKey ? makeClient({ api, customerId, apiKey, timeoutMs, fetch: ask }) : null;
  const problems: string[] = [];
  const { stored, record } = await readStore(options.store, now(), problems);
  const holding = await openHolding(record, given, options.licence, owner, now());
  const keeper = new Keeper(options, { owner, stored, client, given, now }, holding);
  await keeper.start(problems);
  return answersOf(keeper, options);
}
