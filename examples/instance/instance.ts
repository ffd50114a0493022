/** The API's parts in the order in which they need each other; ended the other way round. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { byToken } from './administrators.ts';
import { apiApp, apiRoutes } from './app.ts';
import { connectBroker } from './broker.ts';
import type { Database } from './database/database.ts';
import { openEmbedded } from './database/embedded.ts';
import { guardStore } from './database/kept.ts';
import { migrate } from './database/migrations.ts';
import { openPostgres } from './database/postgres.ts';
import { devicesOf } from './devices.ts';
import { openLicence } from './licence.ts';
import { messagesOf } from './messages.ts';
import { metricsOf } from './metrics.ts';
import { pageRoutes } from './page/page.ts';
import type { Parts } from './routes/parts.ts';
import type { Door } from './server.ts';
import type { ApiSettings, Settings } from './settings.ts';
import { startUsage } from './usage.ts';

const againMs = 1_000;
const forgetEveryMs = 3_600_000;

async function openDatabase({ pgliteDir }: ApiSettings, log: Logger): Promise<Database> {
  if (pgliteDir !== null) {
    return openEmbedded(pgliteDir);
  }
  return openPostgres((error) => log.warn({ problem: error.message }, 'a connection to the database has broken'));
}

/** Until the database is there: in a new stack both start at once. */
async function migrated(database: Database, ending: AbortSignal, log: Logger): Promise<void> {
  while (!ending.aborted) {
    try {
      const made = await migrate(database);
      if (made.length > 0) log.info({ made }, 'the schema is made');
      return;
    } catch (error) {
      log.warn({ problem: (error as Error).message }, 'the database cannot be used yet');
      await sleep(againMs, undefined, { signal: ending }).catch(() => undefined);
    }
  }
}

/** Starts the API behind the door. @returns ends it, once the door is closed */
export async function startInstance(
  settings: Settings & { api: ApiSettings },
  door: Door,
  ending: AbortSignal,
  log: Logger,
): Promise<() => Promise<void>> {
  const database = await openDatabase(settings.api, log);
  await migrated(database, ending, log);
  if (ending.aborted) return () => database.close();
  const devices = devicesOf(database);
  const messages = messagesOf(database);
  const licence = await openLicence(settings.api, guardStore(database), log);
  const usage = startUsage(settings.api, database, devices, log);
  const { guard, refresh: refreshLicence } = licence;
  const broker = connectBroker(settings.api, { messages, traffic: usage.traffic, log });
  const metrics = metricsOf({
    devices: devices.counts,
    limit: () => guard().limit('maxDevices'),
    totals: () => usage.traffic.totals(),
  });
  const forget = async (): Promise<void> => {
    await messages
      .forget(guard().limit('dataRetentionDays'))
      .catch((error: Error) => log.warn({ problem: error.message }, 'old messages are kept for now'));
  };
  const forgetting = setInterval(() => void forget(), forgetEveryMs);
  void forget();

  const { companyName, adminToken } = settings;
  const parts: Parts = { devices, messages, usage, broker, guard, refreshLicence, administrators: byToken(adminToken) };
  const own = apiRoutes(parts);
  const ask = async (path: string, init?: RequestInit) => await own.request(path, init);
  const page = settings.page === 'own' ? pageRoutes({ ask, companyName, adminToken, log }) : null;
  door.open(apiApp(parts, metrics, log, page), async () => {
    await database.query('SELECT 1');
  });
  const { mode, plan, code } = guard().state();
  log.info({ mode, plan, code, reports: usage.reporter !== null, broker: broker !== null }, 'the instance is ready');
  return async () => {
    clearInterval(forgetting);
    await broker?.close();
    await usage.reporter?.stop();
    licence.close();
    await database.close();
  };
}
