/** docs/variables.md has every variable that a program reads, under that program, and no other; .env.example only those. */
import { describe, expect, it } from 'vitest';
import { textOf } from './tree.ts';

const page = textOf('docs/variables.md');

/** The variables of one section's table, each with its default as it is written there. */
function documented(section: string): Map<string, string> {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  return new Map(
    [...own.matchAll(/^\| `([A-Z][A-Z0-9_]+)` +\| (.*?) +\|/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('`', ''),
    ]),
  );
}

/**
 * The names in a reader's source, however it is written: a table's or a schema's key, `read('NAME'`, `secretOf(env,
 * 'NAME')`, `env['NAME']`. Bindings are no variables.
 */
function readBy(file: string): string[] {
  const text = textOf(file);
  const forms = [
    /^ {2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): (?!binding)/gm,
    /\bread\('([A-Z][A-Z0-9_]+)'/g,
    /\bsecretOf\(env, '([A-Z][A-Z0-9_]+)'/g,
    /\benv\['([A-Z][A-Z0-9_]+)'\]/g,
  ];
  const names = new Set(forms.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name)));
  return [...names].sort();
}

const readers: [section: string, file: string, others: string[]][] = [
  // `npm start` reads these two for its first lines; they are the provisioner's and the Worker's.
  ['The embedded platform', 'dev/settings.ts', ['KUBECONFIG', 'STRIPE_SECRET_KEY']],
  ['The Worker', 'src/env.ts', []],
  ['The provisioner', 'provisioner/env.ts', []],
  ['The exporter', 'exporter/config.ts', []],
  ['The command line', 'cli/target.ts', []],
];

describe('docs/variables.md', () => {
  it.each(readers)('has what %s reads (%s), and nothing else', (section, file, others) => {
    const read = readBy(file).filter((name) => !others.includes(name));
    expect(read.length).toBeGreaterThan(2);
    expect([...documented(section).keys()].sort()).toEqual(read);
  });

  it.each(readers)('says the defaults that %s has (%s)', (section, file) => {
    const text = textOf(file);
    for (const [name, value] of documented(section)) {
      if (!/^[\w.,/:-]+$/.test(value) || value === 'required' || value === 'none') continue;
      const from = text.search(new RegExp(String.raw`(?:^ {2}${name}: |\('${name}'|\['${name}'\])`, 'm'));
      // The reader's own words for the value stand in the same statement: `'3'`, `3`, `5_000`, hourMs …
      const statement = text.slice(from, from + 400).replaceAll(/(?<=\d)_(?=\d)/g, '');
      const known = [value, value.replace(/^false$/, 'flag'), ...(named[`${section} ${name}`] ?? [])];
      expect(
        known.some((word) => statement.includes(word)),
        `${name}: ${value}`,
      ).toBe(true);
    }
  });

  it('has all that .env.example names', () => {
    const names = [...textOf('.env.example').matchAll(/^# ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
  });
});

/** Defaults that the reader writes by a constant's name. */
const named: Record<string, string[]> = {
  'The embedded platform EXPORTERS': ['EXPORTERS_MAX'],
  'The embedded platform ALLOW_PLAIN_HTTP': ['optional'],
  'The exporter COLLECTION_INTERVAL': ['hourMs'],
  'The exporter MODE': ['namespace'],
};
