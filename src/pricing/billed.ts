/** Whether a plan version bills what a reporter measures: whether a bill is too low where it is not reported. Pure. */
import { slotsOfMeters } from '../usage/meters.ts';
import { intersection, isEmpty, type Slots } from '../usage/slots.ts';
import type { PlanVersion } from './plan.ts';
import { isFree } from './price.ts';

/** Device hours are no quantity of their own: they are worked out from the devices of each hour. */
const measuredAs = (meter: string): string => (meter === 'device_hours' ? 'device_peak' : meter);

/** Whether one of the catalogue's meters costs something under the version; what is shown at a price of 0 does not. */
export const billsAny = ({ prices }: Pick<PlanVersion, 'prices'>, meters: Slots): boolean =>
  Object.entries(prices).some(([meter, price]) => {
    const found = slotsOfMeters([measuredAs(meter)]);
    return !isFree(price) && 'slots' in found && !isEmpty(intersection(found.slots, meters));
  });
