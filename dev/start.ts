/**
 * `npm start`: the whole of Tenantry on this machine. Progress, then one line `ready {…}` on stdout, then a short log.
 * Ctrl-C ends it in order; a second one at once.
 */

import { exitCodes } from '../src/lib/exit-codes.ts';
import { startPlatform } from './platform.ts';
import { printable, printableLines } from './printable.ts';
import { PlatformError, UsageError } from './problem.ts';
import { readSettings, warningsOf } from './settings.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Everything that is written from here on, by the programs that are started too, is its owner's alone. */
const OWNER_ONLY = 0o077;

const log = (line: string) => {
  process.stdout.write(`${printable(line)}\n`);
};

/** Resolves at the first signal; the second one ends the process as it would without us. */
const interrupted = new Promise<string>((resolve) => {
  for (const signal of SIGNALS) process.once(signal, resolve);
});

async function main(): Promise<void> {
  const settings = readSettings(process.env, process.argv.slice(2));
  log('Tenantry starts');
  for (const warning of warningsOf(process.env)) log(`warn: ${warning}`);
  const started = startPlatform(settings, process.env, log);
  const platform = await Promise.race([started, interrupted.then(() => null)]);
  if (platform === null) {
    log('stopping before it was ready');
    // Ctrl-C also ended what was bundling; that the start failed of it is no news.
    await started.then(
      ({ stop }) => stop(),
      () => {},
    );
    log('stopped');
    return;
  }
  log(`ready ${JSON.stringify(platform.ready)}`);
  log(`Tenantry answers at ${platform.ready.url}; Ctrl-C ends it`);
  platform.begin();
  const why = await Promise.race([interrupted, platform.failed]);
  log(why instanceof PlatformError ? 'a part cannot run: stopping' : `${why}: stopping`);
  await platform.stop();
  log('stopped');
  if (why instanceof PlatformError) throw why;
}

process.umask(OWNER_ONLY);
try {
  await main();
  process.exit();
} catch (error) {
  const text = error instanceof PlatformError ? error.message : String((error as Error).stack);
  for (const line of printableLines(text)) process.stderr.write(`${line}\n`);
  process.exit(error instanceof UsageError ? exitCodes.usage : exitCodes.failed);
}
