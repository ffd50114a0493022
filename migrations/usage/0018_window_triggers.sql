-- Made from src/usage/window-triggers.ts by `npm run migrations`.
DROP TRIGGER IF EXISTS windows_bounds_insert;
--> statement-breakpoint
DROP TRIGGER IF EXISTS windows_bounds_update;
--> statement-breakpoint
DROP TRIGGER IF EXISTS windows_conflict;
--> statement-breakpoint
DROP TRIGGER IF EXISTS windows_hold;
--> statement-breakpoint
DROP TRIGGER IF EXISTS windows_audit;
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
  OR NEW.cpu_requested_core_ms NOT BETWEEN 0 AND 100000000 * NEW.seconds
  OR NEW.memory_requested_mib_s NOT BETWEEN 0 AND 1024000000 * NEW.seconds
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
    WHEN NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_5'
    WHEN NEW.cpu_requested_core_ms NOT BETWEEN 0 AND 100000000 * NEW.seconds THEN 'cpu_requested_core_ms'
    WHEN NEW.memory_requested_mib_s NOT BETWEEN 0 AND 1024000000 * NEW.seconds THEN 'memory_requested_mib_s' END);
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
  OR NEW.cpu_requested_core_ms NOT BETWEEN 0 AND 100000000 * NEW.seconds
  OR NEW.memory_requested_mib_s NOT BETWEEN 0 AND 1024000000 * NEW.seconds
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
    WHEN NEW.custom_5 NOT BETWEEN 0 AND 1000000000000000 THEN 'custom_5'
    WHEN NEW.cpu_requested_core_ms NOT BETWEEN 0 AND 100000000 * NEW.seconds THEN 'cpu_requested_core_ms'
    WHEN NEW.memory_requested_mib_s NOT BETWEEN 0 AND 1024000000 * NEW.seconds THEN 'memory_requested_mib_s' END);
