/** One past period of one customer under other plans, at once. Reads only. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { CustomerRow } from '../../customers/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { queryEndedPeriod } from '../../periods/store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type BillComparison, compareBill, type EndedPeriod } from './compare-bill.ts';
import { type Asked, proposedPlans } from './proposed-plans.ts';

export interface SimulatedCustomer extends BillComparison {
  period: EndedPeriod;
}

const noPeriod: Failure = { ...notFound, message: 'the customer has no such period that has ended' };

/** @param asked `periodStart` in ms; null is the last period that has ended */
export async function simulateCustomer(
  reads: UsageReads,
  customer: CustomerRow,
  asked: Asked & { periodStart: number | null },
): Promise<Result<SimulatedCustomer, Failure>> {
  const proposed = await proposedPlans(reads.db, asked);
  if (!proposed.ok) return proposed;
  const [period] = await queryEndedPeriod(reads.db, customer.id, asked.periodStart, reads.now);
  if (!period) return err(noPeriod);
  return ok({ period, ...(await compareBill(reads, customer, period, proposed.value.versions)) });
}
