/** A bill of the demo, reckoned by itself from what was used and the plans that ship: a witness of the product's own. */
import { Decimal } from 'decimal.js';
import type { Use } from '../../dev/demo/shapes.ts';

/** plans.yaml, as it ships: fee in cents; vCPU and GB by the hour; GB, GB and requests by the period; null is unlimited. */
export const plans = {
  starter: { fee: 2900, included: { cpu: 1, memory: 2, disk: 10, network: 100, requests: 1_000_000 } },
  professional: { fee: 9900, included: { cpu: 4, memory: 8, disk: 50, network: 500, requests: 10_000_000 } },
  enterprise: { fee: 29_900, included: null },
};

/** What a period costs, in cents: each line rounded, then added. @param period ms; has a fee of its own, or it is free or the year's */
export function billOf(
  uses: readonly Use[],
  plan: keyof typeof plans,
  period: { start: number; end: number; hasFee: boolean },
): number {
  const total = (of: (use: Use) => number) => uses.reduce((sum, use) => sum.plus(of(use)), new Decimal(0));
  const { fee, included } = plans[plan];
  const base = period.hasFee ? fee : 0;
  if (included === null) return base;
  const seconds = (period.end - period.start) / 1000;
  const hours = new Decimal(seconds).div(3600);
  const over = (used: Decimal, free: Decimal.Value) => Decimal.max(0, used.minus(free));
  const cents = (billable: Decimal, dollars: number): number =>
    billable.times(dollars).times(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
  const gb = new Decimal(2).pow(30);
  const sent = total(({ sentBytes }) => sentBytes).div(gb);
  const received = total(({ receivedBytes }) => receivedBytes).div(gb);
  const network = sent.plus(received);
  const billed = over(network, included.network);
  const share = (part: Decimal): Decimal => (network.isZero() ? network : billed.times(part).div(network));
  return [
    base,
    cents(over(total(({ cpuCoreMs }) => cpuCoreMs).div(3_600_000), hours.times(included.cpu)), 0.05),
    cents(over(total(({ memoryMibS }) => memoryMibS).div(1024 * 3600), hours.times(included.memory)), 0.01),
    cents(
      over(
        total(({ storageMibS }) => storageMibS)
          .div(1024)
          .div(seconds),
        included.disk,
      ),
      0.2,
    ),
    cents(share(sent), 0.1),
    cents(share(received), 0.1),
    cents(
      over(
        total(({ requests }) => requests),
        included.requests,
      ),
      0.000_000_5,
    ),
  ].reduce((sum, line) => sum + line, 0);
}
