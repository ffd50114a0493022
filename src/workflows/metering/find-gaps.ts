/** What is missing of a customer's usage, and when his own stack was meant to run. */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { floorTo, hourMs, type TimeRange } from '../../lib/time.ts';
import { billsAny } from '../../pricing/billed.ts';
import { type Gap, gapsOf, intersect } from '../../usage/gaps.ts';
import * as historyStore from '../../usage/history-store.ts';
import type { Metering } from '../../usage/names-store.ts';
import type { Slots } from '../../usage/slots.ts';
import type { UsageReads } from './usage-reads.ts';

/** When the customer's own stack was meant to run, from its phase changes. */
export function runningTimes(phases: Metering['phases'], until: number): TimeRange[] {
  return phases.flatMap(({ effectiveAt, phase }, i) =>
    phase === 'running' ? [{ from: effectiveAt, to: phases[i + 1]?.effectiveAt ?? Math.max(until, effectiveAt) }] : [],
  );
}

/**
 * When a reporter's meters were billed: which they are is the plan's to say. A change of plan counts from the hour edge at or before
 * it, as on the bill (src/pricing/segments.ts), and the first plan from the beginning.
 */
function billedTimes(plans: Metering['plans'], meters: Slots): TimeRange[] {
  const edges = plans.map(({ effectiveAt }, i) => (i === 0 ? Number.NEGATIVE_INFINITY : floorTo(effectiveAt, hourMs)));
  return plans.flatMap(({ version }, i) => {
    const [from, to] = [edges[i] ?? Number.NEGATIVE_INFINITY, edges[i + 1] ?? Number.POSITIVE_INFINITY];
    return billsAny(version, meters) ? [{ from, to }] : [];
  });
}

/**
 * When windows of an ownership are expected. An application may never report, for it is the customer's software and not a part
 * of ours: what its deployment's reporter measures is missing only where it is billed.
 */
const activeTimes = (metering: Metering, o: Metering['ownerships'][number], until: number): TimeRange[] => {
  const owned = [{ from: o.fromAt, to: o.untilAt ?? until }];
  const isApplication = metering.reporters.get(o.reporterSeq)?.source === 'application';
  return isApplication ? intersect(owned, billedTimes(metering.plans, o.meters)) : owned;
};

/** What is missing in a range, where the names and ownerships of the customer have been read already. */
export async function findGapsOf(
  reads: UsageReads,
  customer: CustomerRow,
  range: TimeRange,
  metering: Metering,
): Promise<Gap[]> {
  const accounted = await historyStore.accountedIn(shardOf(reads, customer), { customerSeq: customer.seq, ...range });
  const running = runningTimes(metering.phases, range.to);
  const owned = Map.groupBy(metering.ownerships, (o) => `${o.reporterSeq}/${o.projectSeq}`);
  const expectations = [...owned.values()].flatMap((spans) => {
    const [first] = spans;
    const reporter = first && metering.reporters.get(first.reporterSeq);
    if (!first || !reporter) return [];
    return [
      {
        reporterSeq: first.reporterSeq,
        projectSeq: first.projectSeq,
        windowSeconds: reporter.windowSeconds,
        active: spans.flatMap((o) => activeTimes(metering, o, range.to)),
        running: first.projectSeq === metering.ownProject ? running : null,
      },
    ];
  });
  return gapsOf(expectations, accounted, range, reads.now);
}
