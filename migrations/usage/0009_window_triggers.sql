-- Made from src/usage/window-triggers.ts by `npm run migrations`.
DROP TRIGGER IF EXISTS windows_bounds_insert;
--> statement-breakpoint
DROP TRIGGER IF EXISTS windows_bounds_update;
--> statement-breakpoint
CREATE TRIGGER windows_bounds_insert BEFORE INSERT ON windows WHEN
  NEW.window_end > NEW.accepted_at + NEW.seconds * 1000 + 300000
  OR NEW.revision > NEW.accepted_at + 300000
  OR (NEW.gaps IS NOT NULL AND (length(NEW.gaps) > 2000 OR NOT json_valid(NEW.gaps)))
  OR NEW.cpu_core_ms > 360000000000
  OR NEW.memory_mib_s > 368640000000
  OR NEW.storage_mib_s > 1024000000 * NEW.seconds
  OR NEW.network_sent_bytes > 10000000000000
  OR NEW.network_received_bytes > 10000000000000
  OR NEW.ingress_requests > 1000000000000
  OR NEW.api_calls > 1000000000000
  OR NEW.mqtt_sent_bytes > 10000000000000
  OR NEW.mqtt_received_bytes > 10000000000000
  OR NEW.http_sent_bytes > 10000000000000
  OR NEW.http_received_bytes > 10000000000000
  OR NEW.device_peak > 1000000000000
  OR NEW.device_total > 1000000000000
  OR NEW.mqtt_published > 1000000000000
  OR NEW.mqtt_received > 1000000000000
  OR NEW.postgres_mib_s > 1024000000 * NEW.seconds
  OR NEW.postgres_rows > 1000000000000
  OR NEW.postgres_transactions > 1000000000000
  OR NEW.storage_capacity_mib_s > 1024000000 * NEW.seconds
  OR NEW.pod_s > 1000000000000 * NEW.seconds
  OR NEW.vm_s > 1000000000000 * NEW.seconds
  OR NEW.ip_s > 1000000000000 * NEW.seconds
  OR NEW.cost_cpu_microusd > 1000000000000000
  OR NEW.cost_memory_microusd > 1000000000000000
  OR NEW.cost_storage_microusd > 1000000000000000
  OR NEW.cost_network_microusd > 1000000000000000
  OR NEW.custom_1 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_2 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_3 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_4 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000
