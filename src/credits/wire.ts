/** Entries of the ledger of credit, as the API answers them. */
import { staffActor } from '../audit/entry.ts';
import type { CreditEntryView } from '../contracts/credits.ts';
import type { Principal } from '../credentials/principal.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ShownEntry } from './store.ts';

/** Who of the staff it was is the operator's own to see. */
export const toEntry = (entry: ShownEntry, principal: Pick<Principal, 'kind'>): CreditEntryView => ({
  credit_id: entry.creditId,
  kind: entry.kind,
  amount_cents: entry.amountCents,
  balance_cents: entry.balanceCents,
  expires_at: isoOrNull(entry.expiresAt),
  invoice_id: entry.invoiceId,
  reason: entry.reason,
  actor: principal.kind === 'admin' || entry.actor === 'cron' ? entry.actor : staffActor,
  created_at: iso(entry.createdAt),
});
