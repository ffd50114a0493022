/** The chart's values: closed, in step with the wire contract, and refused with words that name what is wrong. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ChartValues, chartValues } from '../../src/contracts/jobs.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, plans } from './example.ts';
import { chartPath, mapLimited, refusal, render } from './helm.ts';

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  enum?: string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
}
type Tree = { [name: string]: Tree | string | boolean };

const contract = z.toJSONSchema(chartValues) as unknown as Schema;
let schema: Schema;
let defaults: Tree;
/** What the control plane sends and an older one did not, so that it has a default, too. */
const sentLately = ['quota', 'reporterSecret', 'appReporterSecret'];

beforeAll(async () => {
  schema = JSON.parse(await readFile(join(chartPath, 'values.schema.json'), 'utf8'));
  defaults = parse(await readFile(join(chartPath, 'values.yaml'), 'utf8'));
});

const resolved = (part: Schema): Schema => {
  const name = part.$ref?.replace('#/$defs/', '');
  return name === undefined ? part : (schema.$defs?.[name] ?? {});
};
/** Every sub-schema that a value can meet, with its path. */
const walk = (part: Schema, path: string): [string, Schema][] => {
  const here = resolved(part);
  const children = Object.entries(here.properties ?? {}).flatMap(([name, child]) => walk(child, `${path}.${name}`));
  return [[path, here], ...children, ...(here.items ? walk(here.items, `${path}[]`) : [])];
};
/** A schema's names, types and choices, without the patterns that only the chart has. */
const outline = (part: Schema): unknown => {
  const { properties, enum: choices, type } = resolved(part);
  if (!properties) return choices ?? type;
  return Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, outline(child)]));
};
/** `['customer.id', …]` of nested values. */
const paths = (tree: Tree, prefix = ''): string[] =>
  Object.entries(tree).flatMap(([name, child]) =>
    typeof child === 'object' ? [prefix + name, ...paths(child, `${prefix}${name}.`)] : [prefix + name],
  );
