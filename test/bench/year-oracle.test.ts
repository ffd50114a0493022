/** The oracle of the year is a witness only while it shares nothing with the product. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const files = ['account', 'catalogue', 'fraction', 'rating'];

it('has no code of the product', () => {
  const imported = files.flatMap((file) => {
    const text = readFileSync(new URL(`../../bench/support/year/${file}.ts`, import.meta.url), 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, source]) => source);
  });
  expect(imported.length).toBeGreaterThan(files.length - 1);
  const own = [...files.map((file) => `./${file}.ts`), 'yaml'];
  expect(imported.filter((source) => !own.includes(source ?? ''))).toEqual([]);
});
