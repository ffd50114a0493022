/**
 * What a guard holds in memory, and the rules by which something takes its place: only what is signed by a known key, never
 * an older list, and never a licence that is worse than the one held. Owns no call and no timer.
 */
import { type KeySet, readKeys } from '../keys.ts';
import { type Fault, judge, readLicence, type SignedLicence } from '../verify.ts';
import type { GuardRecord } from './record.ts';
import { keysAfter, type Revocations, readRevocations } from './revocations.ts';
import { codeOf, type Held, momentOf } from './standing.ts';

export interface Holding extends Held {
  checkedAt: number | null;
  /** The host's own keys, or those that the API served; empty before there are any. */
  keys: KeySet;
  /** What the API served, to be kept; null where the host gives its keys. */
  jwks: GuardRecord['jwks'];
  /** By which the API says that its list is as before. */
  revocationsEtag: string | null;
}

/** Whose licence a holding is. */
export interface Owner {
  issuer: string;
  customerId: string;
}

/** The holding afterwards, and why what was offered was not taken; null when it was. */
export interface Taken {
  holding: Holding;
  refused: string | null;
}

const noKeys: KeySet = new Map();

/** What the store and the host bring, verified. @param given the host's own keys, null when the API's are taken */
export async function openHolding(
  record: GuardRecord,
  given: KeySet | null,
  licence: string | undefined,
  owner: Owner,
  clockMs: number,
): Promise<Holding> {
  const { firstStartedAt, checkedAt, jwks } = record;
  const keys = given ?? (jwks ? await readKeys({ jwks }).catch(() => noKeys) : noKeys);
  const empty = { licence: null, fault: null, revocations: null, revocationsEtag: null };
  let holding: Holding = { ...empty, firstStartedAt, checkedAt, keys, jwks: given ? null : jwks };
  if (record.revocations !== null) holding = (await takeRevocations(holding, record.revocations, null)).holding;
  for (const token of [record.licence, licence]) {
    if (token) holding = (await takeLicence(holding, token, owner, clockMs)).holding;
  }
  return holding;
}

export const recordOf = (holding: Holding): GuardRecord => ({
  firstStartedAt: holding.firstStartedAt,
  checkedAt: holding.checkedAt,
  licence: holding.licence?.token ?? null,
  revocations: holding.revocations?.token ?? null,
  jwks: holding.jwks,
});

/** Why a licence does not take the place of the one held; null when it does. */
function worseThanHeld(holding: Holding, offered: SignedLicence, customerId: string, clockMs: number): string | null {
  const now = momentOf(holding, clockMs);
  const code = judge(offered, customerId, now, holding.revocations);
  if (code === 'unknown_licence') return code;
  if (holding.licence === null || codeOf(holding, customerId, now) !== 'valid') return null;
  if (code !== 'valid') return code;
  return offered.claims.iat < holding.licence.claims.iat ? 'older than the one held' : null;
}

/** Offers a licence; the last good one is kept when it is none, or a worse one. */
export async function takeLicence(
  holding: Holding,
  token: string,
  { issuer, customerId }: Owner,
  clockMs: number,
): Promise<Taken> {
  const offered = await readLicence(token, holding.keys, issuer);
  const refused = typeof offered === 'string' ? offered : worseThanHeld(holding, offered, customerId, clockMs);
  if (typeof offered === 'string' || refused !== null) {
    return { holding: { ...holding, fault: refused as Fault }, refused };
  }
  return { holding: { ...holding, licence: offered, fault: null }, refused: null };
}

/** Offers a list of revocations. One that is older than the one held is never taken. */
export async function takeRevocations(holding: Holding, token: string, etag: string | null): Promise<Taken> {
  const offered: Revocations | string = await readRevocations(token, keysAfter(holding.revocations, holding.keys));
  if (typeof offered === 'string') return { holding, refused: offered };
  if (offered.iat < (holding.revocations?.iat ?? 0)) return { holding, refused: 'older than the one held' };
  return { holding: { ...holding, revocations: offered, revocationsEtag: etag }, refused: null };
}
