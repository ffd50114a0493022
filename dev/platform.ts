/**
 * Everything on one machine, in order: data folder, secrets, queue, Worker, databases, cluster, deliveries, cron,
 * provisioner, metering. Owns the order of starting and of ending; each part is elsewhere.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadyLine } from '../src/contracts/ready.ts';
import { ensureLocalCluster, LOCAL_CLUSTER, LOCAL_DOORBELL, newProvisionerToken } from './cluster/local.ts';
import { startClock } from './cron/clock.ts';
import { openDataFolder } from './data/folder.ts';
import { readJson, writePrivateJson } from './data/private-file.ts';
import { useNewer } from './data/version.ts';
import { choosePort } from './free-port.ts';
import { waitForHealth } from './health.ts';
import { startMetering } from './metering/start.ts';
import { openPages } from './pages/start.ts';
import { publishPlansOnce } from './plans.ts';
import { PlatformError, reasonOf } from './problem.ts';
import { readable } from './processes/readable.ts';
import { supervise } from './processes/supervised.ts';
import { provisionerProgram } from './provisioner.ts';
import { openQueueBroker } from './queue/broker.ts';
import { startDelivery } from './queue/delivery.ts';
import { startProducerSocket } from './queue/producer-socket.ts';
import { startPullApi } from './queue/pull-api.ts';
import { queuesOf } from './queue/settings.ts';
import { keepSecrets, loadSecrets, type Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { openStripeApi } from './stripe/api.ts';
import { startStripe } from './stripe/server.ts';
import { undoStack } from './undo-stack.ts';
import { bundleWorker } from './worker/bundle.ts';
import { describeWorker, type WorkerDescription } from './worker/description.ts';
import { workerBindings } from './worker/environment.ts';
import { migrate } from './worker/migrate.ts';
import { startWorker } from './worker/runtime.ts';
import { startLog } from './worker/start-log.ts';

export type Platform = {
  ready: ReadyLine;
  /** Resolves when a part has turned out not to run with what it was given: the platform is of no use without it. */
  failed: Promise<PlatformError>;
  stop: () => Promise<void>;
};
type Env = Record<string, string | undefined>;
type OnStop = (name: string, stop: () => void | Promise<void>) => void;

/** How long `ready` waits for the provisioner's first line, after which it does not refuse its configuration. */
const FIRST_LINE_MS_MAX = 30_000;
/** Log levels that keep that line back. */
const QUIET = ['warn', 'error', 'fatal', 'silent'];

/** The ports that parts had the last time, so that addresses outlive a restart. */
function lastPorts(dataDir: string, log: (line: string) => void) {
  const path = join(dataDir, 'ready.json');
  try {
    const last = readJson(path) as Partial<ReadyLine> | null;
    const portOf = (url: string | null | undefined) => (url ? Number(new URL(url).port) : undefined);
    return { queue: portOf(last?.queue_api_url), stripe: portOf(last?.stripe_url) };
  } catch (error) {
    // The file is written anew with this run's addresses: a damaged one is said, and keeps nobody from starting.
    log(`${path} of the last run cannot be read, addresses may change: ${reasonOf(error)}`);
    return { queue: undefined, stripe: undefined };
  }
}

function doorbellQueue(description: WorkerDescription): string {
  const producer = description.queues.producers?.find(({ binding }) => binding === LOCAL_DOORBELL);
  if (producer === undefined)
    throw new PlatformError(`the Worker's description has no queue producer ${LOCAL_DOORBELL}`);
  return producer.queue;
}

/**
 * Starts everything; resolves when it works together. When a part fails, what was started is ended and the reason is
 * thrown (PlatformError where a person can mend it).
 */
