/**
 * Kills while customers sign up, then what is left: the story that the figure `chaos` and the journey test share. Owns the
 * order and the checks; killing, watching and the platform are beside it.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import { startCluster } from '../../test/harness/cluster.ts';
import { type Api, callApi, listCustomers, persistently, type SignedUp, signUp } from './api.ts';
import { type HelmLog, logHelm } from './helm-log.ts';
import { type KeptPlatform, keepPlatform } from './kept-platform.ts';
import { planKills, strike } from './kills.ts';
import { type Kube, kubeOf, releases, removeNamespaces, secretValue } from './kube.ts';
import { seeded } from './random.ts';
import { type SecretWatch, watchSecrets } from './secret-watch.ts';

export type ChaosOptions = {
  customers: number;
  kills: number;
  seed: number;
  /** JOB_TIMEOUT_MS: short, because a lost lease costs this and a minute. */
  jobTimeoutMs: number;
  /** How long to wait for everybody after the last kill. */
  settleMs: number;
  log: (line: string) => void;
};

/** What was found in the end. `broken` names each promise that did not hold; it must be empty. */
export type ChaosResult = {
  customers: number;
  ready: number;
  kills: Record<string, number>;
  failed_starts: number;
  pending_releases: number;
  deployed_releases: number;
  stripe_customers: number;
  stripe_linked: number;
  secrets_seen: number;
  secrets_changed: number;
  /** Reporter keys of the cluster that the API takes. */
  keys_taken: number;
  helm_runs: number;
  helm_overlaps: number;
  settle_seconds: number;
  seconds: number;
  broken: string[];
  /** The platform's own lines, for finding out why. */
  logs: string[];
};

/** Time for one request to be answered through all the outages that its retries may meet. */
const ANSWER_MS = 300_000;
/** The platform's last lines that a failure shows. */
const LOG_LINES = 60;
const LOOK_EVERY_MS = 1_000;
const STRIPE_LIST_LIMIT = 100;

type Stage = {
  platform: KeptPlatform;
  helm: HelmLog;
  secrets: SecretWatch;
  kube: Kube;
  kubeconfig: string;
  dataDir: string;
};

/** Runs it from an empty cluster to the checks; what it started it ends. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const startedMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-chaos-'));
  const dataDir = join(folder, 'data');
  const helm = logHelm(folder);
  const cluster = await startCluster();
  const kube = kubeOf(cluster.kubeconfig);
  let platform: KeptPlatform | null = null;
  let signedUp: SignedUp[] = [];
  const secrets = watchSecrets(kube);
  try {
    platform = await keepPlatform(dataDir, {
      KUBECONFIG: cluster.kubeconfig,
      HELM_BIN: helm.bin,
      JOB_TIMEOUT_MS: String(options.jobTimeoutMs),
      RATE_LIMIT_SIGNUP: 'off',
      // Who is killed leaves its temporary files: here they go with the run.
      TMPDIR: folder,
    });
    const stage: Stage = { platform, helm, secrets, kube, kubeconfig: cluster.kubeconfig, dataDir };
    const { kills, ...answered } = await killWhileTheySignUp(stage, options);
    signedUp = answered.signedUp;
    options.log(`the last kill is over; waiting for ${signedUp.length} customers`);
    const settlingMs = Date.now();
    await settle(stage, signedUp, options.settleMs);
    const settled_seconds = Math.round((Date.now() - settlingMs) / 1000);
    await secrets.stop();
    const found = await look(stage, signedUp);
    return {
      ...found,
      kills,
      failed_starts: platform.failedStarts(),
      settle_seconds: settled_seconds,
      seconds: Math.round((Date.now() - startedMs) / 1000),
      broken: promisesBroken(found),
      logs: platform.logs(),
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${platform?.logs().slice(-LOG_LINES).join('\n') ?? ''}`, { cause: error });
  } finally {
    await platform?.stop();
    if (cluster.metricsUrl === null) {
      await removeNamespaces(
        kube,
        signedUp.map(({ namespace }) => namespace),
      );
    }
    await secrets.stop().catch(() => {});
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Gives every kill fresh work to break into: the next sign-up, spread evenly, or else a customer who leaves and comes
 * back at once, so that upgrades, suspensions and changes under a running job are struck too.
 */
async function killWhileTheySignUp(stage: Stage, options: ChaosOptions) {
  const { api } = stage.platform;
  const asking: Promise<SignedUp>[] = [];
  const returning: Promise<void>[] = [];
  const known: SignedUp[] = [];
  const kills: Record<string, number> = {};
  const random = seeded(options.seed);
  const plan = planKills(options.kills, options.seed);
  const changeMind = () => {
    if (known.length === 0) return;
    const back = leaveAndReturn(api, random.pick(known));
    back.catch(() => {}); // as the sign-ups
    returning.push(back);
  };
  for (const [n, kill] of plan.entries()) {
    const due = Math.ceil(((n + 1) * options.customers) / plan.length);
    if (asking.length === due) changeMind();
    while (asking.length < due) {
      const asked = signUp(api, `chaos-${asking.length}`, { withinMs: ANSWER_MS });
      asked.then((customer) => known.push(customer)).catch(() => {}); // looked at when all have been asked
      asking.push(asked);
    }
    const killed = await strike(kill, stage.platform, stage.helm, changeMind);
    kills[kill.victim] = (kills[kill.victim] ?? 0) + 1;
    options.log(`kill ${n + 1} of ${plan.length}: ${killed}`);
  }
  const signedUp = await Promise.all(asking);
  await Promise.all(returning);
  return { kills, signedUp };
}

