/** The queries of the older exporter (seed 001) beside ours: shown in a table, used by nothing. */
import type { Case } from './model.ts';
import { hourMs } from './model.ts';
import { type Field, fullTruth, itemsOf } from './truth.ts';

const queries = (ns: string): Partial<Record<Field, string>> => ({
  cpu_hours: `sum(rate(container_cpu_usage_seconds_total{namespace="${ns}"}[1h])) * 3600`,
  memory_gb_hours: `sum(avg_over_time(container_memory_working_set_bytes{namespace="${ns}"}[1h])) / 1024 / 1024 / 1024`,
  storage_used_gb: `sum(kubelet_volume_stats_used_bytes{namespace="${ns}"}) / 1024 / 1024 / 1024`,
  network_bytes_sent: `sum(increase(container_network_transmit_bytes_total{namespace="${ns}"}[1h]))`,
  network_bytes_received: `sum(increase(container_network_receive_bytes_total{namespace="${ns}"}[1h]))`,
  http_requests: `sum(increase(nginx_ingress_controller_requests{namespace="${ns}"}[1h]))`,
});

/** The day by those queries against the full truth, as a part of it. */
export async function seedDistances(day: Case, url: string): Promise<Partial<Record<Field, number>>> {
  const items = itemsOf(day);
  const distances: Partial<Record<Field, number>> = {};
  for (const [field, query] of Object.entries(queries(day.namespace)) as [Field, string][]) {
    let measured = 0;
    let truth = 0;
    for (let startMs = day.fromMs; startMs < day.toMs; startMs += hourMs) {
      measured += await answerOf(url, query, (startMs + hourMs) / 1000);
      truth += fullTruth(items, startMs)[field];
    }
    if (truth > 0) distances[field] = (measured - truth) / truth;
  }
  return distances;
}

async function answerOf(url: string, query: string, time: number): Promise<number> {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(time) })}`);
  const body = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(body.data.result[0]?.value[1] ?? 0);
}
