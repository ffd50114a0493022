/**
 * Who still fits into a cluster. Stacks of customers who do not pay are bounded, so that a few addresses cannot fill a
 * cluster for everybody, and some room is kept for whom an admin places. Pure.
 */

/** Services of one stack: a cluster's `services_max` is reached at this many times its stacks (design §4, Kubernetes). */
const servicesPerStack = 8;

/** The share of a cluster that is kept for admins, percent. */
const keptPercent = 10;

export interface Capacity {
  namespacesMax: number;
  servicesMax: number;
}

/** How many stacks a cluster may have in all, for an admin and for the public, and how many of customers who do not pay. */
export interface Limits {
  admin: number;
  public: number;
  unpaid: number;
}

/** @param unpaidPercent the share of a cluster that stacks of customers who do not pay may take */
export function limitsOf({ namespacesMax, servicesMax }: Capacity, unpaidPercent: number): Limits {
  const all = Math.min(namespacesMax, Math.floor(servicesMax / servicesPerStack));
  const kept = Math.floor((all * keptPercent) / 100);
  return {
    admin: all,
    public: all - kept,
    unpaid: Math.max(Math.min(all, 1), Math.floor((all * unpaidPercent) / 100)),
  };
}

/** Who asks for a place. */
export type Asker = 'admin' | 'public';

export interface Load {
  /** Stacks that count: a suspended one of a customer who does not pay has given its place back. */
  stacks: number;
  /** Stacks, of those that count, whose customer does not pay. */
  unpaid: number;
}

/** Whether one more stack of a trial fits. */
export const fits = (load: Load, limits: Limits, asker: Asker): boolean =>
  load.stacks < limits[asker] && (asker === 'admin' || load.unpaid < limits.unpaid);
