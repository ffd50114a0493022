import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { takeOverOldFile } from '../../../dev/stripe/old-file.ts';
import { openStripeStore } from '../../../dev/stripe/store.ts';

it('customers of a stand-in that knew nothing else are still there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-old-'));
  const path = join(folder, 'stripe.sqlite');
  const customer = { id: 'cus_old', created: 1_700_000_000, email: 'a@b.example', name: 'A', description: null };
  const old = new DatabaseSync(path);
  old.exec(`
    CREATE TABLE customer (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, email TEXT, json TEXT NOT NULL) STRICT;
    CREATE TABLE kept_answer (key TEXT PRIMARY KEY, request TEXT, status INTEGER, body TEXT, at INTEGER) STRICT;
  `);
  const json = JSON.stringify({ ...customer, phone: null, metadata: { tenantry_customer_id: 'cust_1' } });
  old.prepare('INSERT INTO customer (id, email, json) VALUES (?, ?, ?)').run(customer.id, customer.email, json);
  old.close();

  const store = openStripeStore(path);
  try {
    takeOverOldFile(store);
    takeOverOldFile(store);
    const found = store.list('customer', { key: 'a@b.example' });
    expect(found).toMatchObject([
      { ...customer, metadata: { tenantry_customer_id: 'cust_1' }, deleted: false, balance: 0 },
    ]);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
