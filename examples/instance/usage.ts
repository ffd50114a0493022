/** What this instance reports: calls and bytes by its middleware, MQTT by its client, devices and the database by callbacks. */
import { startUsageReporter, type UsageReporter } from '@tenantry/usage-reporter';
import { fileStore } from '@tenantry/usage-reporter/file-store';
import { TrafficMonitor } from '@tenantry/usage-reporter/traffic-monitor';
import type { Logger } from 'pino';
import type { Database } from './database/database.ts';
import type { Devices } from './devices.ts';
import type { ApiSettings } from './settings.ts';

export interface Usage {
  traffic: TrafficMonitor;
  /** Null where no key is given: counted, and reported to nobody. */
  reporter: UsageReporter | null;
}

const bytesOfMb = 2 ** 20;

async function sizeOf({ query }: Database): Promise<{ sizeMb: number; rows: number }> {
  const [size] = await query<{ bytes: number; rows: number }>(
    `SELECT pg_database_size(current_database())::float8 AS bytes,
       (SELECT coalesce(sum(n_live_tup), 0)::float8 FROM pg_stat_user_tables) AS rows`,
  );
  if (!size) throw new Error('PostgreSQL said no size');
  return { sizeMb: size.bytes / bytesOfMb, rows: size.rows };
}

export function startUsage(settings: ApiSettings, database: Database, devices: Devices, log: Logger): Usage {
  if (settings.apiKey === null) return { traffic: new TrafficMonitor(), reporter: null };
  const reporter = startUsageReporter({
    api: settings.billingApiUrl,
    customerId: settings.customerId,
    apiKey: settings.apiKey,
    allowPlainHttp: settings.allowPlainHttp,
    store: fileStore(settings.spoolDir),
    devices: () => devices.counts(),
    database: () => sizeOf(database),
    log: (level, message, details) => log[level](details, message),
  });
  return { traffic: reporter.traffic, reporter };
}
