/** A program's table of variables beside the document that lists them for people. */
import type { Table } from '../../src/lib/variables.ts';

/**
 * What the document's tables of variables (first header `variable`) and the program's table do not agree on: names that
 * one of them lacks, and defaults that the document's second column does not have.
 * @param others variables of other programs that the document names as well
 */
export function disagreements(table: Table, document: string, others: readonly string[] = []): string[] {
  const rows = rowsOf(document);
  const known = new Set([...Object.keys(table), ...filesOf(table), ...others]);
  const documented = new Map(rows.flatMap(({ names, second }) => names.map((name) => [name, second] as const)));
  const unknown = [...documented.keys()].filter((name) => !known.has(name)).map((name) => `${name} is no variable`);
  const missing = Object.entries(table).flatMap(([name, { need }]) => {
    const second = documented.get(name);
    if (second === undefined) return [`${name} is not documented`];
    if (typeof need === 'string' || need.default.startsWith('/')) return [];
    return second.replaceAll(',', '').split('`').join(' ').includes(need.default.replaceAll(',', ''))
      ? []
      : [`the default of ${name} is ${need.default}, not ${second}`];
  });
  return [...unknown, ...missing];
}

const filesOf = (table: Table): string[] =>
  Object.entries(table).flatMap(([name, { kind }]) => (kind.ofFile ? [`${name}_FILE`] : []));

/** The rows of every table whose first header is `variable`: the names in the first cell, and the second cell. */
function rowsOf(document: string): { names: string[]; second: string }[] {
  const tables = document.split(/\n(?!\|)/).filter((block) => /^\n*\|\s*variable\b/.test(block));
  return tables
    .flatMap((block) => block.trim().split('\n').slice(2))
    .map((row) => {
      const [, first = '', second = ''] = row.split('|');
      return { names: [...first.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name = '']) => name), second: second.trim() };
    });
}
