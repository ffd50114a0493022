/** What Prometheus of an Enterprise customer holds of an hour in which all is well, by the names of the parts' own programs and documents. */
import type { Generated, Hour } from './generated-series.ts';

const parts = ['api', 'postgres', 'mosquitto-exporter', 'billing-exporter', 'opencost', 'prometheus', 'grafana'];
const databaseClaim = 'data-cb4c867f4-customer-instance-postgres-0';

const counters: Generated = {
  mosquitto_broker_publish_messages_received: [['job="mosquitto-exporter"', 5]],
  mosquitto_broker_publish_messages_sent: [['job="mosquitto-exporter"', 9]],
  mosquitto_broker_publish_messages_dropped: [['job="mosquitto-exporter"', 0]],
  mosquitto_broker_bytes_received: [['job="mosquitto-exporter"', 500]],
  mosquitto_broker_bytes_sent: [['job="mosquitto-exporter"', 900]],
  http_requests_total: [
    ['job="api",method="GET",route="/api/devices",status="200"', 3],
    ['job="api",method="GET",route="/api/devices",status="500"', 0.1],
  ],
  api_response_time_bucket: [
    ['job="api",route="/api/devices",le="0.01"', 2],
    ['job="api",route="/api/devices",le="0.1"', 3],
    ['job="api",route="/api/devices",le="+Inf"', 3.1],
  ],
  pg_stat_database_xact_commit: [['job="postgres",datname="instance"', 20]],
  pg_stat_database_xact_rollback: [['job="postgres",datname="instance"', 1]],
  pg_stat_database_blks_hit: [['job="postgres",datname="instance"', 1000]],
  pg_stat_database_blks_read: [['job="postgres",datname="instance"', 10]],
  pg_stat_database_deadlocks: [['job="postgres",datname="instance"', 0.001]],
  pg_stat_database_tup_inserted: [['job="postgres",datname="instance"', 10]],
  pg_stat_database_tup_updated: [['job="postgres",datname="instance"', 5]],
  pg_stat_database_tup_deleted: [['job="postgres",datname="instance"', 1]],
};
const gauges: Generated = {
  up: parts.map((part) => [`job="${part}"`, 1]),
  mosquitto_up: [['job="mosquitto-exporter"', 1]],
  mosquitto_broker_clients_connected: [['job="mosquitto-exporter"', 12]],
  mosquitto_broker_clients_disconnected: [['job="mosquitto-exporter"', 3]],
  mosquitto_broker_subscriptions_count: [['job="mosquitto-exporter"', 20]],
  mosquitto_broker_retained_messages_count: [['job="mosquitto-exporter"', 40]],
  mosquitto_broker_heap_current: [['job="mosquitto-exporter"', 1e6]],
  mosquitto_broker_heap_maximum: [['job="mosquitto-exporter"', 2e6]],
  mosquitto_broker_uptime: [['job="mosquitto-exporter"', 7200]],
  process_resident_memory_bytes: [['job="api"', 1e8]],
  pg_up: [['job="postgres"', 1]],
  pg_database_size_bytes: [['job="postgres",datname="instance"', 1e9]],
  pg_stat_database_numbackends: [['job="postgres",datname="instance"', 4]],
  pg_settings_max_connections: [['job="postgres"', 100]],
  billing_exporter_last_success_timestamp_seconds: [['job="billing-exporter"', (at) => at - 1800]],
  billing_exporter_windows_pending: [['job="billing-exporter"', 0]],
  billing_exporter_windows_rejected: [['job="billing-exporter"', 0]],
  // opencost.io, "OpenCost metrics": allocation by container and node, prices by node and volume.
  container_cpu_allocation: [
    ['job="opencost",container="api",namespace="customer-b4c867f4",pod="api-0",node="node-0"', 0.25],
  ],
  container_memory_allocation_bytes: [
    ['job="opencost",container="api",namespace="customer-b4c867f4",pod="api-0",node="node-0"', 2 ** 28],
  ],
  node_cpu_hourly_cost: [['job="opencost",node="node-0",instance_type="m5.large"', 0.03]],
  node_ram_hourly_cost: [['job="opencost",node="node-0",instance_type="m5.large"', 0.004]],
  pod_pvc_allocation: [
    [
      `job="opencost",namespace="customer-b4c867f4",pod="postgres-0",persistentvolumeclaim="${databaseClaim}",persistentvolume="pv-1"`,
      10 * 2 ** 30,
    ],
  ],
  pv_hourly_cost: [['job="opencost",persistentvolume="pv-1",volumename="pv-1"', 0.00005]],
};

export const wellStack: Hour = { counters, gauges };
