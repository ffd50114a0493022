/** The exporter as its image runs it: the one bundled file, in a process of its own, with the chart's environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { tiedToUs } from '../../../dev/processes/lifetime.ts';
import { bundleExporter } from '../../../exporter/bundle.ts';

const node = resolve(import.meta.dirname, '../../../node_modules/.bin/node');
const stopTimeoutMs = 10_000;

export interface RunningExporter {
  /** Everything it has written. */
  logs: string[];
  /** Its exit code once it has ended, else null. */
  exitCode(): number | null;
  /** Ends it in order; its exit code, null when it had to be killed. */
  stop(): Promise<number | null>;
}

/** Bundles it into `folder`, where its spool is too, and starts it with `env` and nothing else. */
export async function startExporter(folder: string, env: Record<string, string>): Promise<RunningExporter> {
  const file = await bundleExporter(join(folder, 'exporter.mjs'));
  const [command, args] = tiedToUs(node, [file]);
  const own = { PATH: process.env['PATH'] ?? '', SPOOL_DIR: join(folder, 'spool') };
  const child = spawn(command, args, { cwd: folder, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'close');
  const logs: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => logs.push(line));
  return {
    logs,
    exitCode: () => child.exitCode,
    stop: async () => {
      const firmly = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(firmly);
      return child.exitCode;
    },
  };
}
