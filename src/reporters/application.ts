/** Which meters the application's reporter of a deployment is given. Pure. */
import { applicationMeters } from '../usage/meters.ts';
import { type Slots, without } from '../usage/slots.ts';

/** Whoever owns meters of the customer's own namespace. */
export interface MeterOwner {
  /** `deployment` is the exporter's reporter, `application` the application's, `admin` one that an admin made. */
  source: 'deployment' | 'application' | 'admin';
  meters: Slots;
}

/**
 * The application's meters that it does not have and may be given: nobody's, and the exporter's, which cannot measure them. What
 * an admin has given to another reporter stays there.
 */
export const meterShare = (owners: readonly MeterOwner[]): Slots =>
  owners
    .filter(({ source }) => source !== 'deployment')
    .reduce((left, { meters }) => without(left, meters), applicationMeters);
