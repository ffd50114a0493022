/**
 * Loaded before a long-running program (`node --import`, the scripts of package.json): the program ends when the npm that
 * started it ends. npm passes SIGINT and SIGTERM on, but SIGHUP and SIGKILL end npm alone, and the program would run on
 * under pid 1. Does nothing for a program that npm did not start.
 */
import { isMainThread } from 'node:worker_threads';

const LOOK_EVERY_MS = 200;

if (isMainThread && process.env['npm_lifecycle_event'] !== undefined) {
  const npm = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  looking.unref();
}
