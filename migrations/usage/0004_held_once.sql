-- The triggers that hold a replacement said INSERT OR IGNORE, which SQLite overrides by the conflict handling of the statement
-- that fires them: a held report that came again was refused. An upsert's own clause is not overridden.
DROP TRIGGER windows_conflict;
--> statement-breakpoint
-- Equal revision, other numbers: two answers to one question. The first stands.
CREATE TRIGGER windows_conflict BEFORE UPDATE ON windows WHEN NEW.revision = OLD.revision
BEGIN
  INSERT INTO reviews (customer_seq, window_end, reporter_seq, project_seq, revision, reason, state, held_at,
    seconds, standing_revision, standing_quantities, complete, gap_ms, missing, quantities)
  VALUES (NEW.customer_seq, NEW.window_end, NEW.reporter_seq, NEW.project_seq, NEW.revision, 'revision_conflict', 'open',
    NEW.accepted_at, NEW.seconds, OLD.revision,
    json_array(OLD.cpu_core_ms, OLD.memory_mib_s, OLD.storage_mib_s, OLD.network_sent_bytes,
      OLD.network_received_bytes, OLD.ingress_requests, OLD.api_calls, OLD.mqtt_sent_bytes,
      OLD.mqtt_received_bytes, OLD.http_sent_bytes, OLD.http_received_bytes, OLD.device_peak,
      OLD.device_total, OLD.mqtt_published, OLD.mqtt_received, OLD.postgres_mib_s, OLD.postgres_rows,
      OLD.postgres_transactions, OLD.storage_capacity_mib_s, OLD.pod_s, OLD.vm_s, OLD.ip_s,
      OLD.cost_cpu_microusd, OLD.cost_memory_microusd, OLD.cost_storage_microusd,
      OLD.cost_network_microusd),
    NEW.complete, NEW.gap_ms, NEW.missing,
    json_array(NEW.cpu_core_ms, NEW.memory_mib_s, NEW.storage_mib_s, NEW.network_sent_bytes,
      NEW.network_received_bytes, NEW.ingress_requests, NEW.api_calls, NEW.mqtt_sent_bytes,
      NEW.mqtt_received_bytes, NEW.http_sent_bytes, NEW.http_received_bytes, NEW.device_peak,
      NEW.device_total, NEW.mqtt_published, NEW.mqtt_received, NEW.postgres_mib_s, NEW.postgres_rows,
      NEW.postgres_transactions, NEW.storage_capacity_mib_s, NEW.pod_s, NEW.vm_s, NEW.ip_s,
      NEW.cost_cpu_microusd, NEW.cost_memory_microusd, NEW.cost_storage_microusd,
      NEW.cost_network_microusd))
  ON CONFLICT DO NOTHING;
  SELECT RAISE(IGNORE);
END;
--> statement-breakpoint
DROP TRIGGER windows_hold;
--> statement-breakpoint
-- Lowers a quantity by more than 20 % (new * 5 < old * 4; a quantity left out lowers it to nothing), or was accepted more
-- than 48 h (172,800,000 ms) after the window's end and changes something: a person decides, until then the old stands.
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
    OR (NEW.accepted_at > NEW.window_end + 172800000 AND (
    (NEW.complete, NEW.gap_ms, NEW.missing) IS NOT (OLD.complete, OLD.gap_ms, OLD.missing)
    OR (NEW.cpu_core_ms, NEW.memory_mib_s, NEW.storage_mib_s, NEW.network_sent_bytes,
      NEW.network_received_bytes, NEW.ingress_requests, NEW.api_calls, NEW.mqtt_sent_bytes,
      NEW.mqtt_received_bytes, NEW.http_sent_bytes, NEW.http_received_bytes, NEW.device_peak,
      NEW.device_total, NEW.mqtt_published, NEW.mqtt_received, NEW.postgres_mib_s, NEW.postgres_rows,
      NEW.postgres_transactions, NEW.storage_capacity_mib_s, NEW.pod_s, NEW.vm_s, NEW.ip_s,
      NEW.cost_cpu_microusd, NEW.cost_memory_microusd, NEW.cost_storage_microusd,
      NEW.cost_network_microusd)
    IS NOT
     (OLD.cpu_core_ms, OLD.memory_mib_s, OLD.storage_mib_s, OLD.network_sent_bytes,
      OLD.network_received_bytes, OLD.ingress_requests, OLD.api_calls, OLD.mqtt_sent_bytes,
      OLD.mqtt_received_bytes, OLD.http_sent_bytes, OLD.http_received_bytes, OLD.device_peak,
      OLD.device_total, OLD.mqtt_published, OLD.mqtt_received, OLD.postgres_mib_s, OLD.postgres_rows,
      OLD.postgres_transactions, OLD.storage_capacity_mib_s, OLD.pod_s, OLD.vm_s, OLD.ip_s,
      OLD.cost_cpu_microusd, OLD.cost_memory_microusd, OLD.cost_storage_microusd,
      OLD.cost_network_microusd)
    ))
  )
BEGIN
  INSERT INTO reviews (customer_seq, window_end, reporter_seq, project_seq, revision, reason, state, held_at,
    seconds, standing_revision, standing_quantities, complete, gap_ms, missing, quantities)
  VALUES (NEW.customer_seq, NEW.window_end, NEW.reporter_seq, NEW.project_seq, NEW.revision, iif(NEW.accepted_at > NEW.window_end + 172800000, 'late', 'lowered'), 'open',
    NEW.accepted_at, NEW.seconds, OLD.revision,
    json_array(OLD.cpu_core_ms, OLD.memory_mib_s, OLD.storage_mib_s, OLD.network_sent_bytes,
      OLD.network_received_bytes, OLD.ingress_requests, OLD.api_calls, OLD.mqtt_sent_bytes,
      OLD.mqtt_received_bytes, OLD.http_sent_bytes, OLD.http_received_bytes, OLD.device_peak,
      OLD.device_total, OLD.mqtt_published, OLD.mqtt_received, OLD.postgres_mib_s, OLD.postgres_rows,
      OLD.postgres_transactions, OLD.storage_capacity_mib_s, OLD.pod_s, OLD.vm_s, OLD.ip_s,
      OLD.cost_cpu_microusd, OLD.cost_memory_microusd, OLD.cost_storage_microusd,
      OLD.cost_network_microusd),
    NEW.complete, NEW.gap_ms, NEW.missing,
    json_array(NEW.cpu_core_ms, NEW.memory_mib_s, NEW.storage_mib_s, NEW.network_sent_bytes,
      NEW.network_received_bytes, NEW.ingress_requests, NEW.api_calls, NEW.mqtt_sent_bytes,
      NEW.mqtt_received_bytes, NEW.http_sent_bytes, NEW.http_received_bytes, NEW.device_peak,
      NEW.device_total, NEW.mqtt_published, NEW.mqtt_received, NEW.postgres_mib_s, NEW.postgres_rows,
      NEW.postgres_transactions, NEW.storage_capacity_mib_s, NEW.pod_s, NEW.vm_s, NEW.ip_s,
      NEW.cost_cpu_microusd, NEW.cost_memory_microusd, NEW.cost_storage_microusd,
      NEW.cost_network_microusd))
  ON CONFLICT DO NOTHING;
  SELECT RAISE(IGNORE);
END;