END;
--> statement-breakpoint
CREATE TRIGGER windows_conflict BEFORE UPDATE ON windows WHEN NEW.revision = OLD.revision
BEGIN
  UPDATE reviews SET state = 'superseded' WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'open' AND revision < NEW.revision;
  INSERT INTO reviews (customer_seq, window_end, reporter_seq, project_seq, revision, id, reason, state, held_at, seconds, standing_revision,
    standing_quantities, complete, gap_ms, missing, missing_high, quantities)
  VALUES (NEW.customer_seq, NEW.window_end, NEW.reporter_seq, NEW.project_seq, NEW.revision, 'rvw_' || lower(hex(randomblob(16))), 'revision_conflict',
    iif(EXISTS (SELECT 1 FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'open' AND revision > NEW.revision), 'superseded', 'open'),
    NEW.accepted_at, NEW.seconds, OLD.revision,
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', OLD.cpu_core_ms, 'memory_mib_s', OLD.memory_mib_s, 'storage_mib_s', OLD.storage_mib_s, 'network_sent_bytes', OLD.network_sent_bytes, 'network_received_bytes', OLD.network_received_bytes, 'ingress_requests', OLD.ingress_requests, 'api_calls', OLD.api_calls, 'mqtt_sent_bytes', OLD.mqtt_sent_bytes, 'mqtt_received_bytes', OLD.mqtt_received_bytes, 'http_sent_bytes', OLD.http_sent_bytes, 'http_received_bytes', OLD.http_received_bytes, 'device_peak', OLD.device_peak, 'device_total', OLD.device_total, 'mqtt_published', OLD.mqtt_published, 'mqtt_received', OLD.mqtt_received, 'postgres_mib_s', OLD.postgres_mib_s)),
      json_object('postgres_rows', OLD.postgres_rows, 'postgres_transactions', OLD.postgres_transactions, 'storage_capacity_mib_s', OLD.storage_capacity_mib_s, 'pod_s', OLD.pod_s, 'vm_s', OLD.vm_s, 'ip_s', OLD.ip_s, 'cost_cpu_microusd', OLD.cost_cpu_microusd, 'cost_memory_microusd', OLD.cost_memory_microusd, 'cost_storage_microusd', OLD.cost_storage_microusd, 'cost_network_microusd', OLD.cost_network_microusd, 'custom_1', OLD.custom_1, 'custom_2', OLD.custom_2, 'custom_3', OLD.custom_3, 'custom_4', OLD.custom_4, 'custom_5', OLD.custom_5, 'cpu_requested_core_ms', OLD.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', OLD.memory_requested_mib_s)),
    NEW.complete, NEW.gap_ms, NEW.missing, NEW.missing_high,
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', NEW.cpu_core_ms, 'memory_mib_s', NEW.memory_mib_s, 'storage_mib_s', NEW.storage_mib_s, 'network_sent_bytes', NEW.network_sent_bytes, 'network_received_bytes', NEW.network_received_bytes, 'ingress_requests', NEW.ingress_requests, 'api_calls', NEW.api_calls, 'mqtt_sent_bytes', NEW.mqtt_sent_bytes, 'mqtt_received_bytes', NEW.mqtt_received_bytes, 'http_sent_bytes', NEW.http_sent_bytes, 'http_received_bytes', NEW.http_received_bytes, 'device_peak', NEW.device_peak, 'device_total', NEW.device_total, 'mqtt_published', NEW.mqtt_published, 'mqtt_received', NEW.mqtt_received, 'postgres_mib_s', NEW.postgres_mib_s)),
      json_object('postgres_rows', NEW.postgres_rows, 'postgres_transactions', NEW.postgres_transactions, 'storage_capacity_mib_s', NEW.storage_capacity_mib_s, 'pod_s', NEW.pod_s, 'vm_s', NEW.vm_s, 'ip_s', NEW.ip_s, 'cost_cpu_microusd', NEW.cost_cpu_microusd, 'cost_memory_microusd', NEW.cost_memory_microusd, 'cost_storage_microusd', NEW.cost_storage_microusd, 'cost_network_microusd', NEW.cost_network_microusd, 'custom_1', NEW.custom_1, 'custom_2', NEW.custom_2, 'custom_3', NEW.custom_3, 'custom_4', NEW.custom_4, 'custom_5', NEW.custom_5, 'cpu_requested_core_ms', NEW.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', NEW.memory_requested_mib_s)))
  ON CONFLICT DO NOTHING;
  DELETE FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'superseded' AND revision <= (
    SELECT revision FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq ORDER BY revision DESC LIMIT 1 OFFSET 10);
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER windows_hold BEFORE UPDATE ON windows WHEN NEW.revision > OLD.revision AND (
  coalesce(NEW.cpu_core_ms, 0) * 5 < OLD.cpu_core_ms * 4
  OR coalesce(NEW.memory_mib_s, 0) * 5 < OLD.memory_mib_s * 4
  OR coalesce(NEW.storage_mib_s, 0) * 5 < OLD.storage_mib_s * 4
  OR coalesce(NEW.network_sent_bytes, 0) * 5 < OLD.network_sent_bytes * 4
  OR coalesce(NEW.network_received_bytes, 0) * 5 < OLD.network_received_bytes * 4
  OR coalesce(NEW.ingress_requests, 0) * 5 < OLD.ingress_requests * 4
  OR coalesce(NEW.api_calls, 0) * 5 < OLD.api_calls * 4
  OR coalesce(NEW.mqtt_sent_bytes, 0) * 5 < OLD.mqtt_sent_bytes * 4
  OR coalesce(NEW.mqtt_received_bytes, 0) * 5 < OLD.mqtt_received_bytes * 4
  OR coalesce(NEW.http_sent_bytes, 0) * 5 < OLD.http_sent_bytes * 4
  OR coalesce(NEW.http_received_bytes, 0) * 5 < OLD.http_received_bytes * 4
  OR coalesce(NEW.device_peak, 0) * 5 < OLD.device_peak * 4
  OR coalesce(NEW.device_total, 0) * 5 < OLD.device_total * 4
  OR coalesce(NEW.mqtt_published, 0) * 5 < OLD.mqtt_published * 4
  OR coalesce(NEW.mqtt_received, 0) * 5 < OLD.mqtt_received * 4
  OR coalesce(NEW.postgres_mib_s, 0) * 5 < OLD.postgres_mib_s * 4
  OR coalesce(NEW.postgres_rows, 0) * 5 < OLD.postgres_rows * 4
  OR coalesce(NEW.postgres_transactions, 0) * 5 < OLD.postgres_transactions * 4
  OR coalesce(NEW.storage_capacity_mib_s, 0) * 5 < OLD.storage_capacity_mib_s * 4
  OR coalesce(NEW.pod_s, 0) * 5 < OLD.pod_s * 4
  OR coalesce(NEW.vm_s, 0) * 5 < OLD.vm_s * 4
  OR coalesce(NEW.ip_s, 0) * 5 < OLD.ip_s * 4
  OR coalesce(NEW.cost_cpu_microusd, 0) * 5 < OLD.cost_cpu_microusd * 4
  OR coalesce(NEW.cost_memory_microusd, 0) * 5 < OLD.cost_memory_microusd * 4
  OR coalesce(NEW.cost_storage_microusd, 0) * 5 < OLD.cost_storage_microusd * 4
  OR coalesce(NEW.cost_network_microusd, 0) * 5 < OLD.cost_network_microusd * 4
  OR coalesce(NEW.custom_1, 0) * 5 < OLD.custom_1 * 4
  OR coalesce(NEW.custom_2, 0) * 5 < OLD.custom_2 * 4
  OR coalesce(NEW.custom_3, 0) * 5 < OLD.custom_3 * 4
  OR coalesce(NEW.custom_4, 0) * 5 < OLD.custom_4 * 4
  OR coalesce(NEW.custom_5, 0) * 5 < OLD.custom_5 * 4
  OR coalesce(NEW.cpu_requested_core_ms, 0) * 5 < OLD.cpu_requested_core_ms * 4
  OR coalesce(NEW.memory_requested_mib_s, 0) * 5 < OLD.memory_requested_mib_s * 4
  OR (NEW.accepted_at > NEW.window_end + 172800000 AND ((NEW.complete, NEW.gap_ms, NEW.missing, NEW.missing_high, NEW.cpu_core_ms, NEW.memory_mib_s, NEW.storage_mib_s, NEW.network_sent_bytes, NEW.network_received_bytes, NEW.ingress_requests, NEW.api_calls, NEW.mqtt_sent_bytes, NEW.mqtt_received_bytes, NEW.http_sent_bytes, NEW.http_received_bytes, NEW.device_peak, NEW.device_total, NEW.mqtt_published, NEW.mqtt_received, NEW.postgres_mib_s, NEW.postgres_rows, NEW.postgres_transactions, NEW.storage_capacity_mib_s, NEW.pod_s, NEW.vm_s, NEW.ip_s, NEW.cost_cpu_microusd, NEW.cost_memory_microusd, NEW.cost_storage_microusd, NEW.cost_network_microusd, NEW.custom_1, NEW.custom_2, NEW.custom_3, NEW.custom_4, NEW.custom_5, NEW.cpu_requested_core_ms, NEW.memory_requested_mib_s)
    IS NOT (OLD.complete, OLD.gap_ms, OLD.missing, OLD.missing_high, OLD.cpu_core_ms, OLD.memory_mib_s, OLD.storage_mib_s, OLD.network_sent_bytes, OLD.network_received_bytes, OLD.ingress_requests, OLD.api_calls, OLD.mqtt_sent_bytes, OLD.mqtt_received_bytes, OLD.http_sent_bytes, OLD.http_received_bytes, OLD.device_peak, OLD.device_total, OLD.mqtt_published, OLD.mqtt_received, OLD.postgres_mib_s, OLD.postgres_rows, OLD.postgres_transactions, OLD.storage_capacity_mib_s, OLD.pod_s, OLD.vm_s, OLD.ip_s, OLD.cost_cpu_microusd, OLD.cost_memory_microusd, OLD.cost_storage_microusd, OLD.cost_network_microusd, OLD.custom_1, OLD.custom_2, OLD.custom_3, OLD.custom_4, OLD.custom_5, OLD.cpu_requested_core_ms, OLD.memory_requested_mib_s)))
  OR (SELECT count(*) FROM window_changes WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq) >= 50
  OR (EXISTS (SELECT 1 FROM corrections c
    WHERE c.customer_seq = NEW.customer_seq AND c.reporter_seq = NEW.reporter_seq AND c.project_seq = NEW.project_seq
      AND c.window_end BETWEEN NEW.window_end AND NEW.window_end + 3600000 AND c.window_start < NEW.window_end
      AND c.revision = OLD.revision) AND ((NEW.complete, NEW.gap_ms, NEW.missing, NEW.missing_high, NEW.cpu_core_ms, NEW.memory_mib_s, NEW.storage_mib_s, NEW.network_sent_bytes, NEW.network_received_bytes, NEW.ingress_requests, NEW.api_calls, NEW.mqtt_sent_bytes, NEW.mqtt_received_bytes, NEW.http_sent_bytes, NEW.http_received_bytes, NEW.device_peak, NEW.device_total, NEW.mqtt_published, NEW.mqtt_received, NEW.postgres_mib_s, NEW.postgres_rows, NEW.postgres_transactions, NEW.storage_capacity_mib_s, NEW.pod_s, NEW.vm_s, NEW.ip_s, NEW.cost_cpu_microusd, NEW.cost_memory_microusd, NEW.cost_storage_microusd, NEW.cost_network_microusd, NEW.custom_1, NEW.custom_2, NEW.custom_3, NEW.custom_4, NEW.custom_5, NEW.cpu_requested_core_ms, NEW.memory_requested_mib_s)
    IS NOT (OLD.complete, OLD.gap_ms, OLD.missing, OLD.missing_high, OLD.cpu_core_ms, OLD.memory_mib_s, OLD.storage_mib_s, OLD.network_sent_bytes, OLD.network_received_bytes, OLD.ingress_requests, OLD.api_calls, OLD.mqtt_sent_bytes, OLD.mqtt_received_bytes, OLD.http_sent_bytes, OLD.http_received_bytes, OLD.device_peak, OLD.device_total, OLD.mqtt_published, OLD.mqtt_received, OLD.postgres_mib_s, OLD.postgres_rows, OLD.postgres_transactions, OLD.storage_capacity_mib_s, OLD.pod_s, OLD.vm_s, OLD.ip_s, OLD.cost_cpu_microusd, OLD.cost_memory_microusd, OLD.cost_storage_microusd, OLD.cost_network_microusd, OLD.custom_1, OLD.custom_2, OLD.custom_3, OLD.custom_4, OLD.custom_5, OLD.cpu_requested_core_ms, OLD.memory_requested_mib_s))))
  AND NOT EXISTS (SELECT 1 FROM reviews
    WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'accepted' AND accepted_revision = NEW.revision)
  AND NOT EXISTS (SELECT 1 FROM corrections c
    WHERE c.customer_seq = NEW.customer_seq AND c.reporter_seq = NEW.reporter_seq AND c.project_seq = NEW.project_seq
      AND c.window_end BETWEEN NEW.window_end AND NEW.window_end + 3600000 AND c.window_start < NEW.window_end
      AND c.revision = NEW.revision)
BEGIN
  UPDATE reviews SET state = 'superseded' WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'open' AND revision < NEW.revision;
  INSERT INTO reviews (customer_seq, window_end, reporter_seq, project_seq, revision, id, reason, state, held_at, seconds, standing_revision,
    standing_quantities, complete, gap_ms, missing, missing_high, quantities)
  VALUES (NEW.customer_seq, NEW.window_end, NEW.reporter_seq, NEW.project_seq, NEW.revision, 'rvw_' || lower(hex(randomblob(16))), CASE WHEN EXISTS (SELECT 1 FROM corrections c
    WHERE c.customer_seq = NEW.customer_seq AND c.reporter_seq = NEW.reporter_seq AND c.project_seq = NEW.project_seq
      AND c.window_end BETWEEN NEW.window_end AND NEW.window_end + 3600000 AND c.window_start < NEW.window_end
      AND c.revision = OLD.revision) THEN 'corrected' WHEN NEW.accepted_at > NEW.window_end + 172800000 THEN 'late'
    WHEN (SELECT count(*) FROM window_changes WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq) >= 50 THEN 'repeated' ELSE 'lowered' END,
    iif(EXISTS (SELECT 1 FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'open' AND revision > NEW.revision), 'superseded', 'open'),
    NEW.accepted_at, NEW.seconds, OLD.revision,
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', OLD.cpu_core_ms, 'memory_mib_s', OLD.memory_mib_s, 'storage_mib_s', OLD.storage_mib_s, 'network_sent_bytes', OLD.network_sent_bytes, 'network_received_bytes', OLD.network_received_bytes, 'ingress_requests', OLD.ingress_requests, 'api_calls', OLD.api_calls, 'mqtt_sent_bytes', OLD.mqtt_sent_bytes, 'mqtt_received_bytes', OLD.mqtt_received_bytes, 'http_sent_bytes', OLD.http_sent_bytes, 'http_received_bytes', OLD.http_received_bytes, 'device_peak', OLD.device_peak, 'device_total', OLD.device_total, 'mqtt_published', OLD.mqtt_published, 'mqtt_received', OLD.mqtt_received, 'postgres_mib_s', OLD.postgres_mib_s)),
      json_object('postgres_rows', OLD.postgres_rows, 'postgres_transactions', OLD.postgres_transactions, 'storage_capacity_mib_s', OLD.storage_capacity_mib_s, 'pod_s', OLD.pod_s, 'vm_s', OLD.vm_s, 'ip_s', OLD.ip_s, 'cost_cpu_microusd', OLD.cost_cpu_microusd, 'cost_memory_microusd', OLD.cost_memory_microusd, 'cost_storage_microusd', OLD.cost_storage_microusd, 'cost_network_microusd', OLD.cost_network_microusd, 'custom_1', OLD.custom_1, 'custom_2', OLD.custom_2, 'custom_3', OLD.custom_3, 'custom_4', OLD.custom_4, 'custom_5', OLD.custom_5, 'cpu_requested_core_ms', OLD.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', OLD.memory_requested_mib_s)),
    NEW.complete, NEW.gap_ms, NEW.missing, NEW.missing_high,
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', NEW.cpu_core_ms, 'memory_mib_s', NEW.memory_mib_s, 'storage_mib_s', NEW.storage_mib_s, 'network_sent_bytes', NEW.network_sent_bytes, 'network_received_bytes', NEW.network_received_bytes, 'ingress_requests', NEW.ingress_requests, 'api_calls', NEW.api_calls, 'mqtt_sent_bytes', NEW.mqtt_sent_bytes, 'mqtt_received_bytes', NEW.mqtt_received_bytes, 'http_sent_bytes', NEW.http_sent_bytes, 'http_received_bytes', NEW.http_received_bytes, 'device_peak', NEW.device_peak, 'device_total', NEW.device_total, 'mqtt_published', NEW.mqtt_published, 'mqtt_received', NEW.mqtt_received, 'postgres_mib_s', NEW.postgres_mib_s)),
      json_object('postgres_rows', NEW.postgres_rows, 'postgres_transactions', NEW.postgres_transactions, 'storage_capacity_mib_s', NEW.storage_capacity_mib_s, 'pod_s', NEW.pod_s, 'vm_s', NEW.vm_s, 'ip_s', NEW.ip_s, 'cost_cpu_microusd', NEW.cost_cpu_microusd, 'cost_memory_microusd', NEW.cost_memory_microusd, 'cost_storage_microusd', NEW.cost_storage_microusd, 'cost_network_microusd', NEW.cost_network_microusd, 'custom_1', NEW.custom_1, 'custom_2', NEW.custom_2, 'custom_3', NEW.custom_3, 'custom_4', NEW.custom_4, 'custom_5', NEW.custom_5, 'cpu_requested_core_ms', NEW.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', NEW.memory_requested_mib_s)))
  ON CONFLICT DO NOTHING;
  DELETE FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND state = 'superseded' AND revision <= (
    SELECT revision FROM reviews WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq ORDER BY revision DESC LIMIT 1 OFFSET 10);
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
CREATE TRIGGER windows_audit AFTER UPDATE ON windows
BEGIN
  INSERT INTO window_changes (customer_seq, window_end, reporter_seq, project_seq, revision, old_revision, changed_at, old_complete, complete,
    old_quantities, quantities)
  VALUES (NEW.customer_seq, NEW.window_end, NEW.reporter_seq, NEW.project_seq, NEW.revision, OLD.revision, NEW.accepted_at,
    OLD.complete, NEW.complete,
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', OLD.cpu_core_ms, 'memory_mib_s', OLD.memory_mib_s, 'storage_mib_s', OLD.storage_mib_s, 'network_sent_bytes', OLD.network_sent_bytes, 'network_received_bytes', OLD.network_received_bytes, 'ingress_requests', OLD.ingress_requests, 'api_calls', OLD.api_calls, 'mqtt_sent_bytes', OLD.mqtt_sent_bytes, 'mqtt_received_bytes', OLD.mqtt_received_bytes, 'http_sent_bytes', OLD.http_sent_bytes, 'http_received_bytes', OLD.http_received_bytes, 'device_peak', OLD.device_peak, 'device_total', OLD.device_total, 'mqtt_published', OLD.mqtt_published, 'mqtt_received', OLD.mqtt_received, 'postgres_mib_s', OLD.postgres_mib_s)),
      json_object('postgres_rows', OLD.postgres_rows, 'postgres_transactions', OLD.postgres_transactions, 'storage_capacity_mib_s', OLD.storage_capacity_mib_s, 'pod_s', OLD.pod_s, 'vm_s', OLD.vm_s, 'ip_s', OLD.ip_s, 'cost_cpu_microusd', OLD.cost_cpu_microusd, 'cost_memory_microusd', OLD.cost_memory_microusd, 'cost_storage_microusd', OLD.cost_storage_microusd, 'cost_network_microusd', OLD.cost_network_microusd, 'custom_1', OLD.custom_1, 'custom_2', OLD.custom_2, 'custom_3', OLD.custom_3, 'custom_4', OLD.custom_4, 'custom_5', OLD.custom_5, 'cpu_requested_core_ms', OLD.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', OLD.memory_requested_mib_s)),
    json_patch(json_patch(json_patch('{}',
      json_object('cpu_core_ms', NEW.cpu_core_ms, 'memory_mib_s', NEW.memory_mib_s, 'storage_mib_s', NEW.storage_mib_s, 'network_sent_bytes', NEW.network_sent_bytes, 'network_received_bytes', NEW.network_received_bytes, 'ingress_requests', NEW.ingress_requests, 'api_calls', NEW.api_calls, 'mqtt_sent_bytes', NEW.mqtt_sent_bytes, 'mqtt_received_bytes', NEW.mqtt_received_bytes, 'http_sent_bytes', NEW.http_sent_bytes, 'http_received_bytes', NEW.http_received_bytes, 'device_peak', NEW.device_peak, 'device_total', NEW.device_total, 'mqtt_published', NEW.mqtt_published, 'mqtt_received', NEW.mqtt_received, 'postgres_mib_s', NEW.postgres_mib_s)),
      json_object('postgres_rows', NEW.postgres_rows, 'postgres_transactions', NEW.postgres_transactions, 'storage_capacity_mib_s', NEW.storage_capacity_mib_s, 'pod_s', NEW.pod_s, 'vm_s', NEW.vm_s, 'ip_s', NEW.ip_s, 'cost_cpu_microusd', NEW.cost_cpu_microusd, 'cost_memory_microusd', NEW.cost_memory_microusd, 'cost_storage_microusd', NEW.cost_storage_microusd, 'cost_network_microusd', NEW.cost_network_microusd, 'custom_1', NEW.custom_1, 'custom_2', NEW.custom_2, 'custom_3', NEW.custom_3, 'custom_4', NEW.custom_4, 'custom_5', NEW.custom_5, 'cpu_requested_core_ms', NEW.cpu_requested_core_ms)),
      json_object('memory_requested_mib_s', NEW.memory_requested_mib_s)));
  UPDATE reviews SET state = 'superseded' WHERE customer_seq = NEW.customer_seq AND window_end = NEW.window_end AND reporter_seq = NEW.reporter_seq AND project_seq = NEW.project_seq AND revision < NEW.revision AND state = 'open';
END;
