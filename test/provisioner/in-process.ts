/** A provisioner inside the test's process, over a fake control plane, with any executor and short waits. */
import { pino } from 'pino';
import { monotonic } from '../../provisioner/clock.ts';
import { type Claim, controlPlane } from '../../provisioner/control-plane.ts';
import { doorbell } from '../../provisioner/doorbell.ts';
import type { Done, Executor, JobContext } from '../../provisioner/executor.ts';
import type { Stop } from '../../provisioner/failure.ts';
import { takeWork } from '../../provisioner/loop.ts';
import { type Metrics, metricsOf } from '../../provisioner/metrics.ts';
import { outageOf } from '../../provisioner/outage.ts';
import { type JobEnd, runJob } from '../../provisioner/run-job.ts';
import { type VitalSigns, vitalSigns } from '../../provisioner/vital-signs.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import type { FakeControlPlane } from './fake-control-plane.ts';

const timing = { idleFirstMs: 5, idleMaxMs: 20, retryFirstMs: 5, retryMaxMs: 20, askEveryMs: 200 };

export type InProcess = {
  /** How each job ended, in order. */
  ends: JobEnd[];
  /** Lines of the log, parsed. */
  lines: { msg: string; level: number }[];
  signs: VitalSigns;
  metrics: Metrics;
  stop(): Promise<void>;
};

/** An executor that does `work` for each job. */
export const executorOf = (
  work: (context: JobContext) => Promise<Result<Done | undefined, Stop>>,
  ready = async () => ok(undefined) as Result<void, string>,
): Executor => ({
  run: work,
  ready,
});

export type InProcessOptions = {
  concurrency?: number;
  askEveryMs?: number;
  timeoutCapMs?: number;
  /** Its vital signs by the test's own clock. */
  signs?: VitalSigns;
};

export function startInProcess(plane: FakeControlPlane, executor: Executor, options: InProcessOptions = {}): InProcess {
  const stopping = new AbortController();
  const ends: JobEnd[] = [];
  const lines: InProcess['lines'] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const api = controlPlane(plane.env.BILLING_API_URL, plane.env.PROVISIONER_TOKEN, monotonic);
  const bell = doorbell({
    baseUrl: plane.env.QUEUE_API_URL,
    accountId: plane.env.QUEUE_ACCOUNT_ID,
    queueId: plane.env.QUEUE_ID,
    token: plane.env.QUEUE_API_TOKEN,
  });
  const deps = { api, executor, log, now: monotonic, fraction: Math.random, timeoutCapMs: options.timeoutCapMs };
  const signs = options.signs ?? vitalSigns(monotonic);
  const metrics = metricsOf(signs, options.concurrency ?? 3);
  const run = async (claim: Claim) => {
    ends.push((await metrics.counted(claim, () => runJob(deps, claim))).end);
  };
  const done = takeWork(
    {
      api,
      bell,
      ready: () => executor.ready(),
      run,
      outages: {
        api: signs.watch('control_plane', outageOf('control plane', log, monotonic)),
        queue: signs.watch('queue', outageOf('queue', log, monotonic)),
        cluster: signs.watch('cluster', outageOf('cluster', log, monotonic)),
      },
      beat: signs.beat,
      concurrency: options.concurrency ?? 3,
      now: monotonic,
      fraction: Math.random,
      timing: { ...timing, askEveryMs: options.askEveryMs ?? timing.askEveryMs },
    },
    stopping.signal,
  );
  return {
    ends,
    lines,
    signs,
    metrics,
    async stop() {
      signs.stop();
      stopping.abort();
      await done;
      await api.close();
    },
  };
}
