/** The three files of plans that the year publishes one after another, made of the one that ships: every kind of price, and meters of one's own. */

type Swap = readonly [from: string | RegExp, to: string];

function swapped(text: string, swaps: readonly Swap[]): string {
  return swaps.reduce((yaml, [from, to]) => {
    const next = yaml.replace(from, to);
    if (next === yaml) throw new Error(`plans.yaml has nothing like ${from}`);
    return next;
  }, text);
}

const years: readonly Swap[] = [
  ['    fee: 29\n', '    fee: 29\n    annual_fee: 290\n'],
  ['    fee: 99\n', '    fee: 99\n    annual_fee: 990\n'],
  ['    fee: 299\n', '    fee: 299\n    annual_fee: 2990\n'],
  ['    open: false\n', '    open: true\n'],
  // The largest plan is not without limit in everything, so that it has overage too.
  ['      cpu_core_ms: unlimited\n', '      cpu_core_ms: { per_hour: 12 }\n'],
];

const meters = `
meters:
  gpu_time: { field: custom_1, title: GPU time, unit: GPU-hour, adds_up: sum, source: report }
  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }
`;
const ownPrices =
  '    gpu_time: { per: GPU-hour, graduated: [{ from: 0, to: 10, price: 2.5 }, { from: 10, price: 1.75 }] }\n    seats: { per: seat, price: 7.77 }\n';

/** @param shipped the text of plans.yaml */
export function plansOfTheYear(shipped: string): readonly [string, string, string] {
  const first = swapped(shipped, [['version: "2026-11"', 'version: year-1'], ...years]);
  const second = swapped(first, [
    ['version: year-1', 'version: year-2'],
    [
      '    cpu_core_ms: { per: core-hour, price: 0.05 }\n',
      `${ownPrices}    cpu_core_ms: { per: core-hour, graduated: [{ from: 0, to: 300, price: 0.05 }, { from: 300, price: 0.0425 }] }\n`,
    ],
    ['{ per: GB-hour, price: 0.01 }', '{ per: GB-hour, price: 0.0113 }'],
    [
      '    network_sent_bytes: { per: GB, price: 0.10 }\n',
      '    network_sent_bytes: { per: GB, volume: [{ from: 0, to: 60, price: 0.1 }, { from: 60, price: 0.08 }] }\n',
    ],
    ['{ per: 1000000 requests, price: 0.50 }', '{ per: 1000 requests, package: 250, price: 0.15 }'],
    ['      cpu_core_ms: { per_hour: 1 }\n', '      cpu_core_ms: { per_hour: 0.9 }\n      seats: { per_period: 3 }\n'],
    [
      '      cpu_core_ms: { per_hour: 4 }\n',
      '      cpu_core_ms: { per_hour: 4.5 }\n      seats: { per_period: 8 }\n      gpu_time: { per_period: 5 }\n',
    ],
  ]);
  const third = swapped(second + meters, [
    ['version: year-2', 'version: year-3'],
    ['{ per: GB-hour, price: 0.0113 }', '{ per: GB-hour, price: 0.0107 }'],
    ['{ per: 1000 requests, package: 250, price: 0.15 }', '{ flat: 3.33 }'],
    ['      storage_mib_s: { per_period: 10 }\n', '      storage_mib_s: { per_period: 8 }\n'],
    ['    fee: 299\n    annual_fee: 2990\n', '    fee: 319\n    annual_fee: 3190\n'],
  ]);
  return [first, second + meters, third];
}
