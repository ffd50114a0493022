/**
 * Limits as data of their endpoints: what is counted, by whom, and which variable has the rate. Every answer of a limited
 * endpoint says in `RateLimit-*` where the caller stands.
 */
import type { Principal } from '../credentials/principal.ts';
import { ownerOf } from '../credentials/principal.ts';
import type { Env } from '../env.ts';
import type { RateLimit } from '../env-kinds.ts';
import type { Services } from '../services.ts';
import { type Hit, takeOne } from './rate-limit.ts';

/** The Worker's variables that hold a rate. */
type RateVariable = { [K in keyof Env]: RateLimit | null extends Env[K] ? K : never }[keyof Env] &
  `RATE_LIMIT_${string}`;

/** Endpoints that name the same limit share its counts. */
export interface Limit {
  name: string;
  /** Whose requests are counted together: an address's, or those of one reporter, customer, cluster or admin. */
  by: 'address' | 'principal';
  rate: RateVariable;
  /** What a refused caller had better do. */
  advice?: string;
}

/** Counted when a credential is refused, whatever the route. */
export const failedAuthentications: Limit = { name: 'auth', by: 'address', rate: 'RATE_LIMIT_AUTH' };

/** Reads that need no credential and that D1 or a key pays for. */
export const publicReads: Limit = { name: 'public', by: 'address', rate: 'RATE_LIMIT_PUBLIC' };

export interface Taken {
  /** Null when every limit let the request through. */
  refusedBy: Limit | null;
  /** The limit that leaves the least; null when none could be asked. */
  tightest: Hit | null;
}

/** Takes one from each limit in order, up to the first that refuses. */
export async function takeAll(
  services: Services,
  limits: readonly Limit[],
  who: { principal: Principal; address: string },
): Promise<Taken> {
  let tightest: Hit | null = null;
  for (const limit of limits) {
    const counted = limit.by === 'principal' ? (ownerOf(who.principal) ?? who.address) : who.address;
    const { RATE_LIMITER, [limit.rate]: rate } = services.env;
    const hit = await takeOne(RATE_LIMITER, `${limit.name}:${counted}`, rate, services);
    if (hit && !hit.allowed) return { refusedBy: limit, tightest: hit };
    if (hit && (tightest === null || hit.remaining < tightest.remaining)) tightest = hit;
  }
  return { refusedBy: null, tightest };
}
