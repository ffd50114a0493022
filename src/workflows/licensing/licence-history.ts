/** Every licence that a customer was ever given. */
import { findCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import * as licenceStore from '../../licences/store.ts';

/** The customer and its licences, in the store's order; null when there is no such customer. */
export async function findLicenceHistory(db: Db, customerId: string) {
  const customer = await findCustomer(db, customerId);
  return customer && { customer, rows: await licenceStore.history(db, customer.id) };
}
