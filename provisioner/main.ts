/**
 * The provisioner: one process per cluster that brings deployments to their desired state (docs/provisioner.md). Owns
 * wiring, signals and exit codes.
 */
import { rm } from 'node:fs/promises';
import { type Logger, pino } from 'pino';
import { exitCodes } from '../src/lib/exit-codes.ts';
import { cryptoRandom } from '../src/lib/ids.ts';
import { messageOf } from '../src/lib/message.ts';
import { monotonic, sleep } from './clock.ts';
import { clusterExecutor } from './cluster-executor.ts';
import { controlPlane } from './control-plane.ts';
import { doorbell } from './doorbell.ts';
import { accessOf, type Config, proxiesOf, readConfig } from './env.ts';
import type { Executor } from './executor.ts';
import { serveHealth } from './health.ts';
import { helmEnv, helmOf } from './helm.ts';
import { makeHelmFolder } from './helm-folder.ts';
import { takeWork } from './loop.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import { outageOf } from './outage.ts';
import { preflight } from './preflight.ts';
import { proxyFor } from './proxy.ts';
import { appliesOnServer } from './release.ts';
import { runJob } from './run-job.ts';
import { simulatedExecutor } from './simulated-executor.ts';
import { type VitalSigns, vitalSigns } from './vital-signs.ts';

/** How long running jobs may go on after the first signal. Kubernetes kills after 30 s; a lease covers what is cut off. */
const shutdownGraceMs = 25_000;

/** Prints one line per mistake and ends; what others say in several lines (a YAML reader's excerpt) becomes one. */
function refuse(lines: string[], code: number = exitCodes.failed): never {
  for (const line of lines) process.stderr.write(`provisioner: ${line.replace(/\s+/g, ' ')}\n`);
  process.exit(code);
}

async function realCluster(config: Config, log: Logger, helmFolder: string): Promise<Executor> {
  const env = helmEnv(process.env, config.KUBECONFIG, helmFolder);
  const helm = helmOf({ bin: config.HELM_BIN, env });
  const checked = await preflight(config, helm, env, monotonic);
  if (!checked.ok) {
    await rm(helmFolder, { recursive: true, force: true });
    return refuse(checked.error);
  }
  log.info({ helm: checked.value.helmVersion, chart: config.HELM_CHART_PATH }, 'working on the cluster of KUBECONFIG');
  return clusterExecutor({
    kube: checked.value.kube,
    helm,
    serverSide: appliesOnServer(checked.value.helmVersion),
    chart: { path: config.HELM_CHART_PATH, valuesFile: config.HELM_VALUES_FILE },
    baseDomain: config.BASE_DOMAIN,
    access: accessOf(config),
    now: monotonic,
    random: cryptoRandom,
    log,
  });
}

function simulatedCluster(config: Config, log: Logger): Executor {
  log.info({ folder: config.SIMULATED_CLUSTER_DIR }, 'simulating deployments: no cluster is touched');
  return simulatedExecutor({
    folder: config.SIMULATED_CLUSTER_DIR,
    now: monotonic,
    random: cryptoRandom,
    fraction: Math.random,
    ...(config.SIMULATED_JOB_MS === undefined ? {} : { takesMs: [config.SIMULATED_JOB_MS, config.SIMULATED_JOB_MS] }),
  });
}

/** Serves health and metrics where the configuration names a port. */
async function openHealth(
  { HEALTH_CHECK_PORT: port, HEALTH_CHECK_HOST: host }: Config,
  parts: Observed,
): Promise<void> {
  if (port === undefined) return;
  try {
    const server = await serveHealth({ port, host, ...parts });
    parts.log.info({ address: server.address() }, 'serving /healthz, /readyz and /metrics');
  } catch (error) {
    refuse([`HEALTH_CHECK_PORT: ${messageOf(error)}`]);
  }
}

type Observed = { signs: VitalSigns; metrics: Metrics; log: Logger };

async function main(): Promise<void> {
  if (process.argv.length > 2)
    return refuse(['arguments are not taken: environment variables configure it'], exitCodes.usage);
  const read = readConfig(process.env);
  if (!read.ok) return refuse(read.error);
  const config = read.value;
  const log = pino({ name: 'provisioner', level: config.LOG_LEVEL });
  const stop = new AbortController();
  const signs = vitalSigns(monotonic);
  const metrics = metricsOf(signs, config.QUEUE_CONCURRENCY);
  await openHealth(config, { signs, metrics, log });
  const helmFolder = config.SIMULATE_K8S_DEPLOYMENT ? null : await makeHelmFolder();
  const executor = helmFolder === null ? simulatedCluster(config, log) : await realCluster(config, log, helmFolder);
  const api = controlPlane(
    config.BILLING_API_URL,
    config.PROVISIONER_TOKEN,
    monotonic,
    proxyFor(config.BILLING_API_URL, proxiesOf(config)),
  );

  const end = async () => {
    if (helmFolder !== null) await rm(helmFolder, { recursive: true, force: true });
    process.exit(exitCodes.done);
  };
  let signals = 0;
  const onSignal = (signal: string) => {
    signals += 1;
    if (signals > 1) return void end();
    log.info({ signal }, 'taking no more work; a second signal ends at once');
    signs.stop();
    stop.abort();
    void sleep(shutdownGraceMs).then(end);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);

  log.info({ concurrency: config.QUEUE_CONCURRENCY }, 'provisioner started');
  await takeWork(
    {
      api,
      bell: doorbell({
        baseUrl: config.QUEUE_API_URL,
        accountId: config.QUEUE_ACCOUNT_ID,
        queueId: config.QUEUE_ID,
        token: config.QUEUE_API_TOKEN,
        proxy: proxyFor(config.QUEUE_API_URL, proxiesOf(config)),
      }),
      ready: () => executor.ready(),
      run: (claim) =>
        metrics.counted(claim, () =>
          runJob(
            { api, executor, log, now: monotonic, fraction: Math.random, timeoutCapMs: config.JOB_TIMEOUT_MS },
            claim,
          ),
        ),
      outages: {
        api: signs.watch('control_plane', outageOf('control plane', log, monotonic)),
        queue: signs.watch('queue', outageOf('queue', log, monotonic)),
        cluster: signs.watch('cluster', outageOf('cluster', log, monotonic)),
      },
      beat: signs.beat,
      concurrency: config.QUEUE_CONCURRENCY,
      now: monotonic,
      fraction: Math.random,
    },
    stop.signal,
  );
  await end();
}

await main();
