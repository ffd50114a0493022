/** Reviews as the API answers them. Pure. */
import type { ReviewList } from '../contracts/reviews.ts';
import type { Quantities } from '../contracts/usage.ts';
import { iso, secondMs } from '../lib/time.ts';
import type { ListedReview } from '../workflows/billing/list-reviews.ts';
import { shownOf } from './correction.ts';
import { storedQuantities } from './review-store.ts';

const fieldsOf = (json: string, seconds: number): Quantities => shownOf(storedQuantities(json), seconds);

export const toReview = ({ row, ...named }: ListedReview): ReviewList['items'][number] => ({
  review_id: row.id,
  customer_id: named.customerId,
  namespace: named.namespace,
  instance_id: named.instanceId,
  window_start: iso(row.windowEnd - row.seconds * secondMs),
  window_end: iso(row.windowEnd),
  reason: row.reason,
  state: row.state,
  held_at: iso(row.heldAt),
  delta_cents: named.deltaCents,
  decision:
    row.decidedAt === null
      ? null
      : { at: iso(row.decidedAt), by: row.decidedBy ?? '', reason: row.decisionReason ?? '' },
  standing: { revision: row.standingRevision, quantities: fieldsOf(row.standingQuantities, row.seconds) },
  proposed: {
    revision: row.revision,
    complete: row.complete === 1,
    gap_seconds: row.gapMs / secondMs,
    quantities: fieldsOf(row.quantities, row.seconds),
  },
});
