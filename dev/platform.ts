/**
 * Everything on one machine, in order: data folder, secrets, queue, Worker, databases, cluster, deliveries, cron,
 * provisioner, metering. Owns the order of starting and of ending; each part is elsewhere.
 */
import { join } from 'node:path';
import type { ReadyLine } from '../src/contracts/ready.ts';
import { iso } from '../src/lib/time.ts';
import { type EmbeddedClock, openClock } from './clock/clock.ts';
import { clockControl } from './clock/control.ts';
import { startClockServer } from './clock/server.ts';
import { ensureLocalCluster, LOCAL_CLUSTER, LOCAL_DOORBELL, newProvisionerToken } from './cluster/local.ts';
import { startCron } from './cron/ticks.ts';
import { openDataFolder } from './data/folder.ts';
import { LOOPBACK } from './data/http.ts';
import { readJson } from './data/private-file.ts';
import { useNewer } from './data/version.ts';
import { demoBegins, refuseHalfDemo } from './demo/fill.ts';
import { choosePort } from './free-port.ts';
import { waitForHealth } from './health.ts';
import { startMailbox } from './mail/mailbox.ts';
import { startOwnIssuer } from './oidc/start.ts';
import { openPages } from './pages/start.ts';
import { publishPlansOnce } from './plans.ts';
import { PlatformError, reasonOf } from './problem.ts';
import { readable } from './processes/readable.ts';
import { startPrograms } from './programs.ts';
import { openQueueBroker } from './queue/broker.ts';
import { startDelivery } from './queue/delivery.ts';
import { startProducerSocket } from './queue/producer-socket.ts';
import { startPullApi } from './queue/pull-api.ts';
import { type QueueSettings, queuesOf } from './queue/settings.ts';
import { keepSecrets, loadSecrets, type Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { StandIn } from './stripe/assemble.ts';
import { startStripe } from './stripe/start.ts';
import { undoStack } from './undo-stack.ts';
import { builtWorker } from './worker/built.ts';
import type { WorkerDescription } from './worker/description.ts';
import { workerBindings } from './worker/environment.ts';
import { migrate } from './worker/migrate.ts';
import { startWorker } from './worker/runtime.ts';
import { startLog } from './worker/start-log.ts';
import { untilSent } from './worker/until-sent.ts';

export type Platform = {
  ready: ReadyLine;
  /** Resolves when a part has turned out not to run with what it was given: the platform is of no use without it. */
  failed: Promise<PlatformError>;
  /** Begins what follows the ready line. */
  begin: () => void;
  stop: () => Promise<void>;
};
type Env = Record<string, string | undefined>;
type OnStop = (name: string, stop: () => void | Promise<void>) => void;

/** Who mails of this machine are from, unless the environment says so. */
const OUR_MAIL = 'Tenantry <tenantry@tenantry.localhost>';

/** The ports that parts had the last time, so that addresses outlive a restart. */
function lastPorts(dataDir: string, log: (line: string) => void) {
  const path = join(dataDir, 'ready.json');
  try {
    const last = readJson(path) as Partial<ReadyLine> | null;
    const portOf = (url: string | null | undefined) => (url ? Number(new URL(url).port) : undefined);
    return {
      queue: portOf(last?.queue_api_url),
      stripe: portOf(last?.stripe_url),
      clock: portOf(last?.clock_url),
      oidc: portOf(last?.oidc_issuer),
      instance: portOf(last?.instance_url),
    };
  } catch (error) {
    // The file is written anew with this run's addresses: a damaged one is said, and keeps nobody from starting.
    log(`${path} of the last run cannot be read, addresses may change: ${reasonOf(error)}`);
    return { queue: undefined, stripe: undefined, clock: undefined, oidc: undefined, instance: undefined };
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
    const { ready, begin } = await startParts(settings, env, log, undo.push, failure);
    return { ready, failed: failure.promise, begin, stop: undo.run };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** Where the example instance will be: as the last time where that can be had. */
const instanceUrl = async (port = 0): Promise<string> =>
  `http://${LOOPBACK}:${await choosePort(port).catch(() => choosePort(0))}`;

const EVENTS_QUEUE = 'tenantry-stripe';
const EVENTS_WAIT_MS = 10_000;

/**
 * A demo lives through a day in a tenth of a second: usage is not gathered for a second first, and Stripe's events are left to cron,
 * which the demo has at known instants.
 */
const inDemo = (queue: QueueSettings): QueueSettings => ({
  ...queue,
  batchTimeoutMs: queue.name === EVENTS_QUEUE ? EVENTS_WAIT_MS : 0,
});

/** Where Stripe's events go. */
const WEBHOOK_PATH = '/api/webhooks/stripe';

/** The Stripe stand-in, or null where a real key is given. */
async function startStandIn(
  dataDir: string,
  env: Env,
  secrets: Secrets,
  { port, now, publicUrl }: { port: number | undefined; now: () => number; publicUrl: string },
  log: (line: string) => void,
  onStop: OnStop,
): Promise<StandIn | null> {
  if (env['STRIPE_SECRET_KEY']) return null;
  const { stripe_secret_key: secretKey, stripe_webhook_secret: secret } = secrets;
  const webhook = { url: new URL(WEBHOOK_PATH, publicUrl).href, secret };
  const stripe = await startStripe({ path: join(dataDir, 'stripe.sqlite'), secretKey, port, now, webhook }, log);
  onStop('stripe', stripe.close);
  return stripe;
}

/** The address of the mailbox of this machine, or null where another mail server is given. */
async function startOwnMailbox(
  dataDir: string,
  env: Env,
  log: (line: string) => void,
  onStop: OnStop,
): Promise<string | null> {
  if (env['SMTP_URL']) return null;
  const mailbox = await startMailbox(dataDir, log);
  onStop('mailbox', mailbox.close);
  log(`mail is kept in ${mailbox.folder}`);
  return mailbox.url;
}

/** The clock that the folder keeps, or one that begins at `at`. Throws PlatformError where only real time may be shown. */
async function openClockOf(
  { dataDir, realTimeBecause }: Settings,
  at: number | null,
  log: (line: string) => void,
): Promise<EmbeddedClock> {
  const clock = openClock(dataDir);
  if (at !== null) await clock.change(() => clock.runningFrom(at));
  if (clock.isMoved()) {
    if (realTimeBecause !== null) throw new PlatformError(`the clock of ${dataDir} is moved, and ${realTimeBecause}`);
    log(`the clock ${clock.isHeld() ? 'stands at' : 'shows'} ${iso(clock.now())}`);
  }
  return clock;
}

async function startParts(
  settings: Settings,
  env: Env,
  log: (line: string) => void,
  onStop: OnStop,
  { promise: failed, resolve: onRefused }: PromiseWithResolvers<PlatformError>,
): Promise<{ ready: ReadyLine; begin: () => void }> {
  const { port: wantedPort, dataDir, fresh, workerConfig, demo } = settings;
  const at = demo ? demoBegins(Date.now()) : settings.at;
  const emptyFor = demo ? '--demo' : '--at';
  onStop('data folder', openDataFolder(dataDir, fresh, at === null ? null : emptyFor));
  refuseHalfDemo(dataDir);
  const port = await choosePort(wantedPort);
  log(`data folder ${dataDir}`);
  const secrets = await loadSecrets(dataDir);
  const ports = lastPorts(dataDir, log);
  const clock = await openClockOf(settings, at, log);

  log('reading and bundling the Worker');
  const build = join(dataDir, 'build');
  const description = await builtWorker(workerConfig, build);

  const queues = queuesOf(description.queues).map((queue) => (demo ? inDemo(queue) : queue));
  const broker = openQueueBroker(join(dataDir, 'queue.sqlite'), queues);
  onStop('queue', broker.close);
  const socket = await startProducerSocket(broker, dataDir, log);
  onStop('queue socket', socket.close);
  const accountId = secrets.queue_account_id;
  const pullApi = await startPullApi(broker, { accountId, token: secrets.queue_api_token, port: ports.queue }, log);
  onStop('queue api', pullApi.close);

  const publicUrl = env['PUBLIC_URL'] || `http://127.0.0.1:${port}`;
  const stripePort = { port: ports.stripe, now: clock.now, publicUrl };
  const stripe = await startStandIn(dataDir, env, secrets, stripePort, log, onStop);
  const issuer = await startOwnIssuer({ dataDir, port: ports.oidc, publicUrl, env, now: clock.now }, log, onStop);

  const smtpUrl = await startOwnMailbox(dataDir, env, log, onStop);

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
    told: clock.told,
    log: workerLog.line,
    pagesState: pages.state,
    bindings: workerBindings(env, {
      ADMIN_API_TOKEN: adminToken,
      LICENSE_PRIVATE_KEYS: secrets.license_private_keys,
      STATEMENT_PRIVATE_KEYS: secrets.statement_private_keys,
      PUBLIC_URL: publicUrl,
      ...issuer.bindings,
      MAIL_FROM: OUR_MAIL,
      ...(smtpUrl === null ? {} : { SMTP_URL: smtpUrl }),
      ...(stripe === null
        ? {}
        : {
            STRIPE_SECRET_KEY: secrets.stripe_secret_key,
            STRIPE_API_BASE: stripe.url,
            STRIPE_WEBHOOK_SECRET: secrets.stripe_webhook_secret,
          }),
    }),
  });
  onStop('worker', worker.stop);
  clock.onChange(worker.tell);
  clock.beforeJump(untilSent(worker, 'CONTROL', clock.now, stripe));
  for (const [binding, applied] of await migrate(worker, description.databases, useNewer(dataDir))) {
    log(`database ${binding}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
  }
  await waitForHealth(worker.url, workerLog.complaints);
  workerLog.release();

  const admin = { url: worker.url, token: adminToken };
  for (const line of await publishPlansOnce(admin)) log(line);
  await ensureLocalCluster(admin);
  await issuer.introduce(admin);
  const provisionerToken = secrets.provisioner_token ?? (await newProvisionerToken(admin));
  keepSecrets(dataDir, { ...secrets, provisioner_token: provisionerToken });

  for (const queue of broker.queues.filter(({ consumer }) => consumer === 'worker')) {
    const delivery = startDelivery(broker, queue, worker.deliver, log);
    onStop(`deliveries of ${queue.name}`, delivery.stop);
  }
  const cron = startCron(description.crons, worker.tick, clock, log);
  onStop('cron', cron.stop);
  stripe?.listen();
  onStop('stripe webhooks', async () => await stripe?.quiet());
  // What Stripe does at a step's instants is known before the step's ticks look for it.
  const runDue = async (from: number, to: number): Promise<void> => {
    await stripe?.runDue(to);
    await cron.runDue(from, to);
  };
  const control = clockControl(clock, runDue, settings.realTimeBecause, log);
  onStop('clock', control.stop);
  const clockServer = await startClockServer(control, { token: secrets.clock_token, port: ports.clock }, log);
  onStop('clock server', clockServer.close);
  await control.goOn();
  stripe?.followClock();

  const ready: ReadyLine = {
    url: worker.url,
    admin_token: adminToken,
    provisioner_token: provisionerToken,
    cluster_id: LOCAL_CLUSTER,
    queue_api_url: pullApi.url,
    queue_account_id: accountId,
    queue_id: broker.queueByName(doorbellQueue(description))?.id ?? '',
    queue_api_token: secrets.queue_api_token,
    stripe_url: stripe?.url ?? null,
    stripe_secret_key: stripe === null ? null : secrets.stripe_secret_key,
    stripe_webhook_secret: stripe === null ? null : secrets.stripe_webhook_secret,
    oidc_issuer: issuer.url,
    oidc_password: issuer.password,
    instance_url: settings.instance ? await instanceUrl(ports.instance) : null,
    clock_url: clockServer.url,
    clock_token: secrets.clock_token,
  };
  if (settings.buildsPages && description.pages !== null) {
    pages.build();
    onStop('pages', pages.stop);
  }
  const begin = await startPrograms(settings, { env, ready, publicUrl, clock, control }, log, onStop, {
    failed,
    onRefused,
  });
  return { ready, begin };
}
