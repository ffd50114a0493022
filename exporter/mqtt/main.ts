/** The broker's exporter's entry: reads the environment, watches the broker, serves what it says until it is told to stop. */
import { exitCodes } from '../../src/lib/exit-codes.ts';
import { readVariables } from '../../src/lib/variables.ts';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import { serve } from './serve.ts';
import { mqttFaults, mqttVariables } from './variables.ts';
import { nothingWatched, watch } from './watch.ts';

function fail(lines: string[]): never {
  for (const line of lines) console.error(line);
  process.exit(exitCodes.failed);
}

const settings = readVariables(mqttVariables, process.env, mqttFaults);
if (!settings.ok) fail(settings.error);
const watched = nothingWatched();
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
const log = createLog('info', undefined, 'mosquitto-exporter');
try {
  const server = await serve(settings.value, watched, systemClock);
  log.info({ port: settings.value.PORT }, 'Showing the state of the broker');
  await watch(settings.value, { watched, clock: systemClock, log, random: Math.random }, stop.signal);
  server.close();
  server.closeAllConnections();
} catch (cause) {
  fail([`the exporter cannot start: ${cause instanceof Error ? cause.message : String(cause)}`]);
}
