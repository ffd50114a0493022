/** Keys, tokens and sessions of staff, as an owner sees them. Reads only. */
import type { z } from 'zod';
import type { credentialsQuery } from '../../contracts/credentials.ts';
import { rootName } from '../../credentials/principal.ts';
import { type CredentialRow, list } from '../../credentials/store.ts';
import type { Db } from '../../db/client.ts';
import { listStaffSessions, type ShownSession } from '../../sessions/shown-store.ts';

/** A row of the list: a credential, or a session of staff in the same form. */
export type ListedCredential = Omit<CredentialRow, 'kind'> & { kind: CredentialRow['kind'] | 'session' };

/** One page, newest first: sessions of staff where they are asked for, else keys and tokens. */
export async function listCredentials(
  { db, now }: { db: Db; now: number },
  { kind, owner, page, limit }: z.output<typeof credentialsQuery>,
): Promise<{ rows: ListedCredential[]; total: number }> {
  if (kind !== 'session') return await list(db, { kind, owner, page, limit });
  const { rows, total } = await listStaffSessions(db, now, { owner, page, limit });
  return { rows: rows.map(listed), total };
}

/** Name and role are the staff issuer's word, the token's, or the root token's. */
const listed = ({ session, token }: ShownSession): ListedCredential => ({
  id: session.id,
  kind: 'session',
  ownerId: session.owner,
  name: session.name ?? token?.name ?? rootName,
  role: session.role ?? token?.role ?? 'owner',
  createdAt: session.createdAt,
  expiresAt: session.endsAt,
  lastUsedDay: session.lastUsedAt,
  rotatedTo: null,
  revokedAt: null,
});
