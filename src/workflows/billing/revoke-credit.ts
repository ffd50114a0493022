/** Takes credit back of which nothing was used: one that was given by mistake, or that is paid back to the customer. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { ShownEntry } from '../../credits/store.ts';
import * as creditStore from '../../credits/store.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

const used: Failure = {
  code: 'credit_used',
  message: 'an invoice has taken of it, or nothing of it is left: only credit that is whole is taken back',
};

export interface Revocation {
  customerId: string;
  creditId: string;
  reason: string;
}

/** Plans the entry that takes it back. */
export async function revokeCredit(
  { db, now, actor }: Context,
  { customerId, creditId, reason }: Revocation,
): Promise<Planned<ShownEntry>> {
  const [grant, before] = await Promise.all([
    creditStore.findGrant(db, customerId, creditId),
    creditStore.findBalance(db, customerId),
  ]);
  if (!grant) return err(notFound);
  if (grant.leftCents !== grant.amountCents) return err(used);
  const amountCents = -grant.amountCents;
  return ok({
    value: {
      creditId,
      kind: 'refund',
      amountCents,
      balanceCents: before + amountCents,
      expiresAt: grant.expiresAt,
      invoiceId: null,
      reason,
      actor: actor.name,
      createdAt: now,
    },
    writes: [creditStore.guardUnused(creditId), creditStore.refund(grant, { reason, actor: actor.name, now })],
    audit: [
      {
        action: 'credit.revoked',
        subject: customerId,
        details: { credit_id: creditId, amount_cents: grant.amountCents, reason },
      },
    ],
  });
}
