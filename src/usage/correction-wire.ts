/** Corrections as the API answers them. Pure. */
import type { Correction } from '../contracts/corrections.ts';
import type { Quantities } from '../contracts/usage.ts';
import { iso } from '../lib/time.ts';
import type { NamedCorrection } from '../workflows/billing/correct-usage.ts';
import { ownCostFields } from './meters.ts';

/** What a namespace costs us is for admins. */
const forCustomers = (quantities: Quantities): Quantities =>
  Object.fromEntries(Object.entries(quantities).filter(([field]) => !ownCostFields.some((own) => own === field)));

/** @param isAdmin whether an admin asks: others see neither who did it nor what things cost us */
export function toCorrection(made: NamedCorrection, isAdmin: boolean): Correction {
  const shown = isAdmin ? (quantities: Quantities) => quantities : forCustomers;
  return {
    correction_id: made.id,
    customer_id: made.customerId,
    kind: made.kind,
    namespace: made.namespace,
    instance_id: made.instanceId,
    window_start: iso(made.windowStart),
    window_end: iso(made.windowEnd),
    revision: made.revision,
    before: made.before && shown(made.before),
    after: shown(made.after),
    delta_cents: made.deltaCents,
    invoice: made.invoice,
    invoice_id: made.invoiceId,
    lines: made.lines.map(({ lineId, meter, description, beforeCents, afterCents }) => ({
      line_id: lineId,
      meter,
      description,
      before_cents: beforeCents,
      after_cents: afterCents,
    })),
    reason: made.reason,
    at: iso(made.at),
    by: isAdmin ? made.by : null,
  };
}

export const toCorrectionList = (
  { items, total }: { items: readonly NamedCorrection[]; total: number },
  { page, limit }: { page: number; limit: number },
  isAdmin: boolean,
) => ({ items: items.map((made) => toCorrection(made, isAdmin)), total, page, limit });
