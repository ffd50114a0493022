/** Where a customer's objects are, what marks them as ours, and how long a job may work on them. */
import type { Monotonic } from './clock.ts';

export type Place = { name: string; customerId: string };
export type Until = { workUntil: number; now: Monotonic; signal: AbortSignal };

/** Says whose a namespace is. */
export const customerLabel = 'tenantry.dev/customer';

/** Labels of what we make: whose it is and that we made it. */
export const ownLabels = (customerId: string): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'tenantry-provisioner',
  [customerLabel]: customerId,
});
