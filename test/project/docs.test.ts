/** What the documents say about the tree is so: tables and their owners, commands, links. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import * as stripeSchema from '../../src/db/stripe-schema.ts';
import * as usageSchema from '../../src/db/usage-schema.ts';
import * as workSchema from '../../src/db/work-schema.ts';
import { root } from './tool.ts';
import { files, textOf } from './tree.ts';

const pictureBytesMax = 150_000;

const documents = files.filter((file) => file.endsWith('.md'));

/** `[document, match]` of every first group. */
const found = (pattern: RegExp): [string, string][] =>
  documents.flatMap((file) =>
    [...textOf(file).matchAll(pattern)].map((match): [string, string] => [file, match[1] ?? '']),
  );

describe('docs/storage.md', () => {
  const rows = [...textOf('docs/storage.md').matchAll(/^\| `([a-z_]+)` +\| ([a-z-]+) +\|/gm)];

  it('has every table of both databases, and no other', () => {
    const schemas = [
      controlSchema,
      licenceSchema,
      workSchema,
      pricingSchema,
      sessionSchema,
      stripeSchema,
      invoiceSchema,
      creditSchema,
      spendCapSchema,
      billingSchema,
      statementSchema,
      usageSchema,
    ].flatMap((schema) => Object.values<unknown>({ ...schema }));
    const tables = schemas.filter((value) => is(value, Table)).map(getTableName);
    expect(rows.map(([, table]) => table).sort()).toEqual(tables.sort());
  });

  it('names a folder of src as the owner of each', () => {
    expect(rows.filter(([, , owner]) => !existsSync(join(root, 'src', owner ?? ''))).map(([row]) => row)).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('has every code that an answer can carry, with its status, and no other', () => {
    const rows = [...textOf('docs/errors.md').matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\|/gm)];
    const codes = [...textOf('src/contracts/failures.ts').matchAll(/^ {2}([a-z_]+): \[(\d{3}), /gm)];
    expect(codes.length).toBeGreaterThan(40);
    expect(rows.map(([, code, status]) => [code, status])).toEqual(codes.map(([, code, status]) => [code, status]));
  });
});

describe('documents', () => {
  it('name only commands that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = found(/\bnpm run (?:-s |--silent )?([a-z][a-z-]*)/g);
    expect(named.filter(([, script]) => !(script in scripts))).toEqual([]);
  });

  it('write what their commands make only where git does not see it', () => {
    const written = documents.flatMap((file) =>
      [...textOf(file).matchAll(/^```[^\n]*\n(.*?)^```/gms)].flatMap(([, block = '']) =>
        [...block.matchAll(/(?:(?<![-─<=])>|--out) *([\w.~/-]+\.\w+)/g)].map((match) => [file, match[1] ?? '']),
      ),
    );
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter(([, path]) => !/^(?:[.]data|dist|~|\/tmp|\/dev)\//.test(path ?? ''))).toEqual([]);
  });

  it('link only to files that there are', () => {
    const links = found(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g);
    expect(links.filter(([file, target]) => !existsSync(join(root, dirname(file), target)))).toEqual([]);
  });

  it('show pictures that are there, each small and said in words', () => {
    const pictures = [...textOf('README.md').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)];
    expect(pictures.length).toBeGreaterThanOrEqual(3);
    for (const [, words = '', target = ''] of pictures) {
      expect(words.length).toBeGreaterThan(20);
      expect(statSync(join(root, target)).size).toBeLessThan(pictureBytesMax);
    }
  });
});
