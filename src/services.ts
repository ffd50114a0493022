/** The services of a request, queue batch or cron tick, made at its beginning: environment, databases, clock, randomness, log. */
import { type Db, openDb } from './db/client.ts';
import { type Env, parseEnv, type RawEnv } from './env.ts';
import { isPlainLoopback } from './lib/base-url.ts';
import { cryptoRandom, newId, type Random } from './lib/ids.ts';
import { type KeySets, makeKeySets } from './lib/key-sets.ts';
import { consoleLog, type Log } from './lib/log.ts';
import { type Fetch, guardOutbound, type Outbound } from './lib/outbound.ts';
import { makeSealer, type Sealer } from './licences/seal.ts';

/** What tests replace. */
export interface Outside {
  /** The clock, ms since the epoch. */
  now: () => number;
  random: Random;
  log: Log;
  /** What outbound calls are made with; everybody else uses `Services.outbound`. */
  fetch: Fetch;
}

export interface Services extends Outside {
  env: Env;
  db: Db;
  requestId: string;
  /** Calls of addresses that others named. */
  outbound: Outbound;
  /** The keys of issuers, remembered in this isolate. */
  keySets: KeySets;
  sealer: Sealer;
  /** Keeps work alive after the answer. Only for what is durable already (an outbox row), never for the first attempt to be. */
  defer: (work: Promise<unknown>) => void;
}

/** The platform's own clock, randomness and log. */
export const platform: Outside = {
  now: () => Date.now(),
  random: cryptoRandom,
  log: consoleLog,
  fetch: (url, init) => fetch(url, init),
};

const remembered = new WeakMap<Outside, { keySets: KeySets; sealers: Map<string, Sealer> }>();

/** What an isolate keeps from one entry to the next. */
function keptBy(outside: Outside) {
  const kept = remembered.get(outside) ?? { keySets: makeKeySets(), sealers: new Map<string, Sealer>() };
  remembered.set(outside, kept);
  return kept;
}

/** The sealer of a key set; only one set is in use at a time. */
function sealerOf(outside: Outside, licenceKeys: string): Sealer {
  const { sealers } = keptBy(outside);
  const sealer = sealers.get(licenceKeys) ?? makeSealer(licenceKeys, outside.random);
  sealers.clear();
  sealers.set(licenceKeys, sealer);
  return sealer;
}

/** The services of one entry. Throws EnvError when the environment is wrong. */
export function servicesOf(
  raw: RawEnv,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  outside: Outside = platform,
): Services {
  const env = parseEnv(raw);
  return {
    ...outside,
    ...(env.clock ? { now: env.clock.now } : {}),
    env,
    db: openDb(env.CONTROL),
    requestId: newId('request', outside.random),
    outbound: guardOutbound(outside.fetch, { local: env.ALLOW_PLAIN_HTTP || isPlainLoopback(env.PUBLIC_URL) }),
    keySets: keptBy(outside).keySets,
    sealer: sealerOf(outside, env.LICENSE_PRIVATE_KEYS),
    defer: (work) => ctx.waitUntil(work),
  };
}
