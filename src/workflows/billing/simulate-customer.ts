/** One period of one customer under other plans, at once. Reads only. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { CustomerRow } from '../../customers/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { queryPast } from '../../periods/store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type BillComparison, compareBill, type RatedPeriod } from './compare-bill.ts';
import { type Asked, proposedPlans } from './proposed-plans.ts';

export interface SimulatedCustomer extends BillComparison {
  period: RatedPeriod;
}

const noPeriod: Failure = { ...notFound, message: 'the customer has no such period' };

/** @param asked `periodStart` in ms; null is the last full period that has ended, or what runs */
export async function simulateCustomer(
  reads: UsageReads,
  customer: CustomerRow,
  asked: Asked & { periodStart: number | null },
): Promise<Result<SimulatedCustomer, Failure>> {
  const proposed = await proposedPlans(reads.db, asked);
  if (!proposed.ok) return proposed;
  const [period] = await queryPast(reads.db, customer.id, asked.periodStart, reads.now);
  if (!period) return err(noPeriod);
  return ok({ period, ...(await compareBill(reads, customer, period, proposed.value.versions)) });
}
