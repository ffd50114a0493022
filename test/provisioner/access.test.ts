/** Our connection to a real API server: credentials that rotate, plugins that hang, other identities, few connections. */
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { credentialsOf } from '../../provisioner/credential.ts';
import { runPlugin } from '../../provisioner/exec-plugin.ts';
import { call, connect, type Kube } from '../../provisioner/kube.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { type ApiProxy, type Fault, startApiProxy } from './api-proxy.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import { startProvisioner, type Workshop, workshop } from './real-cluster.ts';
import { startProxy } from './tcp-proxy.ts';

const run = promisify(execFile);
const env = { PATH: process.env['PATH'] ?? '' };
const apiVersion = 'client.authentication.k8s.io/v1';
type Review = KubernetesObject & { status?: { userInfo?: { username?: string; uid?: string; groups?: string[] } } };

describeWithTools(['helm', ...clusterTools], 'access to a cluster', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let shop: Workshop;
  let proxy: ApiProxy;
  let open: Kube[];
  const account = { namespace: 'default', name: 'access-test' };

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    shop = await workshop();
    proxy = await startApiProxy(cluster.kubeconfig, shop.folder);
  });
  afterAll(async () => {
    await core?.deleteNamespacedServiceAccount(account).catch(() => {});
    await proxy?.stop();
    await shop?.remove();
    await cluster?.stop();
  });
  beforeEach(() => {
    open = [];
    proxy.fault = () => undefined;
    proxy.asked.length = 0;
  });
  afterEach(() => Promise.all(open.map((kube) => kube.close())));

  const connected = (kubeconfig: string): Kube => {
    const kube = connect(kubeconfig, env);
    if (!kube.ok) throw new Error(kube.error);
    open.push(kube.value);
    return kube.value;
  };
  /** A token of an account that has just been made anew: those of the one before it are refused from then on. */
  async function freshToken(): Promise<string> {
    await core.deleteNamespacedServiceAccount(account).catch(() => {});
    await core.createNamespacedServiceAccount({
      namespace: account.namespace,
      body: { metadata: { name: account.name } },
    });
    const made = await core.createNamespacedServiceAccountToken({ ...account, body: { spec: { audiences: [] } } });
    return made.status?.token ?? '';
  }
  const whoami = async (kube: Kube) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
    const review = await call(kube.objects().create(body));
    return review.ok ? (review.value as Review).status?.userInfo : review.error;
  };
  /** The account as it was made last: the one before it had another uid, though the API server knows its token for a while. */
  const us = async () => {
    const { metadata } = await core.readNamespacedServiceAccount(account);
    return { username: `system:serviceaccount:${account.namespace}:${account.name}`, uid: metadata?.uid };
  };
  const isUs = (kube: Kube) =>
    vi.waitFor(async () => expect(await whoami(kube)).toMatchObject(await us()), { timeout: 120_000, interval: 500 });
  const adminToken = async (): Promise<string> => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    return config.getCurrentUser()?.token ?? '';
  };

  it('a token file that is rotated needs no restart, neither here nor in Helm', async () => {
    const tokenFile = join(shop.folder, 'token');
    await writeFile(tokenFile, await freshToken());
    const kubeconfig = await proxy.kubeconfig({ tokenFile });
    const kube = connected(kubeconfig);
    await isUs(kube);
    await writeFile(tokenFile, await freshToken());
    await isUs(kube);
    // It may do nothing, which only one who is known is told.
    await expect(run(toolPath('helm'), ['list'], { env: { ...env, KUBECONFIG: kubeconfig } })).rejects.toMatchObject({
      stderr: expect.stringContaining('cannot list resource "secrets"'),
    });
  });

  it('a kubeconfig that is replaced is read again, at once where the old one is refused', async () => {
    const path = await proxy.kubeconfig({ token: await freshToken() });
    const kube = connected(path);
    await isUs(kube);
    const replaced = await proxy.kubeconfig({ token: await freshToken() });
    await writeFile(path, await readFile(replaced));
    await isUs(kube);
    // One that is half written is none: what was said before holds.
    await writeFile(path, 'clusters: [');
    await isUs(kube);
    const token = await freshToken();
    const said = { kind: 'unauthorised', message: expect.stringContaining('the kubeconfig cannot be read again') };
    await vi.waitFor(async () => expect(await whoami(kube)).toMatchObject(said), { timeout: 120_000, interval: 500 });
    await writeFile(path, await readFile(await proxy.kubeconfig({ token })));
    await isUs(kube);
  });

  /** A plugin that prints the token of a file, and writes down that it was run. */
  async function plugin(expiry: string | null) {
    const [at, token, runs] = ['plugin', 'plugin-token', 'plugin-runs'].map((name) => join(shop.folder, name));
    const status = `{"token":"'$(cat ${token})'"${expiry === null ? '' : `,"expirationTimestamp":"${expiry}"`}}`;
    const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${runs}\necho '{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":${status}}'\n`;
    await writeFile(`${at}`, script);
    await chmod(`${at}`, 0o755);
    await writeFile(`${runs}`, '');
    await writeFile(`${token}`, await freshToken());
    const user = { exec: { apiVersion, command: `${at}`, interactiveMode: 'Never', provideClusterInfo: true } };
    return {
      kube: connected(await proxy.kubeconfig(user)),
      rotate: async () => writeFile(`${token}`, await freshToken()),
      runs: async () => (await readFile(`${runs}`, 'utf8')).split('\n').filter((line) => line !== ''),
    };
  }

  it('a plugin without an expiry is run once, and again when its credentials are refused', async () => {
    const { kube, rotate, runs } = await plugin(null);
    const all = await Promise.all([whoami(kube), whoami(kube), whoami(kube)]);
    for (const each of all) expect(each).toMatchObject(await us());
    expect(await runs()).toHaveLength(1);
    expect(JSON.parse((await runs())[0] ?? '')).toMatchObject({
      kind: 'ExecCredential',
      apiVersion,
      spec: { interactive: false, cluster: { server: proxy.url } },
    });
    await rotate();
    await isUs(kube);
    expect(await runs()).toHaveLength(2);
  });

  it('a plugin is run again when its credentials have expired, and not before', async () => {
    const read = (kube: Kube) => call(kube.core.readNamespace({ name: 'default' }));
    const passed = await plugin('2020-01-01T00:00:00Z');
    await read(passed.kube);
    await read(passed.kube);
    expect(await passed.runs()).toHaveLength(2);
    const far = await plugin('2120-01-01T00:00:00Z');
    await read(far.kube);
    await read(far.kube);
    expect(await far.runs()).toHaveLength(1);
  });

  describe('a plugin that hangs', () => {
    it('is ended with what it has started, and named', async () => {
      const mark = `31${process.pid}`;
      const hanging = {
        apiVersion,
        command: 'sh',
        args: ['-c', `sleep ${mark} & sleep ${mark}`],
        env: {},
        installHint: undefined,
        cluster: undefined,
      };
      await expect(runPlugin(hanging, env, 300)).rejects.toThrow(
        'the credential plugin sh has not answered in 0 s and was ended',
      );
      const left = async () =>
        (await run('ps', ['-eo', 'args'])).stdout.split('\n').filter((line) => line === `sleep ${mark}`);
      await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 5_000 });
    });

    it('does not stop a provisioner without a word', async () => {
      const plane: FakeControlPlane = await startFakeControlPlane();
      const job = plane.want(plane.deployment(), 'running');
      const exec = { apiVersion, command: 'sleep', args: ['1000'], interactiveMode: 'Never' };
      const one = startProvisioner(plane, {
        KUBECONFIG: await proxy.kubeconfig({ exec }),
        HELM_BIN: shop.helmBin,
        HELM_CHART_PATH: await shop.chart(),
      });
      await vi.waitFor(
        () =>
          expect(one.output()).toMatch(/cluster: the credential plugin sleep has not answered in 20 s and was ended/),
        { timeout: 60_000, interval: 200 },
      );
      expect(job).toMatchObject({ state: 'waiting', attempts: 0 });
      await one.stop();
      await plane.stop();
    });
  });

  it.each<[string, string, RegExp]>([
    ['fails', 'echo no luck >&2; exit 3', /the credential plugin sh ended with code 3: no luck/],
    ['prints something else', 'echo hello', /the credential plugin sh printed no ExecCredential/],
  ])('a plugin that %s is named, and asked again the next time', async (_name, script, message) => {
    let runs = 0;
    const credentials = credentialsOf(env, Date.now, (each, inherited) => {
      runs += 1;
      return runPlugin(each, inherited);
    });
    const source = {
      kind: 'exec' as const,
      plugin: { apiVersion, command: 'sh', args: ['-c', script], env: {}, installHint: undefined, cluster: undefined },
    };
    await expect(credentials.of(source)).rejects.toThrow(message);
    await expect(credentials.of(source)).rejects.toThrow(message);
    expect(runs).toBe(2);
  });

  it('as, as-uid and as-groups are what the cluster sees', async () => {
    const as = { as: 'jane', 'as-uid': '7', 'as-groups': ['dev', 'ops'] };
    const kube = connected(await proxy.kubeconfig({ token: await adminToken(), ...as }));
    expect(await whoami(kube)).toMatchObject({
      username: 'jane',
      uid: '7',
      groups: expect.arrayContaining(['dev', 'ops']),
    });
  });

  it('a hundred calls are a handful of TLS connections', async () => {
    const tcp = await startProxy(cluster.kubeconfig, shop.folder);
    const kube = connected(tcp.kubeconfig);
    for (let round = 0; round < 25; round += 1) {
      const reads = Array.from({ length: 4 }, () => call(kube.core.readNamespace({ name: 'kube-system' })));
      for (const read of await Promise.all(reads)) expect(read.ok).toBe(true);
    }
    expect(tcp.connections()).toBeLessThanOrEqual(4);
    await tcp.stop();
  });

  describe('an API server that does not answer as it should', () => {
    const next = (...faults: (Fault | undefined)[]) => {
      proxy.fault = () => faults.shift();
    };
    const admin = async () => connected(await proxy.kubeconfig({ token: await adminToken() }));

    it.each<[string, Fault]>([
      ['500', { status: 500 }],
      ['502', { status: 502 }],
      ['503', { status: 503 }],
      ['504', { status: 504 }],
      ['429, with a wait', { status: 429, headers: { 'retry-after': '1' } }],
      ['a connection that breaks', 'drop'],
    ])('%s is asked again, and nobody notices', async (_name, fault) => {
      const kube = await admin();
      next(fault, fault);
      expect((await call(kube.core.readNamespace({ name: 'default' }))).ok).toBe(true);
      expect(proxy.asked).toHaveLength(3);
    });

    it('for good is said by its kind, after a bounded time', async () => {
      const kube = await admin();
      proxy.fault = () => ({ status: 503 });
      const begun = performance.now();
      expect(await call(kube.core.readNamespace({ name: 'default' }))).toMatchObject({ error: { kind: 'failing' } });
      expect(performance.now() - begun).toBeLessThan(12_500);
      expect(proxy.asked.length).toBeGreaterThan(3);
      proxy.fault = () => 'drop';
      expect(await call(kube.core.readNamespace({ name: 'default' }))).toMatchObject({
        error: { kind: 'unreachable' },
      });
    });

    it('a 404 or 403 that is not the API server’s own is trouble on the way, and no missing object or right', async () => {
      const kube = await admin();
      for (const status of [404, 403]) {
        next({ status, body: '<html>' });
        expect(await call(kube.core.readNamespace({ name: 'default' }))).toMatchObject({ error: { kind: 'failing' } });
      }
      expect(await call(kube.core.readNamespace({ name: 'nowhere' }))).toMatchObject({ error: { kind: 'not_found' } });
    });
  });
});
