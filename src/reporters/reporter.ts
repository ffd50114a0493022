/** When a reporter begins and ends, and which namespaces it may be given. Pure. */
import { ceilTo, dayMs, floorTo, hourMs, secondMs } from '../lib/time.ts';

/** History goes so far back (GET /api/usage/:customerId); what is further from now is a mistake. */
const startDaysMax = 400;

/** Whether a reporter may begin then. */
export const isStart = (activeFrom: number, now: number): boolean => Math.abs(activeFrom - now) <= startDaysMax * dayMs;

/** Namespaces of the cluster's own: their usage is nobody's to bill. */
const systemNamespace = /^(?:default|(?:kube|openshift)-.*|.*-system)$/;
/** Only signup makes these, one for each customer. */
const customerNamespace = /^customer-[0-9a-f]{8}$/;

/** Why a namespace can never be attached to a customer whose own is `own`; null when it may be. */
export function reservedFor(namespace: string, own: string): 'system' | 'customer' | null {
  if (namespace === own) return null;
  if (systemNamespace.test(namespace)) return 'system';
  return customerNamespace.test(namespace) ? 'customer' : null;
}

/**
 * The edge from which a new reporter owns its meters. A hand-over is at the hour edge at or before `activeFrom`, so that
 * no window of the old owner is cut; where nobody is replaced, the start of the window that contains it.
 */
export const startEdge = (activeFrom: number, windowSeconds: number, takesOver: boolean): number =>
  floorTo(activeFrom, takesOver ? hourMs : windowSeconds * secondMs);

/** The edge at which an ending reporter stops: the end of the window that contains `until`, so that it is reported whole. */
export const endEdge = (until: number, windowSeconds: number): number => ceilTo(until, windowSeconds * secondMs);
