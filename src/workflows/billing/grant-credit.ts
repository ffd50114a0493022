/** Gives a customer credit: an operator does, and whoever owes the customer something (a delta that is negative). */
import type { GrantBody } from '../../contracts/credits.ts';
import type { Failure } from '../../contracts/failures.ts';
import type { ShownEntry } from '../../credits/store.ts';
import * as creditStore from '../../credits/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { iso, msOrNull } from '../../lib/time.ts';
import type { Context, Planned } from '../deed.ts';

const path = 'expires_at';
const message = 'must lie ahead';
const isOver: Failure = {
  code: 'validation_failed',
  message: `${path}: ${message}`,
  details: { issues: [{ path, message }] },
};

/** Plans the grant. */
export async function grantCredit(
  { db, now, random, actor }: Context,
  customerId: string,
  { amount_cents: amountCents, expires_at, reason }: GrantBody,
): Promise<Planned<ShownEntry>> {
  const expiresAt = msOrNull(expires_at);
  if (expiresAt !== null && expiresAt <= now) return err(isOver);
  const id = newId('credit', random);
  const before = await creditStore.findBalance(db, customerId);
  const made = { amountCents, expiresAt, reason, actor: actor.name, createdAt: now };
  const shown = { ...made, creditId: id, kind: 'grant' as const, balanceCents: before + amountCents, invoiceId: null };
  return ok({
    value: shown,
    writes: creditStore.insertGrant({ ...made, id, customerId }),
    audit: [
      {
        action: 'credit.granted',
        subject: customerId,
        details: {
          credit_id: id,
          amount_cents: amountCents,
          ...(expiresAt === null ? {} : { expires_at: iso(expiresAt) }),
          reason,
        },
      },
    ],
  });
}
