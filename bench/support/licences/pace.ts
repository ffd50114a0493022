/** How many of each job a second, in Node and in workerd, in turns, so that both meet the same load of the machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { type JobName, jobNames, makeJobs } from './jobs.ts';

export type Runtime = 'node' | 'workerd';
/** Jobs a second. */
export type Paces = Record<JobName, Record<Runtime, number>>;

type Run = (job: JobName, n: number) => Promise<void>;

const bundle = async (outfile: string) =>
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    outfile,
    logLevel: 'error',
  });

/** The median of `rounds`, each of `n` jobs. */
export async function paces({ rounds, n }: { rounds: number; n: number }): Promise<Paces> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-licences-'));
  const now = Date.now();
  await bundle(join(folder, 'worker.mjs'));
  const workerd = new Miniflare(
    convertV4MiniflareOptions({
      name: 'licences',
      modules: true,
      rootPath: folder,
      modulesRoot: folder,
      scriptPath: join(folder, 'worker.mjs'),
      compatibilityDate: '2026-11-01',
    }),
  );
  try {
    const jobs = await makeJobs(now);
    const run: Record<Runtime, Run> = {
      node: async (job, times) => {
        for (let left = times; left > 0; left--) await jobs[job]();
      },
      workerd: async (job, times) => {
        const answer = await workerd.dispatchFetch(`http://licences/${encodeURIComponent(job)}?n=${times}&now=${now}`);
        if ((await answer.text()) !== 'done') throw new Error(`workerd did not do ${job}`);
      },
    };
    const took = { node: seconds(), workerd: seconds() };
    for (let round = -1; round < rounds; round++) {
      for (const job of jobNames) {
        for (const runtime of ['node', 'workerd'] as const) {
          const started = performance.now();
          await run[runtime](job, n);
          // The first round warms up.
          if (round >= 0) took[runtime][job].push((performance.now() - started) / 1000);
        }
      }
    }
    const pace = (all: number[]) => Math.round(n / (all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 1));
    return Object.fromEntries(
      jobNames.map((job) => [job, { node: pace(took.node[job]), workerd: pace(took.workerd[job]) }]),
    ) as Paces;
  } finally {
    await workerd.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (): Record<JobName, number[]> => ({ issue: [], 'bare sign': [], verify: [], 'bare verify': [] });
