/** Corrections, newest first: of one customer, or of all. Reads only. */
import { type CustomerRow, findCustomer } from '../../customers/store.ts';
import { correctionTimes, listCorrections } from '../../usage/correction-store.ts';
import { namesOf } from '../../usage/names-store.ts';
import { newestOf } from '../metering/newest-of.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { carriersOf } from './carriers-of.ts';
import type { NamedCorrection } from './correct-usage.ts';

interface CorrectionPage {
  items: NamedCorrection[];
  total: number;
}

/** A page of corrections. @param customer null: everybody's */
export async function readCorrections(
  reads: UsageReads,
  customer: CustomerRow | null,
  page: { page: number; limit: number },
): Promise<CorrectionPage> {
  const seq = customer?.seq ?? null;
  const databases = customer === null ? reads.shards : reads.shards.slice(customer.usageShard, customer.usageShard + 1);
  const { items, total } = await newestOf(databases, page, {
    timesOf: (db, count) => correctionTimes(db, seq, count),
    rowsOf: (db, count, offset) => listCorrections(db, seq, count, offset),
    timeOf: ({ at }) => at,
  });
  const rows = items.map(({ row }) => row);
  const [names, carriers] = await Promise.all([
    namesOf(reads.db, {
      customers: rows.map(({ customerSeq }) => customerSeq),
      reporters: rows.map(({ reporterSeq }) => reporterSeq),
      projects: rows.map(({ projectSeq }) => projectSeq),
    }),
    carriersOf(reads.db, rows),
  ]);
  const named = rows.map(({ customerSeq, reporterSeq, projectSeq, ...correction }) => ({
    ...correction,
    customerId: names.customers.get(customerSeq) ?? `#${customerSeq}`,
    namespace: names.projects.get(projectSeq) ?? `#${projectSeq}`,
    instanceId: names.reporters.get(reporterSeq) ?? `#${reporterSeq}`,
    invoiceId: carriers.get(correction.id) ?? null,
  }));
  return { items: named, total };
}

/** The same, of a customer by its id; null where there is no such customer. */
export async function readCorrectionsOf(
  reads: UsageReads,
  customerId: string | null,
  page: { page: number; limit: number },
): Promise<CorrectionPage | null> {
  if (customerId === null) return await readCorrections(reads, null, page);
  const customer = await findCustomer(reads.db, customerId);
  return customer && (await readCorrections(reads, customer, page));
}
