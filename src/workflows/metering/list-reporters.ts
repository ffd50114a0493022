/** The sources of usage of a customer. */
import { findCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { listReporters } from '../../reporters/store.ts';

/** Its reporters with what each owns or owned, oldest first; null when there is no such customer. */
export async function reportersOf(db: Db, customerId: string) {
  return (await findCustomer(db, customerId)) && listReporters(db, customerId);
}
