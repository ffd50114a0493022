/**
 * A small real instance of a customer: devices in PostgreSQL and over MQTT, a limit that its licence sets, usage that it
 * reports. README.md says how it is run.
 */
import { pino } from 'pino';
import { baseApp } from './app.ts';
import { startInstance } from './instance.ts';
import { pageRoutes } from './page/page.ts';
import { type Door, openDoor } from './server.ts';
import { readSettings, type Settings } from './settings.ts';

const failed = 1;
const askWithinMs = 15_000;
/** Of what a platform waits before it kills: 30 s in Kubernetes, 5 of them before the signal. */
const endWithinMs = 20_000;

/** The page in a process of its own, whose data the API over there has. */
function startPage({ companyName, adminToken }: Settings, apiUrl: string, door: Door, log: pino.Logger) {
  const ask = (path: string, init?: RequestInit) =>
    fetch(new URL(path, apiUrl), { ...init, signal: AbortSignal.timeout(askWithinMs) });
  const app = baseApp(log);
  app.route('/', pageRoutes({ ask, companyName, adminToken, log }));
  door.open(app, async () => {
    const answer = await ask('/ready');
    if (!answer.ok) throw new Error('the API is not ready');
  });
  return async () => undefined;
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  if (Array.isArray(settings)) {
    for (const fault of settings) process.stderr.write(`${fault}\n`);
    process.exitCode = failed;
    return;
  }
  const log = pino({ level: settings.logLevel, base: null });
  const ending = new AbortController();
  const door = await openDoor(settings.host, settings.port);
  log.info({ port: door.port }, 'listening');
  const { api, page } = settings;
  const started =
    api === null && typeof page === 'object'
      ? Promise.resolve(startPage(settings, page.apiUrl, door, log))
      : api === null
        ? Promise.reject(new Error('no role'))
        : startInstance({ ...settings, api }, door, ending.signal, log);

  const end = async (signal: string): Promise<void> => {
    log.info({ signal }, 'ending');
    setTimeout(() => process.exit(failed), endWithinMs).unref();
    ending.abort();
    await door.close();
    const stop = await started;
    await stop();
    log.info('ended');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      end(signal).catch((error: Error) => {
        log.error({ problem: error.message }, 'could not end in order');
        process.exit(failed);
      });
    });
  }
  await started;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(failed);
}