BEGIN
  SELECT RAISE(ABORT, 'window_bounds: ' || CASE
    WHEN NEW.window_end > NEW.accepted_at + NEW.seconds * 1000 + 300000 THEN 'window_end'
    WHEN NEW.revision > NEW.accepted_at + 300000 THEN 'revision'
    WHEN (NEW.gaps IS NOT NULL AND (length(NEW.gaps) > 2000 OR NOT json_valid(NEW.gaps))) THEN 'gaps'
    WHEN NEW.cpu_core_ms > 360000000000 THEN 'cpu_core_ms'
    WHEN NEW.memory_mib_s > 368640000000 THEN 'memory_mib_s'
    WHEN NEW.storage_mib_s > 1024000000 * NEW.seconds THEN 'storage_mib_s'
    WHEN NEW.network_sent_bytes > 10000000000000 THEN 'network_sent_bytes'
    WHEN NEW.network_received_bytes > 10000000000000 THEN 'network_received_bytes'
    WHEN NEW.ingress_requests > 1000000000000 THEN 'ingress_requests'
    WHEN NEW.api_calls > 1000000000000 THEN 'api_calls'
    WHEN NEW.mqtt_sent_bytes > 10000000000000 THEN 'mqtt_sent_bytes'
    WHEN NEW.mqtt_received_bytes > 10000000000000 THEN 'mqtt_received_bytes'
    WHEN NEW.http_sent_bytes > 10000000000000 THEN 'http_sent_bytes'
    WHEN NEW.http_received_bytes > 10000000000000 THEN 'http_received_bytes'
    WHEN NEW.device_peak > 1000000000000 THEN 'device_peak'
    WHEN NEW.device_total > 1000000000000 THEN 'device_total'
    WHEN NEW.mqtt_published > 1000000000000 THEN 'mqtt_published'
    WHEN NEW.mqtt_received > 1000000000000 THEN 'mqtt_received'
    WHEN NEW.postgres_mib_s > 1024000000 * NEW.seconds THEN 'postgres_mib_s'
    WHEN NEW.postgres_rows > 1000000000000 THEN 'postgres_rows'
    WHEN NEW.postgres_transactions > 1000000000000 THEN 'postgres_transactions'
    WHEN NEW.storage_capacity_mib_s > 1024000000 * NEW.seconds THEN 'storage_capacity_mib_s'
    WHEN NEW.pod_s > 1000000000000 * NEW.seconds THEN 'pod_s'
    WHEN NEW.vm_s > 1000000000000 * NEW.seconds THEN 'vm_s'
    WHEN NEW.ip_s > 1000000000000 * NEW.seconds THEN 'ip_s'
    WHEN NEW.cost_cpu_microusd > 1000000000000000 THEN 'cost_cpu_microusd'
    WHEN NEW.cost_memory_microusd > 1000000000000000 THEN 'cost_memory_microusd'
    WHEN NEW.cost_storage_microusd > 1000000000000000 THEN 'cost_storage_microusd'
    WHEN NEW.cost_network_microusd > 1000000000000000 THEN 'cost_network_microusd'
    WHEN NEW.custom_1 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_1'
    WHEN NEW.custom_2 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_2'
    WHEN NEW.custom_3 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_3'
    WHEN NEW.custom_4 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_4'
    WHEN NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_5' END);
END;
--> statement-breakpoint
CREATE TRIGGER windows_bounds_update BEFORE UPDATE ON windows WHEN
  NEW.window_end > NEW.accepted_at + NEW.seconds * 1000 + 300000
  OR NEW.revision > NEW.accepted_at + 300000
  OR (NEW.gaps IS NOT NULL AND (length(NEW.gaps) > 2000 OR NOT json_valid(NEW.gaps)))
  OR NEW.cpu_core_ms > 360000000000
  OR NEW.memory_mib_s > 368640000000
  OR NEW.storage_mib_s > 1024000000 * NEW.seconds
  OR NEW.network_sent_bytes > 10000000000000
  OR NEW.network_received_bytes > 10000000000000
  OR NEW.ingress_requests > 1000000000000
  OR NEW.api_calls > 1000000000000
  OR NEW.mqtt_sent_bytes > 10000000000000
  OR NEW.mqtt_received_bytes > 10000000000000
  OR NEW.http_sent_bytes > 10000000000000
  OR NEW.http_received_bytes > 10000000000000
  OR NEW.device_peak > 1000000000000
  OR NEW.device_total > 1000000000000
  OR NEW.mqtt_published > 1000000000000
  OR NEW.mqtt_received > 1000000000000
  OR NEW.postgres_mib_s > 1024000000 * NEW.seconds
  OR NEW.postgres_rows > 1000000000000
  OR NEW.postgres_transactions > 1000000000000
  OR NEW.storage_capacity_mib_s > 1024000000 * NEW.seconds
  OR NEW.pod_s > 1000000000000 * NEW.seconds
  OR NEW.vm_s > 1000000000000 * NEW.seconds
  OR NEW.ip_s > 1000000000000 * NEW.seconds
  OR NEW.cost_cpu_microusd > 1000000000000000
  OR NEW.cost_memory_microusd > 1000000000000000
  OR NEW.cost_storage_microusd > 1000000000000000
  OR NEW.cost_network_microusd > 1000000000000000
  OR NEW.custom_1 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_2 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_3 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_4 NOT BETWEEN 0 AND 1000000000000000
  OR NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000
BEGIN
  SELECT RAISE(ABORT, 'window_bounds: ' || CASE
    WHEN NEW.window_end > NEW.accepted_at + NEW.seconds * 1000 + 300000 THEN 'window_end'
    WHEN NEW.revision > NEW.accepted_at + 300000 THEN 'revision'
    WHEN (NEW.gaps IS NOT NULL AND (length(NEW.gaps) > 2000 OR NOT json_valid(NEW.gaps))) THEN 'gaps'
    WHEN NEW.cpu_core_ms > 360000000000 THEN 'cpu_core_ms'
    WHEN NEW.memory_mib_s > 368640000000 THEN 'memory_mib_s'
    WHEN NEW.storage_mib_s > 1024000000 * NEW.seconds THEN 'storage_mib_s'
    WHEN NEW.network_sent_bytes > 10000000000000 THEN 'network_sent_bytes'
    WHEN NEW.network_received_bytes > 10000000000000 THEN 'network_received_bytes'
    WHEN NEW.ingress_requests > 1000000000000 THEN 'ingress_requests'
    WHEN NEW.api_calls > 1000000000000 THEN 'api_calls'
    WHEN NEW.mqtt_sent_bytes > 10000000000000 THEN 'mqtt_sent_bytes'
    WHEN NEW.mqtt_received_bytes > 10000000000000 THEN 'mqtt_received_bytes'
    WHEN NEW.http_sent_bytes > 10000000000000 THEN 'http_sent_bytes'
    WHEN NEW.http_received_bytes > 10000000000000 THEN 'http_received_bytes'
    WHEN NEW.device_peak > 1000000000000 THEN 'device_peak'
    WHEN NEW.device_total > 1000000000000 THEN 'device_total'
    WHEN NEW.mqtt_published > 1000000000000 THEN 'mqtt_published'
    WHEN NEW.mqtt_received > 1000000000000 THEN 'mqtt_received'
    WHEN NEW.postgres_mib_s > 1024000000 * NEW.seconds THEN 'postgres_mib_s'
    WHEN NEW.postgres_rows > 1000000000000 THEN 'postgres_rows'
    WHEN NEW.postgres_transactions > 1000000000000 THEN 'postgres_transactions'
    WHEN NEW.storage_capacity_mib_s > 1024000000 * NEW.seconds THEN 'storage_capacity_mib_s'
    WHEN NEW.pod_s > 1000000000000 * NEW.seconds THEN 'pod_s'
    WHEN NEW.vm_s > 1000000000000 * NEW.seconds THEN 'vm_s'
    WHEN NEW.ip_s > 1000000000000 * NEW.seconds THEN 'ip_s'
    WHEN NEW.cost_cpu_microusd > 1000000000000000 THEN 'cost_cpu_microusd'
    WHEN NEW.cost_memory_microusd > 1000000000000000 THEN 'cost_memory_microusd'
    WHEN NEW.cost_storage_microusd > 1000000000000000 THEN 'cost_storage_microusd'
    WHEN NEW.cost_network_microusd > 1000000000000000 THEN 'cost_network_microusd'
    WHEN NEW.custom_1 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_1'
    WHEN NEW.custom_2 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_2'
    WHEN NEW.custom_3 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_3'
    WHEN NEW.custom_4 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_4'
    WHEN NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_5' END);
END;
