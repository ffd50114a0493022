/** Stored rows to measure with, as the Worker makes them of the reports of reports.ts. */
import { hourMs } from '../../../src/lib/time.ts';
import type { UsageRow } from '../../../src/usage/message/row.ts';
import { quantities } from '../../../src/usage/meters.ts';
import { noSlots } from '../../../src/usage/slots.ts';

const NAMESPACES = 50;
const FIRST_HOUR = Math.floor(Date.parse('2026-01-01T00:00:00Z') / hourMs);
/** When all of them are accepted; no window may lie far beyond. */
const LAST_HOUR = Math.floor(Date.parse('2027-01-01T00:00:00Z') / hourMs);

/** The n-th row of customer 1. */
export function rowAt(n: number): UsageRow {
  const end = (FIRST_HOUR + Math.floor(n / NAMESPACES)) * hourMs;
  const reported: Record<string, number> = {
    cpu_core_ms: 1_000_000 + n,
    memory_mib_s: 7_372_800 + n,
    storage_mib_s: 36_864_000,
    network_sent_bytes: 1_234_567_890 + n,
    network_received_bytes: 987_654_321 + n,
    ingress_requests: 125_000 + n,
    storage_capacity_mib_s: 73_728_000,
    pod_s: 28_800,
  };
  return {
    customerSeq: 1,
    ownershipVersion: 0,
    windowEnd: end,
    reporterSeq: 1,
    projectSeq: (n % NAMESPACES) + 1,
    seconds: 3600,
    revision: end + 120_000 + n,
    acceptedAt: LAST_HOUR * hourMs,
    complete: true,
    gapMs: 0,
    missing: noSlots,
    gaps: null,
    quantities: quantities.map((q) => reported[q.column] ?? null),
  };
}

/** The columns of the cells below: all that the first release had. */
export const wholeRowColumns: readonly string[] = [
  ...['customer_seq', 'window_end', 'reporter_seq', 'project_seq', 'seconds', 'revision', 'accepted_at'],
  ...['complete', 'gap_ms', 'missing'],
  ...quantities.map((q) => q.column),
];

/** The cells of a row, in the order of `wholeRowColumns`. */
export const wholeRowAt = (n: number): (number | null)[] => {
  const r = rowAt(n);
  const head = [r.customerSeq, r.windowEnd, r.reporterSeq, r.projectSeq, r.seconds, r.revision, r.acceptedAt];
  return [...head, r.complete ? 1 : 0, r.gapMs, r.missing.low, ...r.quantities];
};
