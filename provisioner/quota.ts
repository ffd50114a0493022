/** Whether a refusal for want of quota still stands: an event tells of the past, the quota itself of now. Pure. */
import type { V1ResourceQuota } from '@kubernetes/client-node';

const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number, e.g. `500m`, `1.5Gi`, `1e3`; NaN for what is none. */
export function toNumber(quantity: string): number {
  const [, digits, suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]{0,2})$/.exec(quantity) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (factors[suffix] ?? Number.NaN);
}

/** The words of the API server's quota admission: which quota, and what was asked for (`pods=1,requests.cpu=500m`). */
const refusal = /exceeded quota: ([^,]+), requested: (.*?), used: /;

/**
 * Whether what a refusal speaks of would be refused now. `quotas` are those of its namespace; null: they cannot be read,
 * and then the refusal stands, as does one whose words are unknown.
 */
export function quotaStands(message: string, quotas: V1ResourceQuota[] | null): boolean {
  const [, name, requested] = refusal.exec(message) ?? [];
  if (quotas === null || name === undefined || requested === undefined) return true;
  const quota = quotas.find((each) => each.metadata?.name === name);
  if (quota === undefined) return false;
  return requested.split(',').some((each) => {
    const [resource = '', amount = ''] = each.split('=');
    const [hard, used] = [quota.spec?.hard?.[resource], quota.status?.used?.[resource] ?? '0'];
    // Not a number on either side compares as false; `!` makes it stand.
    return hard !== undefined && !(toNumber(used) + toNumber(amount) <= toNumber(hard));
  });
}
