/** Makes an admin token, shown once. Its name is nobody else's while it lives: the audit log names its deeds by it. */
import type { Failure } from '../../contracts/failures.ts';
import type { Role } from '../../contracts/route.ts';
import { refuseExpired } from '../../credentials/credential.ts';
import { rootName } from '../../credentials/principal.ts';
import * as credentialStore from '../../credentials/store.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import type { Context, Planned } from '../deed.ts';

export interface AdminTokenInput {
  name: string;
  role: Role;
  /** ms; null for a token without an end. */
  expiresAt: number | null;
}

export interface MadeToken {
  credentialId: string;
  token: string;
}

export async function makeAdminToken(
  { db, now, random }: Context,
  { name, role, expiresAt }: AdminTokenInput,
): Promise<Planned<MadeToken>> {
  const expired = refuseExpired(expiresAt, now);
  if (expired) return err(expired);
  if (name === rootName || (await credentialStore.isAdminNameTaken(db, name, now))) return err(taken(name));
  const ownerId = newId('admin', random);
  const made = { credentialId: newId('credential', random), token: newKey(ownerId, random) };
  const hash = await sha256Hex(made.token);
  return ok({
    value: made,
    writes: [
      credentialStore.guardAdminName(name, now),
      credentialStore.insert({
        id: made.credentialId,
        kind: 'admin',
        ownerId,
        hash,
        name,
        role,
        createdAt: now,
        expiresAt,
      }),
    ],
    audit: [
      {
        action: 'admin_token.created',
        subject: made.credentialId,
        details: { name, role, expires_at: expiresAt === null ? null : iso(expiresAt) },
      },
    ],
  });
}

const taken = (name: string): Failure => ({ code: 'name_taken', message: `a live admin token is called ${name}` });
