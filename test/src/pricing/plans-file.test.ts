/** plans.yaml as operators get it wrong: every fault has its path, its line and a sentence. */
import { describe, expect, it } from 'vitest';
import { readPlansFile } from '../../../src/pricing/plans-file.ts';
import { plansTextMax } from '../../../src/pricing/plans-text.ts';
import { shippedPlan, shippedPlans } from '../../harness/worker/plans.ts';

/** What is said of a file: `path: message`, and where. */
function saidOf(text: string): string[] {
  const read = readPlansFile(text);
  return read.ok ? [] : read.error.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
}

/** The shipped file with one piece of text replaced. */
function changed(from: string, to: string): string {
  if (!shippedPlans.includes(from)) throw new Error(`plans.yaml has no ${from}`);
  return shippedPlans.replace(from, to);
}

const cpu = 'cpu_core_ms: { per: core-hour, price: 0.05 }';
const priced = (price: string) => changed(cpu, `cpu_core_ms: ${price}`);

describe('the form of the file', () => {
  it.each<[string, string, string]>([
    ['a misspelt word', changed('    order: 1', '    ordre: 1'), 'plans.starter.ordre: is not a word of this file'],
    ['a word that is missing', changed('    order: 1\n', ''), 'plans.starter.order: is missing'],
    ['a section that is unknown', `${shippedPlans}\nplan: {}\n`, 'plan: is not a word of this file'],
    ['a name that stands twice', changed('    order: 1', '    order: 1\n    order: 2'), 'names order twice'],
    ['two plans of one slug', changed('  professional:\n', '  starter:\n'), 'names starter twice'],
    ['an anchor', changed('version: "2026-11"', 'version: &v "2026-11"'), 'has an anchor (&v): write the value itself'],
    ['an alias', changed('version: "2026-11"', 'version: *v'), 'is an alias (*v): write the value itself'],
    ['a tag', changed('fee: 29', 'fee: !!float 29'), 'has a tag (tag:yaml.org,2002:float): write the value alone'],
    ['two documents', `${shippedPlans}\n---\n${shippedPlans}`, 'is more than one document'],
    [
      '__proto__',
      changed('  application:\n', '  __proto__:\n'),
      'names __proto__, which no plan, meter or feature may be called',
    ],
    [
      'constructor',
      changed('maxDevices: 10, ', 'constructor: 10, '),
      'names constructor, which no plan, meter or feature may be called',
    ],
    [
      'a name that is a list',
      changed('currency: usd', '? [a]\n: 1'),
      'is not YAML: With stringKeys, all keys must be strings',
    ],
    ['nothing', '', 'must be a map of names'],
    ['no map', '- 1', 'must be a map of names'],
    ['a text that is too long', `${shippedPlans}${'#'.repeat(plansTextMax)}`, 'is longer than 262144 characters'],
    [
      'no slug',
      changed('  starter:\n', '  Starter:\n'),
      'plans.Starter: must be a plan: lower-case letters, digits and -, at most 40',
    ],
    ['a name of two lines', changed('name: Starter', 'name: "a\\nready {}"'), 'plans.starter.name: must be one line'],
    [
      'an interval that is none',
      changed('interval: month', 'interval: week'),
      'plans.starter.interval: must be month or year',
    ],
    ['a flag that is none', changed('open: true', 'open: yes'), 'plans.starter.open: must be true or false'],
    ['a plan without a list', changed('    list: infrastructure\n', ''), 'plans.starter.list: is missing'],
    [
      'a list that is none',
      changed('list: infrastructure', 'list: special'),
      'plans.starter.list: there is no price list special',
    ],
    [
      'a version that is none',
      changed('version: "2026-11"', 'version: ""'),
      'version: must be a version: letters, digits, ., _ and -, at most 40',
    ],
    ['a currency that is none', changed('currency: usd', 'currency: $'), 'currency: must be a currency such as usd'],
    [
      'a feature of a text',
      changed('canExecuteJobs: true', 'canExecuteJobs: often'),
      'plans.starter.features.canExecuteJobs: must be true, false, null (unlimited) or a whole number of at most 9 digits',
    ],
    [
      'a run that takes for ever',
      changed('timeout_factor: 1', 'timeout_factor: 99'),
      'plans.starter.chart.timeout_factor: must be a whole number from 1 to 12',
    ],
  ])('%s', (_, text, said) => {
    expect(saidOf(text)).toContain(said);
  });

  it('names the line', () => {
    const text = changed('    order: 1', '    order: one');
    const read = readPlansFile(text);
    const line = text.split('\n').indexOf('    order: one') + 1;
    expect(read).toMatchObject({ ok: false, error: [{ path: 'plans.starter.order', line }] });
    expect(readPlansFile(changed('version: "2026-11"', 'version: &v "2026-11"'))).toMatchObject({
      error: [{ line: shippedPlans.split('\n').indexOf('version: "2026-11"') + 1 }],
    });
  });

  it.each([
    ['lists in lists', '['.repeat(plansTextMax - 1)],
    ['maps in maps', 'a: {'.repeat(plansTextMax / 4 - 1)],
    ['many anchors', '&a '.repeat(plansTextMax / 3 - 1)],
    ['many names', Array.from({ length: 30_000 }, (_, n) => `k${n}:`).join('\n')],
  ])('what would keep a parser busy is refused, in at most fifty sentences: %s', (_, text) => {
    const said = saidOf(text);
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(50);
  });
});

