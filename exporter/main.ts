/** The exporter's entry (`npm run exporter`): reads options and environment, then runs the service or a dry run. */
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { sentenceOf } from '../src/lib/api-client.ts';
import { exitCodes } from '../src/lib/exit-codes.ts';
import { iso } from '../src/lib/time.ts';
import { checkConnections } from './checks.ts';
import { systemClock } from './clock.ts';
import { runCluster } from './cluster.ts';
import { type Config, readConfig } from './config.ts';
import { openCost } from './costs/client.ts';
import { dryRun, windowsBetween } from './dry-run.ts';
import { serveHealth } from './health.ts';
import { createLog, stderrStream } from './log.ts';
import { measureWith, type Tell } from './measure.ts';
import { readOptions } from './options.ts';
import { connectTo } from './prometheus/connect.ts';
import { apiOf } from './sending/connect.ts';
import { type Learned, nothingLearned } from './sending/learned.ts';
import { learnOwnMeters } from './sending/own-meters.ts';
import { openSpool } from './sending/spool.ts';
import { runService } from './service.ts';
import { newState } from './state.ts';

function fail(lines: string[], code: number): never {
  for (const line of lines) console.error(line);
  process.exit(code);
}

const tellTo = (log: Logger): Tell => ({
  gaps: ({ startMs }, gaps) => log.warn({ window_start: iso(startMs), gaps }, 'Not seen in the window'),
  refused: ({ startMs }, field, { kind, message }) =>
    log.error(
      { window_start: iso(startMs), field, reason: `${kind}: ${message}` },
      'Prometheus refuses the question for a meter; it is missing',
    ),
  noCosts: ({ startMs }, { reason, message }) =>
    log.warn({ window_start: iso(startMs), reason, message_of_opencost: message }, 'OpenCost tells no costs'),
});

/** What a dry run measures beside the built-in meters: nothing without an API, which it does not need (contract: Dry run). */
async function ownMetersFor(config: Config, log: Logger): Promise<Learned> {
  if (config.api === null) return nothingLearned;
  const api = apiOf(config.api, systemClock);
  const learned = await api.ownMeters(config.customerId);
  await api.close();
  if (learned.ok) return learned.value;
  log.warn({ reason: sentenceOf(learned.error) }, 'The own meters could not be asked for; they are left out');
  return nothingLearned;
}

const costsFor = ({ openCostUrl }: Config) =>
  openCostUrl === undefined ? undefined : openCost(openCostUrl, systemClock);

async function printPast(config: Config, { from, to }: { from: string; to: string }): Promise<void> {
  const windows = windowsBetween(from, to, config.windowMs, systemClock.now());
  if (!windows.ok) fail([windows.error], exitCodes.usage);
  const log = createLog(config.logLevel, stderrStream());
  const prometheus = connectTo(config, systemClock);
  const own = await ownMetersFor(config, log);
  const costs = costsFor(config);
  const measure = measureWith(prometheus, config, systemClock, tellTo(log), costs);
  const done = await dryRun(
    (window) => measure(window, own),
    windows.value,
    (line) => console.log(line),
  );
  await Promise.all([prometheus.close(), costs?.close()]);
  if (done.ok) return log.info({ windows: windows.value.length }, 'Dry run done');
  log.error(done.error);
  process.exitCode = exitCodes.failed;
}

/** Every namespace of a cluster; its reports wait in spools of their own, so that the health server has none to count. */
async function serveCluster(config: Config, given: NonNullable<Config['api']>): Promise<void> {
  const log = createLog(config.logLevel);
  const prometheus = connectTo(config, systemClock);
  const api = apiOf(given, systemClock);
  const costs = costsFor(config);
  const state = newState(systemClock.now());
  const parts = {
    config,
    clock: systemClock,
    log,
    random: Math.random,
    tell: tellTo(log),
    prometheus,
    api,
    costs,
    state,
  };
  const health = await serveHealth({ config, clock: systemClock, state, spool: openSpool(config.spoolDir) });
  const stop = stopped();
  log.info({ window_seconds: config.windowMs / 1000 }, 'Starting Billing Exporter for a cluster');
  await checkConnections(prometheus, api, config, systemClock, log);
  await runCluster(parts, stop);
  health.close();
  await Promise.all([prometheus.close(), api.close(), costs?.close()]);
  log.info('Stopped');
}

/** Aborts when the program is told to end. */
function stopped(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

async function serve(config: Config, given: NonNullable<Config['api']>): Promise<void> {
  const log = createLog(config.logLevel);
  const prometheus = connectTo(config, systemClock);
  const api = apiOf(given, systemClock);
  const costs = costsFor(config);
  const parts = {
    config,
    clock: systemClock,
    log,
    random: Math.random,
    measure: measureWith(prometheus, config, systemClock, tellTo(log), costs),
    api,
    own: learnOwnMeters(api, config, systemClock, log),
    spool: openSpool(config.spoolDir),
    state: newState(systemClock.now()),
  };
  const health: Server = await serveHealth(parts);
  const stop = stopped();
  log.info({ namespace: config.namespace, window_seconds: config.windowMs / 1000 }, 'Starting Billing Exporter');
  await checkConnections(prometheus, parts.api, config, systemClock, log);
  const refused = await runService(parts, stop);
  health.close();
  await Promise.all([prometheus.close(), parts.api.close(), costs?.close()]);
  if (refused !== null) fail([refused], exitCodes.failed);
  log.info('Stopped');
}

const options = readOptions(process.argv.slice(2));
if (!options.ok) fail([options.error], exitCodes.usage);
const config = readConfig(process.env, options.value.mode === 'dry-run');
if (!config.ok) fail(config.error, exitCodes.failed);
try {
  if (options.value.mode === 'dry-run') await printPast(config.value, options.value);
  else if (config.value.api) {
    await (config.value.mode === 'cluster' ? serveCluster : serve)(config.value, config.value.api);
  }
} catch (cause) {
  // A taken port, a folder that cannot be written, a CA or key file that is not there.
  fail([`the exporter cannot start: ${cause instanceof Error ? cause.message : String(cause)}`], exitCodes.failed);
}
