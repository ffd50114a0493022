/** What is missing of a customer's usage, and when his own stack was meant to run. */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { type Gap, gapsOf, type Interval } from '../../usage/gaps.ts';
import * as historyStore from '../../usage/history-store.ts';
import type { Metering } from '../../usage/names-store.ts';
import type { Span } from '../../usage/span-store.ts';
import type { UsageReads } from './usage-reads.ts';

/** When the customer's own stack was meant to run, from its phase changes. */
export function runningTimes(phases: Metering['phases'], until: number): Interval[] {
  return phases.flatMap(({ effectiveAt, phase }, i) =>
    phase === 'running' ? [{ from: effectiveAt, to: phases[i + 1]?.effectiveAt ?? Math.max(until, effectiveAt) }] : [],
  );
}

/** What is missing in a range, where the names and ownerships of the customer have been read already. */
export async function findGapsOf(
  reads: UsageReads,
  customer: CustomerRow,
  range: Interval,
  metering: Metering,
): Promise<Gap[]> {
  const span: Span = { customerSeq: customer.seq, ...range };
  const accounted = await historyStore.stretches(shardOf(reads, customer), span);
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
        active: spans.map((s) => ({ from: s.fromAt, to: s.untilAt ?? range.to })),
        running: first.projectSeq === metering.ownProject ? running : null,
      },
    ];
  });
  return gapsOf(expectations, accounted, range, reads.now);
}
