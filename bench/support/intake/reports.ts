/** Reports to measure with: whole hours of many namespaces, each with the quantities that a namespace's exporter sends. */

export type Target = { customerId: string; instanceId: string; namespaces: string[]; from: number };

const HOUR_MS = 3_600_000;

/** The n-th report of a target: namespaces first, then hours. All different windows. */
export function reportAt(target: Target, n: number) {
  const namespace = target.namespaces[n % target.namespaces.length] ?? '';
  const start = target.from + Math.floor(n / target.namespaces.length) * HOUR_MS;
  return {
    customer_id: target.customerId,
    instance_id: target.instanceId,
    namespace,
    timestamp: new Date(start + HOUR_MS + 120_000).toISOString(),
    window_start: new Date(start).toISOString(),
    window_end: new Date(start + HOUR_MS).toISOString(),
    revision: start + HOUR_MS + 120_000,
    complete: true,
    cpu_hours: (1_000_000 + n) / 3_600_000,
    memory_gb_hours: (7_372_800 + n) / 3_686_400,
    storage_used_gb: 10 + (n % 100) / 1024,
    storage_capacity_gb: 20,
    network_bytes_sent: 1_234_567_890 + n,
    network_bytes_received: 987_654_321 + n,
    http_requests: 125_000 + n,
    running_pods: 8,
  };
}

/** Request bodies of `size` reports each, made before the clock starts. */
export function batchBodies(target: Target, count: number, size: number): string[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, b) => {
    const reports = Array.from({ length: Math.min(size, count - b * size) }, (_unused, i) =>
      reportAt(target, b * size + i),
    );
    return JSON.stringify({ reports });
  });
}
