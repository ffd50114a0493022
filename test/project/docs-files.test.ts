/** The files that the documents' commands write: what one page has kept as secret, no command of another page writes over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../docs');
const text = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(docs, name), 'utf8'))
  .join('\n');
const namedBy = (option: RegExp): string[] => [...text.matchAll(option)].map(([, file]) => file ?? '');

it('curl of no page writes over keys that another page has made', () => {
  const keys = namedBy(/--out\s+(\.data\/[\w.-]+)/g);
  const fetched = namedBy(/ -o\s+(\.data\/[\w.-]+)/g);
  expect(keys).toContain('.data/statement-keys.json');
  expect(fetched.length).toBeGreaterThan(1);
  expect(fetched.filter((file) => keys.includes(file))).toEqual([]);
});