describe('a price', () => {
  const decimals = 'must be a decimal of at most 12 digits before and after the point, not negative';
  const path = 'lists.infrastructure.cpu_core_ms';
  it.each<[string, string, string]>([
    ['an exponent', '{ per: core-hour, price: 1e15 }', `${path}.price: ${decimals}`],
    ['a negative one', '{ per: core-hour, price: -1 }', `${path}.price: ${decimals}`],
    ['a comma', '{ per: core-hour, price: "0,05" }', `${path}.price: ${decimals}`],
    ['not a number', '{ per: core-hour, price: .nan }', `${path}.price: ${decimals}`],
    ['hexadecimal', '{ per: core-hour, price: 0x10 }', `${path}.price: ${decimals}`],
    ['no price', '{ per: core-hour, price: }', `${path}.price: ${decimals}`],
    ['more than there is', '{ per: core-hour, price: 100000000000 }', `${path}.price: must be at most 1000000 dollars`],
    [
      'a unit that the meter does not have',
      '{ per: GB, price: 1 }',
      `${path}: is per GB, but cpu_core_ms is counted in core-hours, or 10, 100, … of them`,
    ],
    [
      'a unit that is no power of ten',
      '{ per: 12 core-hours, price: 1 }',
      `${path}: is per 12 core-hours, but cpu_core_ms is counted in core-hours, or 10, 100, … of them`,
    ],
    ['a package of nothing', '{ per: core-hour, package: 0, price: 1 }', `${path}: a package must have a size above 0`],
    [
      'a gap between tiers',
      '{ per: core-hour, graduated: [{from: 0, to: 10, price: 1}, {from: 11, price: 2}] }',
      `${path}: there is a gap between 10 and 11`,
    ],
    [
      'tiers that overlap',
      '{ per: core-hour, volume: [{from: 0, to: 10, price: 1}, {from: 9, price: 2}] }',
      `${path}: tier over 9 overlaps the one before it`,
    ],
    [
      'tiers that end',
      '{ per: core-hour, graduated: [{from: 0, to: 10, price: 1}] }',
      `${path}: the last tier must have no end`,
    ],
    ['no tiers', '{ per: core-hour, graduated: [] }', `${path}.graduated: must have at least 1`],
    ['two forms at once', '{ per: core-hour, price: 1, flat: 2 }', `${path}.flat: is not a word of this file`],
    [
      'a number alone',
      '0.05',
      `${path}: must be a price: {per, price}, {per, package, price}, {per, graduated}, {per, volume} or {flat}`,
    ],
  ])('%s', (_, price, said) => {
    expect(saidOf(priced(price))).toEqual([said]);
  });

  it('is the same however it is written', () => {
    const plain = shippedPlan('starter');
    const written = shippedPlan('starter', (yaml) =>
      yaml
        .replace('price: 0.05 }', 'price: 0.050 }')
        .replace('per: 1000000 requests, price: 0.50', 'per: 1000 requests, price: 0.0005')
        .replace('fee: 29', 'fee: 029.00'),
    );
    expect(written).toEqual(plain);
    expect(plain.prices['ingress_requests']).toEqual({ kind: 'per_unit', unitPrice: '0.0000005' });
  });

  it('has five forms, each in the unit of its meter', () => {
    const formOf = (price: string) =>
      shippedPlan('starter', (yaml) => yaml.replace('{ per: 1000000 requests, price: 0.50 }', price)).prices[
        'ingress_requests'
      ];
    expect(formOf('{ flat: 5 }')).toEqual({ kind: 'flat', amount: '5' });
    expect(formOf('{ per: 1000 requests, package: 10, price: 2 }')).toEqual({
      kind: 'package',
      size: '10000',
      packagePrice: '2',
    });
    const tiers = '[{ from: 0, to: 5, price: 1 }, { from: 5, price: 0.5 }]';
    const read = [
      { from: '0', to: '5000', unitPrice: '0.001' },
      { from: '5000', to: null, unitPrice: '0.0005' },
    ];
    expect(formOf(`{ per: 1000 requests, graduated: ${tiers} }`)).toEqual({ kind: 'graduated', tiers: read });
    expect(formOf(`{ per: 1000 requests, volume: ${tiers} }`)).toEqual({ kind: 'volume', tiers: read });
  });
});

