/** Only the owner of a table writes it (docs/storage.md); any store reads. Statements are found in the source's own text. */
import { getTableName, is, Table } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import * as billingSchema from '../../src/db/billing-schema.ts';
import * as controlSchema from '../../src/db/control-schema.ts';
import * as creditSchema from '../../src/db/credit-schema.ts';
import * as invoiceSchema from '../../src/db/invoice-schema.ts';
import * as licenceSchema from '../../src/db/licence-schema.ts';
import * as pricingSchema from '../../src/db/pricing-schema.ts';
import * as sessionSchema from '../../src/db/session-schema.ts';
import * as spendCapSchema from '../../src/db/spend-cap-schema.ts';
import * as statementSchema from '../../src/db/statement-schema.ts';
import * as usageSchema from '../../src/db/usage-schema.ts';
import * as workSchema from '../../src/db/work-schema.ts';
import { files, textOf } from './tree.ts';

/** Each table's name by the name of its constant. */
const tables = new Map(
  [
    controlSchema,
    licenceSchema,
    workSchema,
    pricingSchema,
    sessionSchema,
    invoiceSchema,
    creditSchema,
    spendCapSchema,
    billingSchema,
    statementSchema,
    usageSchema,
  ].flatMap((schema) =>
    Object.entries<unknown>({ ...schema }).flatMap(([constant, value]) =>
      is(value, Table) ? [[constant, getTableName(value)] as const] : [],
    ),
  ),
);
const names = new Set(tables.values());
/** What is no longer written, because migrations only add: docs/storage.md says what took its place. */
const retired = ['overrides'];

const owners = new Map(
  [...textOf('docs/storage.md').matchAll(/^\| `([a-z_]+)` +\| ([a-z-]+) +\|/gm)].map(([, table = '', owner = '']) => [
    table,
    owner,
  ]),
);

/** The tables that a text writes, by the query builder or by SQL. */
function writtenBy(text: string): Set<string> {
  const built = [...text.matchAll(/\.(?:insert|update|delete)\((\w+)\)/g)].map(([, name = '']) => tables.get(name));
  const said = [...text.matchAll(/\b(?:INSERT (?:OR [A-Z]+ )?INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\b/g)].map(
    ([, name = '']) => name,
  );
  return new Set([...built, ...said].filter((name) => name !== undefined && names.has(name)) as string[]);
}

const folderOf = (file: string): string => file.split('/')[1] ?? '';

/** `file writes table, which is owner's` for every statement of somebody else's. */
const trespasses = (sources: readonly [file: string, text: string][]): string[] =>
  sources.flatMap(([file, text]) =>
    [...writtenBy(text)]
      .filter((table) => owners.get(table) !== folderOf(file))
      .map((table) => `${file} writes ${table}, which is ${owners.get(table)}'s`),
  );

describe('tables', () => {
  const sources = files
    .filter((file) => /^src\/.*[.]ts$/.test(file))
    .map((file): [string, string] => [file, textOf(file)]);

  it('are written by their owner only', () => {
    expect(trespasses(sources)).toEqual([]);
  });

  it('are each written by somebody', () => {
    const written = new Set(sources.flatMap(([, text]) => [...writtenBy(text)]));
    expect([...names].filter((name) => !written.has(name))).toEqual(retired);
  });

  it.each([
    'write(build.insert(customers).values(row))',
    'db.update(customers).set({ id })',
    'write(sql`UPDATE customers SET id = 1`)',
    'sql`INSERT OR IGNORE INTO customers (id) VALUES (1)`',
    'sql`DELETE FROM customers`',
  ])('that somebody else writes are seen: %s', (text) => {
    expect(trespasses([['src/outbox/store.ts', text]])).toEqual([
      "src/outbox/store.ts writes customers, which is customers's",
    ]);
    expect(trespasses([['src/customers/store.ts', text]])).toEqual([]);
  });
});
