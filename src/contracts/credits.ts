/** Prepaid credit on the wire: a ledger of what was given and what became of it. */
import { z } from 'zod';
import { instant, lineText, listOf } from './common.ts';

/**
 * `grant`: given. `apply`: an invoice takes of it. `release`: the invoice is void, and it is back. `expire`: its time is over.
 * `refund`: taken back by a person.
 */
export const creditKind = z.enum(['grant', 'apply', 'release', 'expire', 'refund']);
export type CreditKind = z.infer<typeof creditKind>;

/** `credit_id` names the grant that the entry is of; `balance_cents` is the customer's balance after it. */
export const creditEntry = z.object({
  credit_id: z.string(),
  kind: creditKind,
  amount_cents: z.number().int(),
  balance_cents: z.number().int(),
  expires_at: z.string().nullable(),
  invoice_id: z.string().nullable(),
  reason: z.string(),
  actor: z.string(),
  created_at: z.string(),
});
export type CreditEntryView = z.infer<typeof creditEntry>;

/** GET /api/customers/:id/credits, newest first. */
export const creditList = listOf(creditEntry).extend({ balance_cents: z.number().int() });

/** A million dollars: more is a slip of the finger. */
const amountCentsMax = 100_000_000;

/** POST /api/customers/:id/credits. The customer sees the reason. */
export const grantBody = z.strictObject({
  amount_cents: z.number().int().min(1).max(amountCentsMax),
  expires_at: instant.optional(),
  reason: lineText(500),
});
export type GrantBody = z.output<typeof grantBody>;

/** POST /api/customers/:id/credits/:creditId/revoke. */
export const revokeCreditBody = z.strictObject({ reason: lineText(500) });

/** The entry that was made. */
export const creditAnswer = z.object({ success: z.literal(true), credit: creditEntry });
