/**
 * What a person sees when provisioning cannot work, from a wrong Helm to a full quota: one clear line, the sign-up kept,
 * and the stack up when the cause is gone. The whole platform on a real cluster, reached through a proxy that can close.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type Api,
  callApi,
  readCustomer,
  readJob,
  type SignedUp,
  signUp,
  untilStatus,
} from '../../bench/support/api.ts';
import { type Kube, kubeOf, removeNamespaces } from '../../bench/support/kube.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { descendants, programOf } from '../harness/processes.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { startProxy } from '../provisioner/tcp-proxy.ts';

/** The provisioner is started again after pauses that double to 30 s. */
const NEXT_START_MS = 45_000;
const CHART = join(import.meta.dirname, '../../charts/customer-instance');

describeWithTools(['helm', ...clusterTools], 'a sign-up that cannot be provisioned yet', () => {
  let folder: string;
  let cluster: TestCluster;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let kube: Kube;
  let platform: TestPlatform;
  /** What the start said that was given nothing that works. */
  let refusal: string;
  let api: Api;
  let first: SignedUp;
  let pushedOut: SignedUp;
  let crowded: SignedUp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-causes-'));
    cluster = await startCluster();
    kube = kubeOf(cluster.kubeconfig);
    proxy = await startProxy(cluster.kubeconfig, folder);
    proxy.down();
    const start = () =>
      startPlatform({
        dataDir: join(folder, 'data'),
        env: {
          HELM_BIN: join(folder, 'helm'),
          HELM_CHART_PATH: join(folder, 'chart'),
          KUBECONFIG: join(folder, 'kubeconfig'),
          JOB_TIMEOUT_MS: '20000',
          QUEUE_BACKOFF_DELAY: '1000',
          // The cluster's own controllers try again after growing pauses, a minute at times.
          QUEUE_MAX_RETRY: '8',
        },
      });
    breakKubeconfig();
    refusal = await start().then(
      async (started) => `it started: ${await started.stop()}`,
      (error: Error) => error.message,
    );
    mendHelm();
    mendChart();
    mendKubeconfig();
    platform = await start();
    api = { url: platform.url, token: platform.ready.admin_token };
    first = await signUp(api, 'waits-first');
  });
  afterAll(async () => {
    await platform?.stop();
    await proxy?.stop();
    if (kube && cluster.metricsUrl === null) {
      await removeNamespaces(
        kube,
        [first, pushedOut, crowded].flatMap((one) => one?.namespace ?? []),
      );
    }
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const breakKubeconfig = () => writeFileSync(join(folder, 'kubeconfig'), 'clusters: [');
  const mendKubeconfig = () => writeFileSync(join(folder, 'kubeconfig'), readFileSync(proxy.kubeconfig));
  const mendHelm = () => symlinkSync(toolPath('helm'), join(folder, 'helm'));
  const mendChart = () => cpSync(CHART, join(folder, 'chart'), { recursive: true });
  /** Waits for a line that was written after the `from`-th; answers it. */
  const line = (pattern: RegExp, from = 0, timeout = NEXT_START_MS): Promise<string> =>
    vi.waitFor(
      () => {
        const found = platform.logs.slice(from).find((text) => pattern.test(text));
        expect(found, `no line ${pattern} in\n${platform.logs.join('\n')}`).toBeDefined();
        return found ?? '';
      },
      { timeout, interval: 100 },
    );
  const gone = ({ namespace }: SignedUp) =>
    vi.waitFor(() => expect(kube.core.readNamespace({ name: namespace })).rejects.toMatchObject({ code: 404 }), {
      timeout: 120_000,
      interval: 200,
    });
  const stillWaits = async () => {
    expect((await readCustomer(api, first.customerId)).deployment.status).toBe('pending');
    expect(await readJob(api, first.jobId)).toMatchObject({ state: 'waiting', attempts: 0, error: null });
  };

  it('at the first start Helm is missing and the kubeconfig is none: a line each, together, and the platform ends', () => {
    expect(refusal).toMatch(/^the platform ended with 1$/m);
    expect(refusal).toMatch(/^provisioner: HELM_BIN: .*helm.*No such file.*\(helm_missing\)$/m);
    expect(refusal).toMatch(/^provisioner: KUBECONFIG: .+ \(kubeconfig_invalid\)$/m);
  });

  it('a provisioner that starts again finds neither: the same lines, and it goes on trying', async () => {
    rmSync(join(folder, 'helm'));
    breakKubeconfig();
    const provisioner = descendants(platform.pid).find((pid) => /provisioner\/main\.ts/.test(programOf(pid) ?? ''));
    if (provisioner === undefined) throw new Error(`no provisioner runs:\n${platform.logs.join('\n')}`);
    process.kill(provisioner, 'SIGKILL');
    await line(/^provisioner \| provisioner: HELM_BIN: .*helm.*No such file.*\(helm_missing\)$/);
    await line(/^provisioner \| provisioner: KUBECONFIG: .+ \(kubeconfig_invalid\)$/);
    const perStart = platform.logs.filter((text) => text.includes('helm_missing')).length;
    expect(platform.logs.filter((text) => text.includes('provisioner ended (exit 2)')).length).toBeLessThanOrEqual(
      perStart,
    );
    await stillWaits();
  });

  it('Helm is too old: its version and what is needed', async () => {
    const from = platform.logs.length;
    writeFileSync(join(folder, 'helm'), '#!/bin/sh\necho v3.10.1\n');
    chmodSync(join(folder, 'helm'), 0o755);
    await line(/HELM_BIN: v3\.10\.1 is too old, 3\.20\.2 or 4\.1\.4 is needed \(helm_too_old\)$/, from);
    await stillWaits();
  });

  it('the chart is not there, then broken: where it is and what Helm says of it', async () => {
    let from = platform.logs.length;
    rmSync(join(folder, 'helm'));
    mendHelm();
    rmSync(join(folder, 'chart'), { recursive: true });
    await line(/HELM_CHART_PATH: .*chart.*\(chart_broken\)$/, from);
    from = platform.logs.length;
    mkdirSync(join(folder, 'chart'));
    writeFileSync(join(folder, 'chart/Chart.yaml'), 'name: [\n');
    await line(/HELM_CHART_PATH: .*Chart\.yaml.*\(chart_broken\)$/, from);
    await stillWaits();
  });

  it('the cluster does not answer: one line, nothing is claimed', async () => {
    const from = platform.logs.length;
    rmSync(join(folder, 'chart'), { recursive: true });
    mendChart();
    mendKubeconfig();
    await line(/cluster: .*; trying again until it answers/, from, 2 * NEXT_START_MS);
    await stillWaits();
  });

  it('when all of it is mended the customer who waited is ready', async () => {
    // Two more sign up meanwhile; one's namespace is somebody else's, the other's has no room.
    pushedOut = await signUp(api, 'pushed-out');
    crowded = await signUp(api, 'crowded');
    await kube.core.createNamespace({ body: { metadata: { name: pushedOut.namespace, labels: { team: 'theirs' } } } });
    const labels = { 'tenantry.dev/customer': crowded.customerId };
    await kube.core.createNamespace({ body: { metadata: { name: crowded.namespace, labels } } });
    const quota = { metadata: { name: 'full' }, spec: { hard: { pods: '0' } } };
    await kube.core.createNamespacedResourceQuota({ namespace: crowded.namespace, body: quota });
    const from = platform.logs.length;
    proxy.up();
    await untilStatus(api, first.customerId, 'ready', { withinMs: 90_000 });
    await line(/cluster: back after \d+ s/, from);
    expect(await readJob(api, first.jobId)).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it('the namespace is somebody else’s: said, left alone, and tried again when a person says so', async () => {
    const { deployment } = await vi.waitFor(
      async () => {
        const found = await readCustomer(api, pushedOut.customerId);
        expect(found.deployment.status).toBe('failed');
        return found;
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(deployment.reason).toContain(`namespace ${pushedOut.namespace} exists and is not ${pushedOut.customerId}'s`);
    expect((await readJob(api, pushedOut.jobId)).error).toMatchObject({ code: 'namespace_taken' });
    const left = await kube.core.readNamespace({ name: pushedOut.namespace });
    expect(left.metadata?.labels).toMatchObject({ team: 'theirs' });
    expect((await kube.core.listNamespacedSecret({ namespace: pushedOut.namespace })).items).toEqual([]);

    await removeNamespaces(kube, [pushedOut.namespace]);
    await gone(pushedOut);
    const retried = await callApi(api, 'POST', `/api/queue/jobs/${pushedOut.jobId}/retry`, {});
    expect(retried.status).toBe(202);
    await untilStatus(api, pushedOut.customerId, 'ready', { withinMs: 90_000 });
  });

  it('the quota is full: the quota’s own words, and ready by itself when there is room', async () => {
    const seen = await vi.waitFor(
      async () => {
        const { error } = await readJob(api, crowded.jobId);
        expect(error).not.toBeNull();
        return error;
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(seen).toMatchObject({ code: 'quota_exceeded', message: expect.stringContaining('exceeded quota: full') });
    await kube.core.deleteNamespacedResourceQuota({ namespace: crowded.namespace, name: 'full' });
    await untilStatus(api, crowded.customerId, 'ready', { withinMs: 100_000 });
  });
});