/** A copy of the values with one path set, or taken away when the value is `undefined`. */
const changed = (values: ChartValues, path: string, value: unknown): Record<string, unknown> => {
  const copy = structuredClone(values) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce((node, name) => node[name] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
};

describe('the schema of the chart values', () => {
  it('is closed at every level', () => {
    const open = walk(schema, 'values').filter(
      ([, part]) => part.type === 'object' && part.additionalProperties !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('gives every value exactly one type', () => {
    const vague = walk(schema, 'values').filter(([, part]) => typeof part.type !== 'string');
    expect(vague.map(([path]) => path)).toEqual([]);
  });

  it('knows the names, types and choices that the control plane sends, and no others', () => {
    const sent = Object.keys(contract.properties ?? {});
    const properties = Object.fromEntries(
      Object.entries(schema.properties ?? {}).filter(([name]) => sent.includes(name)),
    );
    expect(outline({ properties })).toEqual(outline(contract));
  });

  it('requires what the control plane sends, and has a default for everything else', () => {
    const sent = Object.keys(contract.properties ?? {});
    expect(schema.required).toEqual(Object.keys(schema.properties ?? {}));
    const twice = sent.filter((name) => Object.hasOwn(defaults, name));
    expect(twice).toEqual(sentLately);
    const all = [...new Set([...sent, ...Object.keys(defaults)])];
    expect(all.sort()).toEqual(Object.keys(schema.properties ?? {}).sort());
    const known = walk(schema, '').filter(([, part]) => part.type === 'object' && part.properties);
    // Entries of a list are the operator's, and so is a pod specification's affinity: in these a default would say something.
    const ownDefault = known.filter(([path]) => !/\[\]|\.affinity\b/.test(path));
    const optional = ownDefault.map(([path, part]) => [
      path,
      Object.keys(part.properties ?? {}).filter((name) => !part.required?.includes(name)),
    ]);
    expect(optional.filter(([, names]) => names?.length)).toEqual([]);
  });
});

describeWithTools(['helm'], 'the chart', () => {
  it('takes what the control plane sends for every plan, running and suspended', async () => {
    for (const plan of plans)
      for (const suspended of [false, true]) {
        const values = exampleValues({ plan, suspended });
        expect(chartValues.parse(values)).toEqual(values);
        expect(await refusal({ values })).toBeNull();
      }
  });

  it('takes the example of every supported shape, which are values that the control plane could send', async () => {
    for (const shape of ['small', 'medium', 'large', 'suspended', 'draining', 'private']) {
      const values = parse(await readFile(join(chartPath, 'ci', `${shape}-values.yaml`), 'utf8'));
      chartValues.parse(values);
      expect(await refusal({ values })).toBeNull();
    }
  });

  it('refuses values that lack anything, and says what', async () => {
    const values = exampleValues();
    const all = paths(values as unknown as Tree).filter((path) => !sentLately.includes(path.split('.')[0] ?? ''));
    const answers = await mapLimited(all, 2, (path) => refusal({ values: changed(values, path, undefined) }));
    for (const [index, path] of all.entries())
      expect([path, answers[index]]).toEqual([
        path,
        expect.stringContaining(`missing property '${path.split('.').at(-1)}'`),
      ]);
  });

  it('refuses a name it does not know, wherever it stands', async () => {
    const at = ['x', 'customer.x', 'license.x', 'monitoring.x'];
    const values = exampleValues();
    for (const path of at)
      expect([path, await refusal({ values: changed(values, path, 'y') })]).toEqual([
        path,
        expect.stringMatching(/'x' not allowed/),
      ]);
    for (const overrides of [{ api: { image: { x: 1 } } }, { extraManifests: [] }, { quota: { free: {} } }])
      expect(await refusal({ values, overrides })).toContain('not allowed');
  });

  it('refuses machine values that would end up in names, hosts or addresses of another shape', async () => {
    const wrong: [string, unknown][] = [
      ['customer.id', 'cust_B4C867F4'],
      ['customer.organisationId', 'org_1, x: y'],
      ['customer.companyName', true],
      ['plan', 'Free, cheap: plan'],
      ['suspended', 'false'],
      ['metering', 'true'],
      ['baseDomain', 'example.com/x'],
      ['baseDomain', '{{ .Release.Name }}'],
      ['billingApiUrl', 'javascript:alert(1)'],
      ['billingApiUrl', 'https://user:pass@billing.example.com'],
      ['storageClass', 'Fast Disks'],
      ['license.publicKey', '-----BEGIN PRIVATE KEY-----\n'],
      ['monitoring.retention', '15 days'],
      ['monitoring.storageSize', 10],
    ];
    for (const [path, value] of wrong) {
      const message = await refusal({ values: changed(exampleValues(), path, value) });
      expect([path, message]).toEqual([path, expect.stringContaining(`/${path.replace('.', '/')}`)]);
    }
  });

  it("refuses to lay one customer's values over another's release or namespace", async () => {
    const values = exampleValues();
    expect(await refusal({ values, release: 'cffffffff' })).toContain('must be cb4c867f4, not cffffffff');
    expect(await refusal({ values, namespace: 'default' })).toContain('must be customer-b4c867f4, not default');
    const mixed = changed(values, 'customer.id', 'cust_00000000000000000000000000000000');
    expect(await refusal({ values: mixed })).toContain('short id b4c867f4 is not the beginning of');
  });

  it('refuses a collection interval that has no windows, and writes the others out in full', async () => {
    const values = exampleValues();
    for (const collectionIntervalMs of [60_000, 900_000, 1_800_000, 5_400_000, '3600000'])
      expect(await refusal({ values, overrides: { exporter: { collectionIntervalMs } } })).toContain(
        'collectionIntervalMs',
      );
    const objects = await render(values, { exporter: { collectionIntervalMs: 86_400_000 } });
    expect(JSON.stringify(objects)).toContain('"COLLECTION_INTERVAL":"86400000"');
  });
});