export async function startPlatform(settings: Settings, env: Env, log: (line: string) => void): Promise<Platform> {
  const undo = undoStack(log);
  const failure = Promise.withResolvers<PlatformError>();
  try {
    const ready = await startParts(settings, env, log, undo.push, failure);
    return { ready, failed: failure.promise, stop: undo.run };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** The Stripe stand-in's address, or null where a real key is given. */
async function startStandIn(
  dataDir: string,
  env: Env,
  secrets: Secrets,
  port: number | undefined,
  log: (line: string) => void,
  onStop: OnStop,
): Promise<string | null> {
  if (env['STRIPE_SECRET_KEY']) return null;
  const api = openStripeApi(join(dataDir, 'stripe.sqlite'));
  onStop('stripe', api.close);
  const server = await startStripe(api, { secretKey: secrets.stripe_secret_key, port }, log);
  onStop('stripe server', server.close);
  return server.url;
}

async function startParts(
  { port: wantedPort, dataDir, fresh, workerConfig, provisioner, exporters, buildsPages }: Settings,
  env: Env,
  log: (line: string) => void,
  onStop: OnStop,
  { promise: failed, resolve: onRefused }: PromiseWithResolvers<PlatformError>,
): Promise<ReadyLine> {
  onStop('data folder', openDataFolder(dataDir, fresh));
  const port = await choosePort(wantedPort);
  log(`data folder ${dataDir}`);
  const secrets = await loadSecrets(dataDir);
  const ports = lastPorts(dataDir, log);

  log('reading and bundling the Worker');
  const build = join(dataDir, 'build');
  const [description] = await Promise.all([describeWorker(workerConfig), bundleWorker(workerConfig, build)]);

  const broker = openQueueBroker(join(dataDir, 'queue.sqlite'), queuesOf(description.queues));
  onStop('queue', broker.close);
  const socket = await startProducerSocket(broker, dataDir, log);
  onStop('queue socket', socket.close);
  const accountId = secrets.queue_account_id;
  const pullApi = await startPullApi(broker, { accountId, token: secrets.queue_api_token, port: ports.queue }, log);
  onStop('queue api', pullApi.close);

  const stripe = await startStandIn(dataDir, env, secrets, ports.stripe, log, onStop);

  log('starting workerd');
  const adminToken = env['ADMIN_API_TOKEN'] || secrets.admin_token;
  const workerLog = startLog((text) => {
    for (const line of text.split('\n')) log(`worker | ${readable(line)}`);
  });
  const pages = openPages(log);
  const worker = await startWorker({
    description,
    scriptPath: join(build, description.bundledEntry),
    port,
    dataDir,
    queueSocket: socket.path,
    log: workerLog.line,
    pagesState: pages.state,
    bindings: workerBindings(env, {
      ADMIN_API_TOKEN: adminToken,
      LICENSE_PRIVATE_KEYS: secrets.license_private_keys,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ...(stripe === null ? {} : { STRIPE_SECRET_KEY: secrets.stripe_secret_key, STRIPE_API_BASE: stripe }),
    }),
  });
  onStop('worker', worker.stop);
  for (const [binding, applied] of await migrate(worker, description.databases, useNewer(dataDir))) {
    log(`database ${binding}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
  }
  await waitForHealth(worker.url, workerLog.complaints);
  workerLog.release();

  const admin = { url: worker.url, token: adminToken };
  for (const line of await publishPlansOnce(admin)) log(line);
  await ensureLocalCluster(admin);
  const provisionerToken = secrets.provisioner_token ?? (await newProvisionerToken(admin));
  keepSecrets(dataDir, { ...secrets, provisioner_token: provisionerToken });

  for (const queue of broker.queues.filter(({ consumer }) => consumer === 'worker')) {
    const delivery = startDelivery(broker, queue, worker.deliver, log);
    onStop(`deliveries of ${queue.name}`, delivery.stop);
  }
  onStop('cron', startClock(description.crons, worker.tick, log).stop);

  const ready: ReadyLine = {
    url: worker.url,
    admin_token: adminToken,
    provisioner_token: provisionerToken,
    cluster_id: LOCAL_CLUSTER,
    queue_api_url: pullApi.url,
    queue_account_id: accountId,
    queue_id: broker.queueByName(doorbellQueue(description))?.id ?? '',
    queue_api_token: secrets.queue_api_token,
    stripe_url: stripe,
    stripe_webhook_secret: null,
    oidc_issuer: null,
  };
  if (provisioner !== null) {
    log('starting the provisioner');
    const child = await supervise(provisionerProgram(provisioner, ready, dataDir, env), log, onRefused);
    onStop('provisioner', child.stop);
    const waitMs = QUIET.includes(env['LOG_LEVEL'] ?? '') ? 0 : FIRST_LINE_MS_MAX;
    const refusal = await Promise.race([child.firstLine, failed, sleep(waitMs, undefined, { ref: false })]);
    if (refusal instanceof PlatformError) throw refusal;
  }
  await startMetering({ dataDir, billingApiUrl: ready.url, exporters, env, onRefused }, log, onStop);
  if (buildsPages && description.pages !== null) {
    pages.build();
    onStop('pages', pages.stop);
  }
  writePrivateJson(join(dataDir, 'ready.json'), ready);
  return ready;
}
