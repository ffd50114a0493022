/** The exporter's entry (`npm run exporter`): reads options and environment, then runs the service or a dry run. */
import { systemClock } from './clock.ts';
import { type Config, readConfig } from './config.ts';
import { dryRun, windowsBetween } from './dry-run.ts';
import { createLog, stderrStream } from './log.ts';
import { measureWith } from './measure.ts';
import { readOptions } from './options.ts';
import { prometheusClient } from './prometheus/client.ts';
import { reveal } from './secrets.ts';

/** Wrong times or options; a wrong environment or an unanswered question is 1. */
const exitUsage = 2;

const options = readOptions(process.argv.slice(2));
if (!options.ok) {
  console.error(options.error);
  process.exit(exitUsage);
}
const config = readConfig(process.env, options.value.mode === 'dry-run');
if (!config.ok) {
  for (const problem of config.error) console.error(problem);
  process.exit(1);
}
if (options.value.mode === 'dry-run') await printPast(config.value, options.value);

async function printPast(config: Config, { from, to }: { from: string; to: string }): Promise<void> {
  const windows = windowsBetween(from, to, config.windowMs, systemClock.now());
  if (!windows.ok) {
    console.error(windows.error);
    process.exit(exitUsage);
  }
  const log = createLog(config.logLevel, stderrStream());
  const { token, ...prometheusOptions } = config.prometheus;
  const prometheus = prometheusClient({
    ...prometheusOptions,
    clock: systemClock,
    token: token ? () => reveal(token) : undefined,
  });
  const done = await dryRun(measureWith(prometheus, config, systemClock), windows.value, (line) => console.log(line));
  await prometheus.close();
  if (!done.ok) {
    log.error(done.error);
    process.exit(1);
  }
  log.info({ windows: windows.value.length }, 'Dry run done');
}