describe('what does not fit together', () => {
  it.each<[string, string, string | RegExp]>([
    [
      'a meter that is none',
      changed('    cpu_core_ms: {', '    cpu_cores: {'),
      /^lists\.infrastructure\.cpu_cores: is not a meter; meters are cpu_core_ms, /,
    ],
    [
      "the plan's own price in a list",
      changed(cpu, `${cpu}\n    base_fee: { flat: 1 }`),
      "lists.infrastructure.base_fee: is the plan's own price: write it as the plan's fee",
    ],
    [
      'hours of devices without their peak',
      changed('    device_peak: { per: device-month, price: 2 }\n', ''),
      /^lists\.application\.device_hours: is counted with device_peak/,
    ],
    [
      'an allowance that is none',
      changed('      network_bytes: {', '      bandwidth: {'),
      /^plans\.starter\.allowances\.bandwidth: is not an allowance; allowances are cpu_core_ms, /,
    ],
    [
      'a part of a shared allowance',
      changed('      network_bytes: {', '      network_sent_bytes: {'),
      'plans.starter.allowances.network_sent_bytes: shares the allowance network_bytes: write that one',
    ],
    [
      'an allowance that is no amount',
      changed('{ per_hour: 1 }', 'plenty'),
      'plans.starter.allowances.cpu_core_ms: must be unlimited, {per_hour: …} or {per_period: …}',
    ],
    [
      'two plans of one order',
      changed('order: 2', 'order: 1'),
      'plans.professional.order: is also the order of starter: what is an upgrade?',
    ],
    [
      'two plans of one order, written otherwise',
      changed('order: 2', 'order: 01'),
      'plans.professional.order: is also the order of starter: what is an upgrade?',
    ],
    [
      'nothing that is sold',
      shippedPlans.replaceAll('    order:', '    state: draft\n    order:'),
      'plans: none of them is sold',
    ],
  ])('%s', (_, text, said) => {
    const all = saidOf(text);
    expect(all).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
  });

  it('is told all at once, in the order of the file', () => {
    const text = changed('order: 2', 'order: 1')
      .replace('per: core-hour', 'per: GB')
      .replace('list: infrastructure', 'list: gold');
    expect(saidOf(text).map((said) => said.split(':')[0])).toEqual([
      'plans.starter.list',
      'plans.professional.order',
      'lists.infrastructure.cpu_core_ms',
    ]);
  });

  it('is not a draft of the order of a plan that is sold, a yearly fee or a plan of another version', () => {
    const text = changed('order: 2', 'order: 1\n    state: draft\n    version: next').replace(
      'interval: month',
      'interval: year',
    );
    const read = readPlansFile(text);
    expect(read).toMatchObject({ ok: true });
    expect(
      read.ok && read.value.versions.map(({ state, definition: d }) => [d.plan, d.version, state, d.interval]),
    ).toEqual([
      ['starter', '2026-11', 'sold', 'year'],
      ['professional', 'next', 'draft', 'month'],
      ['enterprise', '2026-11', 'sold', 'month'],
    ]);
  });
});
