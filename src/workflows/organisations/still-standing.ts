/**
 * Whether what a socket was opened with would still open one: a session, an admin token, or the token of an organisation's
 * issuer. Reads only.
 */
import { liveAmong } from '../../credentials/store.ts';
import type { Db } from '../../db/client.ts';
import { idPattern } from '../../lib/ids.ts';
import { secondMs } from '../../lib/time.ts';
import { findOrganisation } from '../../organisations/store.ts';
import { type Standing, standingAmong } from '../../sessions/live-store.ts';

/** What a socket stands on. */
export interface Opened {
  /** The id of the session or credential that it was opened with, as `credentialOf` has it. */
  credentialId: string;
  /** Whether that was a token of the organisation's issuer. */
  byIssuer: boolean;
  /** When it was opened, ms. */
  at: number;
}

/** A token may have been judged this long before its socket opened, ms: by an issuer that was just being replaced. */
const judgedMs = 10 * secondMs;

/**
 * Those of an organisation's sockets that still stand. The root token's do: another one is another deployment, which
 * closes every socket. At most three reads, at the same time.
 */
export async function stillStanding<O extends Opened>(
  { db, now, ...standing }: Standing & { db: Db; now: number },
  organisationId: string,
  opened: readonly O[],
): Promise<O[]> {
  const ids = [...new Set(opened.map(({ credentialId }) => credentialId))];
  const [sessions, keys] = (['session', 'credential'] as const).map((kind) =>
    ids.filter((id) => idPattern(kind).test(id)),
  ) as [string[], string[]];
  const [liveSessions, liveKeys, organisation] = await Promise.all([
    sessions.length === 0 ? new Set<string>() : standingAmong(db, sessions, { ...standing, now }),
    keys.length === 0 ? new Set<string>() : liveAmong(db, keys, now),
    opened.some(({ byIssuer }) => byIssuer) ? findOrganisation(db, organisationId) : null,
  ]);
  const setAt = organisation?.issuerSetAt ?? Number.POSITIVE_INFINITY;
  return opened.filter(({ credentialId, byIssuer, at }) => {
    if (byIssuer) return setAt + judgedMs <= at;
    return credentialId === 'root' || liveSessions.has(credentialId) || liveKeys.has(credentialId);
  });
}
