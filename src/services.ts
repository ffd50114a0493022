/** The services of a request, queue batch or cron tick, made at its beginning: environment, databases, clock, randomness, log. */
import { type Db, openDb } from './db/client.ts';
import { type Env, parseEnv, type RawEnv } from './env.ts';
import { cryptoRandom, newId, type Random } from './lib/ids.ts';
import { consoleLog, type Log } from './lib/log.ts';

/** What tests replace. */
export interface Outside {
  /** The clock, ms since the epoch. */
  now: () => number;
  random: Random;
  log: Log;
}

export interface Services extends Outside {
  env: Env;
  db: Db;
  requestId: string;
  /** Keeps work alive after the answer. Only for what is durable already (an outbox row), never for the first attempt to be. */
  defer: (work: Promise<unknown>) => void;
}

/** The platform's own clock, randomness and log. */
export const platform: Outside = { now: () => Date.now(), random: cryptoRandom, log: consoleLog };

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
    defer: (work) => ctx.waitUntil(work),
  };
}
