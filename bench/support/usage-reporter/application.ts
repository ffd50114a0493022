/**
 * The application of a trial: one call after the other, each made durable before the next and said on stdout, begun and done.
 * Started by trial.ts, which kills it. Its clock is fast, and wrong as it is told to be.
 */
import { writeSync } from 'node:fs';
import { fileStore } from '../../../sdk/usage-reporter/src/file-store.ts';
import { startUsageReporter } from '../../../sdk/usage-reporter/src/reporter.ts';
import { fastClock, type Pace } from './fast-clock.ts';

export interface ApplicationOptions {
  apiUrl: string;
  customerId: string;
  folder: string;
  pace: Pace;
  wrongMs: number;
}

/** To the application: a step of its clock, whether to count, or to end. */
export type Order = { stepMs: number } | { quiet: boolean } | { end: true };

const options = JSON.parse(process.env['APPLICATION'] ?? '{}') as ApplicationOptions;
let { wrongMs } = options;
let quiet = false;
let ended = false;
const say = (line: string): void => void writeSync(1, `${line}\n`);

const minuteMs = 60_000;
const clock = fastClock(options.pace, () => wrongMs);
const reporter = startUsageReporter({
  api: options.apiUrl,
  apiKey: 'rep_key',
  customerId: options.customerId,
  store: fileStore(options.folder),
  clock,
  devices: () => 7,
  flushMs: minuteMs,
  sampleMs: 10 * minuteMs,
  settleMs: minuteMs,
  spreadMs: minuteMs,
  // Of this machine's time.
  timeoutMs: 500,
  log: () => undefined,
});

process.on('message', (order: Order) => {
  if ('stepMs' in order) wrongMs += order.stepMs;
  else if ('quiet' in order) quiet = order.quiet;
  else ended = true;
});

const betweenMs = 3;
while (reporter.status().state === 'waiting') await new Promise((done) => setTimeout(done, betweenMs));
say('ready');
while (!ended) {
  await new Promise((done) => setTimeout(done, betweenMs));
  if (quiet) {
    say('quiet');
    continue;
  }
  say('begun');
  reporter.traffic.countCall('devices');
  await reporter.flush();
  say('done');
}
await reporter.stop();
say(`stopped ${JSON.stringify(reporter.status())}`);
process.exit(0);
