/** A window of the demo as an exporter of the cluster would report it. */
import type { WindowReport } from '../../src/contracts/usage.ts';
import { hourMs, iso, minuteMs } from '../../src/lib/time.ts';
import type { Use } from './shapes.ts';
import type { Window } from './story.ts';

/** How long after its end a window is computed. */
const settlesMs = 2 * minuteMs;
const coreHourMs = 3_600_000;
const gbHourMibS = 1024 * 3600;

const quantitiesOf = (use: Use) => ({
  cpu_hours: use.cpuCoreMs / coreHourMs,
  memory_gb_hours: use.memoryMibS / gbHourMibS,
  // The average over the hour.
  storage_used_gb: use.storageMibS / gbHourMibS,
  network_bytes_sent: use.sentBytes,
  network_bytes_received: use.receivedBytes,
  http_requests: use.requests,
});

/** @param computedMs when it was computed, if not soon after its end: a later one replaces an earlier one */
export function reportOf(
  who: { customerId: string; shortId: string; namespace: string },
  { end, use, unseenSeconds }: Window,
  computedMs = end + settlesMs,
): WindowReport {
  return {
    customer_id: who.customerId,
    instance_id: `k8s-${who.shortId}`,
    namespace: who.namespace,
    timestamp: iso(computedMs),
    window_start: iso(end - hourMs),
    window_end: iso(end),
    revision: computedMs,
    complete: unseenSeconds === 0,
    ...(unseenSeconds === 0 ? {} : { gap_seconds: unseenSeconds }),
    ...(use === null ? {} : quantitiesOf(use)),
  };
}
