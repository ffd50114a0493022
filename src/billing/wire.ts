/** Billing settings, as the API answers them. */
import type { BillingView } from '../contracts/billing.ts';
import { defaultNetDays } from './settings.ts';
import type { BillingRow } from './store.ts';

export const toBilling = (row: BillingRow | null): BillingView => ({
  collection: row?.collection ?? 'card',
  net_days: row?.netDays ?? defaultNetDays,
  tax_exempt: row?.taxExempt ?? 'none',
  po_number: row?.poNumber ?? null,
  tax_ids: row?.taxIds ?? [],
  address: row?.address ?? null,
  billing_email: row?.billingEmail ?? null,
  at_stripe: stateOf(row),
  refused: row === null || row.sentVersion !== row.version ? [] : row.refused,
});

function stateOf(row: BillingRow | null): BillingView['at_stripe'] {
  if (row === null || row.version === 0) return 'none';
  if (row.sentVersion !== row.version) return 'pending';
  return row.refused.length > 0 ? 'refused' : 'done';
}
