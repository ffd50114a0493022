/**
 * Takes over the file of a stand-in that knew customers only: their ids are in our Worker's database. What was kept for keys
 * then is older than its 24 hours and goes.
 */
import type { Customer } from './objects/customer.ts';
import type { Store } from './store.ts';

type OldCustomer = Pick<Customer, 'id' | 'created' | 'email' | 'name' | 'description' | 'phone' | 'metadata'>;

/** What a customer of that time did not have. */
const sinceThen = {
  address: null,
  currency: null,
  balance: 0,
  delinquent: false,
  defaultPaymentMethod: null,
  taxExempt: 'none',
  nextInvoice: 1,
  deleted: false,
} as const;

/** In one commit; does nothing to a file that is not one. */
export function takeOverOldFile(store: Store): void {
  const { db } = store;
  const old = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'customer'").get();
  if (old === undefined) return;
  db.exec('BEGIN IMMEDIATE');
  for (const { json } of db.prepare('SELECT json FROM customer ORDER BY seq').all() as { json: string }[]) {
    store.put('customer', { ...sinceThen, ...(JSON.parse(json) as OldCustomer) });
  }
  db.exec('DROP TABLE customer; DROP TABLE IF EXISTS kept_answer; COMMIT');
}
