/** From rows of keys and tokens to the bodies of answers, without secrets or hashes. Pure. */
import type { z } from 'zod';
import type { credentialList } from '../contracts/credentials.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ListedCredential } from '../workflows/accounts/list-credentials.ts';

/** The day of an instant, UTC, as `2026-11-26`. */
export const dayOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms).slice(0, 10));

export const toCredential = (row: ListedCredential): z.input<typeof credentialList>['items'][number] => ({
  credential_id: row.id,
  kind: row.kind,
  owner: row.ownerId,
  name: row.name,
  role: row.role,
  created_at: iso(row.createdAt),
  expires_at: isoOrNull(row.expiresAt),
  last_used_on: dayOrNull(row.lastUsedDay),
  rotated_to: row.rotatedTo,
  revoked_at: isoOrNull(row.revokedAt),
});
