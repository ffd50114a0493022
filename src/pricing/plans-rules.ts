/** What must be so in plans.yaml beyond its form: names that mean something, and plans that can be sold beside each other. Pure. */
import { baseFeeMeter, ratedMeters } from './meters.ts';
import type { WrittenPlans } from './plans-schema.ts';
import type { Fault } from './plans-words.ts';

/** Everything that breaks a rule, in the order of the file. */
export const ruleFaults = (file: WrittenPlans): Fault[] => [
  ...Object.entries(file.lists).flatMap(([list, prices]) => listFaults(list, Object.keys(prices), ownIn(file))),
  ...Object.entries(file.plans).flatMap(([slug, plan]) => [
    ...(Object.hasOwn(file.lists, plan.list)
      ? []
      : [{ path: ['plans', slug, 'list'], message: `there is no price list ${plan.list}` }]),
    ...Object.keys(plan.allowances).flatMap((name) => allowanceFaults(slug, name, ownIn(file))),
  ]),
  ...orderFaults(file),
];

/** The operator's own meters of the file. */
const ownIn = ({ meters = {} }: WrittenPlans): string[] => Object.keys(meters);

function listFaults(list: string, meters: readonly string[], own: readonly string[]): Fault[] {
  const faults: Fault[] = meters.flatMap((meter) => {
    const path = ['lists', list, meter];
    if (meter === baseFeeMeter) return [{ path, message: "is the plan's own price: write it as the plan's fee" }];
    if (!ratedMeters.has(meter) && !own.includes(meter))
      return [{ path, message: `is not a meter; meters are ${namesOf([...ratedMeters.keys(), ...own])}` }];
    return [];
  });
  if (meters.includes('device_hours') && !meters.includes('device_peak')) {
    const message = 'is counted with device_peak: the list needs a price of that too, 0 where it is not billed';
    faults.push({ path: ['lists', list, 'device_hours'], message });
  }
  return faults;
}

const allowanceNames = new Set([...ratedMeters.values()].map(({ allowance }) => allowance));

function allowanceFaults(slug: string, name: string, own: readonly string[]): Fault[] {
  if (allowanceNames.has(name) || own.includes(name)) return [];
  const path = ['plans', slug, 'allowances', name];
  const shared = ratedMeters.get(name)?.allowance;
  if (shared !== undefined) return [{ path, message: `shares the allowance ${shared}: write that one` }];
  return [{ path, message: `is not an allowance; allowances are ${namesOf([...allowanceNames, ...own])}` }];
}

function orderFaults({ plans }: WrittenPlans): Fault[] {
  const sold = Object.entries(plans).filter(([, plan]) => plan.state === 'sold');
  if (sold.length === 0) return [{ path: ['plans'], message: 'none of them is sold' }];
  return sold.flatMap(([slug, { order }], n) => {
    const same = sold.slice(0, n).find(([, other]) => Number(other.order) === Number(order));
    if (!same) return [];
    return [{ path: ['plans', slug, 'order'], message: `is also the order of ${same[0]}: what is an upgrade?` }];
  });
}

const namesOf = (names: Iterable<string>): string => [...names].join(', ');
