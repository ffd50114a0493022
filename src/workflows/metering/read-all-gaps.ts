/**
 * What is missing of everybody's usage of late, customer by customer. What was expected is worked out for the customers of one
 * page only, so a page costs the same however many customers there are. Reads only.
 */
import { type CustomerRow, findCustomer, listCustomers } from '../../customers/store.ts';
import { floorTo, hourMs, type TimeRange } from '../../lib/time.ts';
import type { Gap } from '../../usage/gaps.ts';
import { instanceOf, meteringOf, namespaceOf } from '../../usage/names-store.ts';
import { findGapsOf } from './find-gaps.ts';
import type { UsageReads } from './usage-reads.ts';

export interface AllGapsQuery {
  /** Of customers, newest first. */
  page: number;
  limit: number;
  /** Only this customer's. */
  customerId?: string | undefined;
}

/** A gap by the names of its namespace and reporter. */
export interface ShortGap extends Gap {
  namespace: string;
  instanceId: string;
}

export interface CustomersGaps {
  customerId: string;
  companyName: string;
  /** Oldest first. */
  gaps: ShortGap[];
}

/** How far back is looked, ms; a customer's own route looks further. */
const lookBackMs = 7 * 24 * hourMs;

/** Gaps of the page's customers in the last seven days, also of those that have none, and how many customers there are. */
export async function readAllGaps(
  reads: UsageReads,
  query: AllGapsQuery,
): Promise<{ range: TimeRange; items: CustomersGaps[]; total: number }> {
  const to = floorTo(reads.now, hourMs);
  const range = { from: to - lookBackMs, to };
  const { customers, total } = await customersOf(reads, query);
  return { range, items: await Promise.all(customers.map((customer) => gapsOfOne(reads, customer, range))), total };
}

async function customersOf({ db }: UsageReads, { page, limit, customerId }: AllGapsQuery) {
  if (customerId === undefined) {
    const { rows, total } = await listCustomers(db, { page, limit });
    return { customers: rows.map(({ customer }) => customer), total };
  }
  const found = await findCustomer(db, customerId);
  return { customers: found && page === 1 ? [found] : [], total: found ? 1 : 0 };
}

async function gapsOfOne(reads: UsageReads, customer: CustomerRow, range: TimeRange): Promise<CustomersGaps> {
  const metering = await meteringOf(reads.db, customer.id);
  const gaps = await findGapsOf(reads, customer, range, metering);
  const named = gaps.map((gap) => ({
    ...gap,
    namespace: namespaceOf(metering, gap.projectSeq),
    instanceId: instanceOf(metering, gap.reporterSeq),
  }));
  return { customerId: customer.id, companyName: customer.companyName, gaps: named };
}
