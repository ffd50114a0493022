/** A customer's gaps, page by page, with what reports said was not seen in them. */
import { type CustomerRow, findCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { TimeRange } from '../../lib/time.ts';
import type { Gap } from '../../usage/gaps.ts';
import { instanceOf, meteringOf, namespaceOf } from '../../usage/names-store.ts';
import { detailsOf, type GapDetail } from '../../usage/window-gaps.ts';
import { toldIn } from '../../usage/window-gaps-store.ts';
import { findGapsOf } from './find-gaps.ts';
import type { UsageReads } from './usage-reads.ts';

export interface GapsQuery {
  customerId: string;
  range: TimeRange;
  page: number;
  limit: number;
}

/** A gap by the names of its namespace and reporter; `details` the longest first. */
export interface NamedGap extends Gap {
  namespace: string;
  instanceId: string;
  details: GapDetail[];
}

/** A page of gaps, oldest first, and how many the range has. */
export interface GapsPage {
  items: NamedGap[];
  total: number;
}

/** Null when there is no such customer. */
export async function readGaps(reads: UsageReads, query: GapsQuery): Promise<GapsPage | null> {
  const { customerId, range, page, limit } = query;
  const customer = await findCustomer(reads.db, customerId);
  if (!customer) return null;
  const metering = await meteringOf(reads.db, customerId);
  const gaps = await findGapsOf(reads, customer, range, metering);
  const shown = gaps.slice((page - 1) * limit, page * limit);
  const details = await findDetails(reads, customer, shown);
  const items = shown.map((gap, i) => ({
    ...gap,
    namespace: namespaceOf(metering, gap.projectSeq),
    instanceId: instanceOf(metering, gap.reporterSeq),
    details: details[i] ?? [],
  }));
  return { items, total: gaps.length };
}

/** What reports said was not seen, gap by gap; of one that nobody reported nothing is known. */
async function findDetails(reads: UsageReads, customer: CustomerRow, gaps: readonly Gap[]): Promise<GapDetail[][]> {
  const reported = gaps.filter(({ reason }) => reason !== 'missing');
  if (reported.length === 0) return gaps.map(() => []);
  const { things, missing } = await toldIn(shardOf(reads, customer), customer.seq, reported);
  return gaps.map((gap) => {
    const place = reported.indexOf(gap);
    return detailsOf(things.get(place) ?? [], missing.get(place) ?? []);
  });
}
