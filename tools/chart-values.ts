/**
 * Writes charts/customer-instance/README.md, every value of the chart with its default and what it is for: the comment that stands above it
 * in values.yaml, else the schema's description. `--check` writes nothing and says whether the page is so.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  description?: string;
  type?: string;
  enum?: string[];
  properties?: Record<string, Schema>;
  required?: string[];
}
interface Row {
  path: string;
  value: string;
  words: string;
}

const chart = resolve(import.meta.dirname, '../charts/customer-instance');
const page = `${chart}/README.md`;
/** Said once for all parts, at the top of the page. */
const ofEveryPart = [
  'podAnnotations',
  'podLabels',
  'nodeSelector',
  'tolerations',
  'affinity',
  'topologySpreadConstraints',
  'priorityClassName',
];

const schema = JSON.parse(await readFile(`${chart}/values.schema.json`, 'utf8')) as Schema;
const resolved = (part: Schema | undefined): Schema => {
  const name = part?.$ref?.replace('#/$defs/', '');
  return name === undefined
    ? (part ?? {})
    : { ...schema.$defs?.[name], ...(part?.description && { description: part.description }) };
};
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
const comment = (text: string | null | undefined): string =>
  (text ?? '')
    .split(/\n\s*\n/)
    .at(-1)
    ?.split('\n')
    .map((line) => line.trim())
    .join(' ') ?? '';

/** The words above a value, or behind the name of a map that holds it alone. */
function wordsOf({ key, value }: Pair, part: Schema): string {
  const above = isScalar(key) ? comment(key.commentBefore) : '';
  const behind = isScalar(value) ? comment(value.comment) : '';
  const choices = part.enum ? part.enum.map((choice) => `\`${choice || '""'}\``).join(', ') : '';
  return cell([above || behind || part.description || '', choices].filter(Boolean).join(' '));
}

function rowsOf(map: YAMLMap, part: Schema, prefix: string): Row[] {
  return map.items.flatMap((pair): Row[] => {
    const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const path = `${prefix}${name}`;
    if (prefix !== '' && ofEveryPart.includes(name)) return [];
    const below = resolved(part.properties?.[name]);
    const words = wordsOf(pair, below);
    const { value } = pair;
    if (isMap(value) && value.items.length > 0 && below.properties) {
      const rows = rowsOf(value, below, `${path}.`);
      return words === '' ? rows : [{ path, value: '', words }, ...rows];
    }
    const json = JSON.stringify((value as { toJSON?: () => unknown } | null)?.toJSON?.() ?? null);
    return [{ path, value: json.length > 60 ? '(values.yaml)' : `\`${json}\``, words }];
  });
}

/** What the control plane sends has no default, and its words are the schema's. */
const sentRows = (part: Schema, prefix: string, names: string[]): Row[] =>
  names.flatMap((name) => {
    const below = resolved(part.properties?.[name]);
    const path = `${prefix}${name}`;
    if (below.properties) return sentRows(below, `${path}.`, Object.keys(below.properties));
    return [{ path, value: below.type ?? '', words: cell(below.description ?? '') }];
  });

function table(head: [string, string, string], rows: Row[]): string {
  const cells = [head, ...rows.map(({ path, value, words }) => [`\`${path}\``, value, words])];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first, ...rest] = cells;
  return [line(first ?? []), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/** The page as it should be. */
export async function chartPage(): Promise<string> {
  const document = parseDocument(await readFile(`${chart}/values.yaml`, 'utf8'));
  if (!isMap(document.contents)) throw new Error('values.yaml is no map');
  const given = document.contents.items.map(({ key }) => String(isScalar(key) ? key.value : key));
  const sent = Object.keys(schema.properties ?? {}).filter((name) => !given.includes(name));
  return `# Values of charts/customer-instance

Written by \`npm run chart-values\` from \`values.yaml\` and \`values.schema.json\`. What the parts are, and why it is as it is:
[docs/chart.md](../../docs/chart.md).

## From the control plane

Without defaults.

${table(['value', 'type', 'what'], sentRows(schema, '', sent))}

## The operator's

${ofEveryPart.map((name) => `\`${name}\``).join(', ')} stand at the top, for every pod, and under the key of each part.

${table(['value', 'default', 'what'], rowsOf(document.contents, schema, ''))}
`;
}

if (import.meta.main) {
  const wanted = await chartPage();
  if (!process.argv.includes('--check')) await writeFile(page, wanted);
  else if ((await readFile(page, 'utf8').catch(() => '')) !== wanted) {
    console.error('charts/customer-instance/README.md is not what the values say: npm run chart-values');
    process.exitCode = 1;
  }
}
