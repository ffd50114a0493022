/**
 * A platform that somebody starts again whenever it has been killed: the same data folder, the same port, the same
 * environment, as a service manager would. Owns the restarting and finding its processes; who kills it is the caller's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPlatform, type TestPlatform } from '../../test/harness/platform.ts';
import { descendants, programOf } from '../../test/harness/processes.ts';
import type { Api } from './api.ts';

const RESTARTS_MAX = 5;
const RESTART_PAUSE_MS = 500;

export type KeptPlatform = {
  /** Where it answers, for all its lives. */
  api: Api;
  /** The platform of this moment. */
  current: () => TestPlatform;
  /** The pid of a program under it whose command line matches; null when it doesn't run just now. */
  pidOf: (program: RegExp) => number | null;
  /** Kills the platform's own process and starts it again; resolves when it is ready. */
  killAndRestart: () => Promise<void>;
  /** Lines of all its lives. */
  logs: () => string[];
  /** How often a start failed and was tried again. */
  failedStarts: () => number;
  stop: () => Promise<void>;
};

/** Starts it on a free port in `dataDir`, which stays the caller's. */
export async function keepPlatform(dataDir: string, env: Record<string, string>): Promise<KeptPlatform> {
  let platform = await startPlatform({ dataDir, env });
  const { url, admin_token: token } = platform.ready;
  const past: string[] = [];
  let failed = 0;

  const restart = async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        platform = await startPlatform({ dataDir, env: { ...env, PORT: new URL(url).port } });
        return;
      } catch (error) {
        failed += 1;
        past.push(`a start failed: ${String(error)}`);
        if (tries === RESTARTS_MAX) throw error;
        await sleep(RESTART_PAUSE_MS);
      }
    }
  };
  return {
    api: { url, token },
    current: () => platform,
    pidOf: (program) => descendants(platform.pid).find((pid) => program.test(programOf(pid) ?? '')) ?? null,
    async killAndRestart() {
      await platform.kill9();
      past.push(...platform.logs, '--- kill -9 ---');
      await restart();
    },
    logs: () => [...past, ...platform.logs],
    failedStarts: () => failed,
    stop: async () => {
      await platform.stop();
    },
  };
}