/** Deactivates and reactivates, through whatever outages there are. Two at once for one customer: the second finds it done. */
async function leaveAndReturn(api: Api, { customerId }: SignedUp): Promise<void> {
  for (const verb of ['deactivate', 'reactivate']) {
    const key = { 'idempotency-key': randomUUID() };
    const ask = () => callApi(api, 'POST', `/api/customers/${customerId}/${verb}`, {}, key);
    await persistently(ask, ANSWER_MS).catch((error: unknown) => {
      if (!/already_deactivated|not_deactivated/.test(String(error))) throw error;
    });
  }
}

/** Waits until everybody is ready and known to Stripe, and no helm runs; or until the time is up: the checks say the rest. */
async function settle({ platform, helm }: Stage, signedUp: SignedUp[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const { items } = await listCustomers(platform.api);
    const done = items.filter((c) => c.deployment_status === 'ready' && c.stripe_customer_id !== null);
    const idle = helm.runs().every((run) => run.endedMs !== null);
    if (done.length === signedUp.length && idle) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** The customers that the Stripe stand-in has, by its own list. */
async function stripeCustomers(stage: Stage): Promise<Stripe.Customer[]> {
  const { stripe_secret_key } = JSON.parse(readFileSync(join(stage.dataDir, 'secrets.json'), 'utf8')) as {
    stripe_secret_key: string;
  };
  const { hostname, port } = new URL(stage.platform.current().ready.stripe_url ?? '');
  const stripe = new Stripe(stripe_secret_key, { host: hostname, port, protocol: 'http', telemetry: false });
  const { data } = await stripe.customers.list({ limit: STRIPE_LIST_LIMIT });
  return data;
}

/** Customers whose namespace holds a reporter key that the API knows as theirs. */
async function keysTaken({ kube, platform }: Stage, signedUp: SignedUp[]): Promise<number> {
  const taken = signedUp.map(async ({ customerId, namespace }) => {
    const token = (await secretValue(kube, namespace, 'instance-reporter', 'api-key')) ?? '';
    const path = `/api/licenses/${customerId}`;
    return (await callApi({ url: platform.api.url, token }, 'GET', path)).status === 200;
  });
  return (await Promise.all(taken)).filter(Boolean).length;
}

async function look(stage: Stage, signedUp: SignedUp[]) {
  const { items, total } = await listCustomers(stage.platform.api);
  const byStripeId = new Map((await stripeCustomers(stage)).map((made) => [made.id, made.metadata]));
  const linked = items.filter(
    (c) => byStripeId.get(c.stripe_customer_id ?? '')?.['tenantry_customer_id'] === c.customer_id,
  );
  const known = new Set(items.map((c) => c.customer_id));
  return {
    customers: signedUp.length,
    rows: total,
    forgotten: signedUp.filter(({ customerId }) => !known.has(customerId)).length,
    ready: items.filter((c) => c.deployment_status === 'ready').length,
    pending_releases: (await releases(stage.kubeconfig, 'pending')).length,
    deployed_releases: (await releases(stage.kubeconfig, 'deployed')).length,
    stripe_customers: byStripeId.size,
    stripe_linked: linked.length,
    secrets_seen: stage.secrets.seen(),
    secrets_changed: stage.secrets.changed().length,
    keys_taken: await keysTaken(stage, signedUp),
    helm_runs: stage.helm.runs().length,
    helm_overlaps: stage.helm.overlaps().length,
  };
}

/** Each promise of the figure beside what was found; a given cluster may hold other people's releases and Secrets. */
function promisesBroken(found: Awaited<ReturnType<typeof look>>): string[] {
  const all = found.customers;
  const promises: [string, boolean][] = [
    [`every sign-up that was answered is kept: ${found.forgotten} forgotten`, found.forgotten === 0],
    [`one customer a sign-up: ${found.rows} of ${all}`, found.rows === all],
    [`everybody ready: ${found.ready} of ${all}`, found.ready === all],
    [`no release left pending: ${found.pending_releases}`, found.pending_releases === 0],
    [`a deployed release each: ${found.deployed_releases} of ${all}`, found.deployed_releases >= all],
    [`Stripe customers without twins: ${found.stripe_customers} of ${all}`, found.stripe_customers === all],
    [`each linked to its own: ${found.stripe_linked} of ${all}`, found.stripe_linked === all],
    [`two generated Secrets each: ${found.secrets_seen} of ${2 * all}`, found.secrets_seen >= 2 * all],
    [`generated Secrets unchanged: ${found.secrets_changed} changed`, found.secrets_changed === 0],
    [`a reporter key each that the API takes: ${found.keys_taken} of ${all}`, found.keys_taken === all],
    [`no two helms in one namespace: ${found.helm_overlaps}`, found.helm_overlaps === 0],
  ];
  return promises.filter(([, kept]) => !kept).map(([promise]) => promise);
}
