/**
 * What of held replacements may still take effect. Meters may have been handed over since a report was held: then whoever has them
 * now reports them, and they must not be billed twice. As for a report that waited in the queue (store-usage.ts). Reads only.
 */
import { findOwnershipVersions } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { stillOwned } from '../../usage/report.ts';
import { type ReviewRow, storedQuantities, withQuantities } from '../../usage/review-store.ts';
import { standingOwnerships } from '../../usage/rights-store.ts';

export interface OwnedReview {
  /** With the quantities that its reporter still owns; null where it owns none of the window. */
  row: ReviewRow | null;
  /** By which count of the customer's ownership that was judged; it may have changed since. */
  ownershipVersion: number;
}

/** By the review's id. The count is read first: what changes after it is refused by the shard. */
export async function ownedNow(db: Db, rows: readonly ReviewRow[]): Promise<ReadonlyMap<string, OwnedReview>> {
  if (rows.length === 0) return new Map();
  const versions = await findOwnershipVersions(
    db,
    rows.map(({ customerSeq }) => customerSeq),
  );
  const ownershipsOf = await standingOwnerships(db, rows);
  return new Map(
    rows.map((row) => {
      const { windowEnd, seconds } = row;
      const kept = stillOwned({ windowEnd, seconds, quantities: storedQuantities(row.quantities) }, ownershipsOf(row));
      return [
        row.id,
        { row: kept && withQuantities(row, kept), ownershipVersion: versions.get(row.customerSeq) ?? 0 },
      ] as const;
    }),
  );
}
