/** What a kill -9 leaves behind on a real cluster, and that the next run puts it right: releases, Secrets, no overlap. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { seeded } from '../../bench/support/random.ts';
import { sleep } from '../../provisioner/clock.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { patienceMs, shortJobMs } from './cluster-stage.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type ProvisionerProcess, startProvisioner, type Workshop, workshop } from './real-cluster.ts';
import { startProxy } from './tcp-proxy.ts';

const broken = { image: 'missing.invalid/app:1' };

describeWithTools(['helm', ...clusterTools], 'a kill -9 in the middle', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let shop: Workshop;
  let plane: FakeControlPlane;
  let on: FakeDeployment;
  let chart: string;
  const running: ProvisionerProcess[] = [];
  vi.setConfig({ testTimeout: patienceMs + 20_000, hookTimeout: patienceMs });

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });
  afterAll(async () => {
    await cluster?.stop();
  });
  beforeEach(async () => {
    shop = await workshop();
    plane = await startFakeControlPlane();
    on = plane.deployment();
    chart = await shop.chart();
  });
  afterEach(async () => {
    expect((await shop.helmLog()).filter((line) => line.startsWith('OVERLAP'))).toEqual([]);
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await core.deleteNamespace({ name: on.namespace }).catch(() => {});
    await plane.stop();
    await shop.remove();
  });

  const start = (env: Record<string, string> = {}): ProvisionerProcess => {
    const one = startProvisioner(plane, {
      KUBECONFIG: cluster.kubeconfig,
      HELM_BIN: shop.helmBin,
      HELM_CHART_PATH: chart,
      ...env,
    });
    running.push(one);
    return one;
  };
  const settled = (job: FakeJob) =>
    vi.waitFor(() => expect(job, running.at(-1)?.output()).toMatchObject({ state: 'completed' }), {
      timeout: patienceMs,
      interval: 50,
    });
  const status = async (of: FakeDeployment = on): Promise<string | undefined> => {
    const found = await core.listNamespacedSecret({
      namespace: of.namespace,
      labelSelector: `owner=helm,name=${of.release}`,
    });
    const latest = found.items
      .sort((a, b) => Number(a.metadata?.labels?.['version']) - Number(b.metadata?.labels?.['version']))
      .at(-1);
    return latest?.metadata?.labels?.['status'];
  };
  const until = (wanted: string) =>
    vi.waitFor(async () => expect(await status()).toBe(wanted), { timeout: patienceMs, interval: 100 });
  const secrets = async () => {
    const read = (name: string) =>
      core.readNamespacedSecret({ name, namespace: on.namespace }).then((found) => found.data);
    return { password: await read('instance-postgres'), key: await read('instance-reporter') };
  };
  const app = () => apps.readNamespacedDeployment({ name: 'app', namespace: on.namespace });
  const alive = (group: number): boolean => {
    try {
      return process.kill(-group, 0);
    } catch {
      return false;
    }
  };
  const helmOf = async (): Promise<number> => {
    const group = await shop.helmGroup(on.namespace, 'upgrade');
    if (group === undefined) throw new Error('no helm upgrade has run');
    return group;
  };

  it('of helm alone: the same run starts it again and gets there, Secrets unchanged', async () => {
    await shop.change(chart, broken);
    start();
    const job = plane.want(on, 'running');
    await until('pending-install');
    const before = await secrets();
    await shop.change(chart, {});
    process.kill(-(await helmOf()), 'SIGKILL');
    await settled(job);
    expect(job).toMatchObject({ attempts: 1, failures: [] });
    expect(await status()).toBe('deployed');
    expect(await secrets()).toEqual(before);
  });

  it('of provisioner and helm in a first install: uninstalled and installed again, Secrets unchanged', async () => {
    await shop.change(chart, broken);
    const first = start();
    const job = plane.want(on, 'running');
    await until('pending-install');
    const before = await secrets();
    await first.stop('SIGKILL');
    process.kill(-(await helmOf()), 'SIGKILL');
    await shop.change(chart, {});
    plane.expire(job);
    const second = start();
    await settled(job);
    expect(await status()).toBe('deployed');
    expect(second.output()).toContain('"recovery":"uninstall"');
    expect(await secrets()).toEqual(before);
  });

  it('of provisioner and helm in an upgrade: rolled back and upgraded, Secrets unchanged', async () => {
    const first = start();
    await settled(plane.want(on, 'running'));
    const before = await secrets();
    await shop.change(chart, broken);
    const job = plane.want(on, 'running');
    await until('pending-upgrade');
    await first.stop('SIGKILL');
    process.kill(-(await helmOf()), 'SIGKILL');
    await shop.change(chart, { image: 'registry.example.com/app:3' });
    plane.expire(job);
    const second = start();
    await settled(job);
    expect(await status()).toBe('deployed');
    expect(second.output()).toContain('"recovery":"rollback"');
    expect(await secrets()).toEqual(before);
  });

  it('of provisioner and helm in an upgrade, before a suspension: unlocked, and no pod is wanted again on the way', async () => {
    const first = start();
    await settled(plane.want(on, 'running'));
    await shop.change(chart, broken);
    const job = plane.want(on, 'running');
    await until('pending-upgrade');
    await first.stop('SIGKILL');
    process.kill(-(await helmOf()), 'SIGKILL');
    await shop.change(chart, {});
    plane.expire(job);
    plane.want(on, 'suspended');
    const second = start();
    const wanted: (number | undefined)[] = [];
    await vi.waitUntil(
      async () => {
        wanted.push((await app()).spec?.replicas);
        return job.state === 'completed';
      },
      { timeout: patienceMs, interval: 20 },
    );
    expect(wanted.slice(wanted.indexOf(0)).filter((replicas) => replicas !== 0)).toEqual([]);
    expect(job).toMatchObject({ failures: [], drift: [] });
    expect(await status()).toBe('deployed');
    expect(second.output()).toContain('"recovery":"unlock"');
  });

  it('of the provisioner in the middle of a helm run leaves nothing of the customer on the disk', async () => {
    const home = join(shop.folder, 'home');
    await mkdir(home);
    on.companyName = 'Kept Nowhere';
    await shop.change(chart, broken);
    const first = start({ TMPDIR: home, HOME: home });
    const job = plane.want(on, 'running');
    await until('pending-install');
    await first.stop('SIGKILL');
    process.kill(-(await helmOf()), 'SIGKILL');
    const entries = await readdir(home, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    for (const theirs of [on.companyName, 'a@example.com', on.shortId, on.licence])
      expect([...files, ...texts].filter((text) => text.includes(theirs))).toEqual([]);
    expect(files.filter((file) => !/\/tenantry-helm-[^/]+\/kube\//.test(file))).toEqual([]);
    await shop.change(chart, {});
    plane.expire(job);
    const second = start({ TMPDIR: home, HOME: home });
    await settled(job);
    await second.stop();
    expect(await readdir(home)).toEqual([]);
  });

  it('of the provisioner alone: its helm ends by its own timer, before the lease, and nobody else works there meanwhile', async () => {
    plane.times.timeoutMs = shortJobMs;
    await shop.change(chart, broken);
    // A helm that does not keep to its own time-out: only the timer outside both processes can end it.
    const first = start({ HELM_BIN: await shop.hangingHelm('upgrade') });
    const job = plane.want(on, 'running');
    await until('pending-install');
    const leaseEnd = job.lease?.until ?? 0;
    await first.stop('SIGKILL');
    const group = await helmOf();
    expect(alive(group)).toBe(true);
    const second = start();
    await vi.waitFor(() => expect(alive(group)).toBe(false), { timeout: patienceMs, interval: 100 });
    expect(Date.now()).toBeLessThan(leaseEnd);
    expect(second.output()).not.toContain('job started');
    await shop.change(chart, {});
    plane.times.timeoutMs = 300_000;
    plane.expire(job);
    plane.ring();
    await settled(job);
    expect(await status()).toBe('deployed');
  });

  it('a lease that is lost takes its helm with it, so that the next holder is alone', async () => {
    await shop.change(chart, broken);
    start();
    const job = plane.want(on, 'running');
    await until('pending-install');
    const group = await helmOf();
    job.held = true;
    plane.expire(job);
    await vi.waitFor(() => expect(alive(group)).toBe(false), { timeout: patienceMs, interval: 50 });
    await shop.change(chart, {});
    plane.release(job);
    await settled(job);
    expect(job.failures).toEqual([]);
  });

  it('ten of them at seeded moments over four customers: all get there, none stays pending, Secrets are the first ones', async () => {
    const many = Array.from({ length: 4 }, () => plane.deployment());
    const jobs = many.map((each) => plane.want(each, 'running'));
    const allSecrets = async () => {
      const passwords = many.map((each) =>
        core.readNamespacedSecret({ name: 'instance-postgres', namespace: each.namespace }).then((found) => found.data),
      );
      return Promise.all(passwords);
    };
    start();
    await vi.waitFor(() => expect(jobs.every((job) => job.state === 'completed')).toBe(true), {
      timeout: patienceMs,
      interval: 50,
    });
    const before = await allSecrets();
    const random = seeded(20261121).fraction;
    for (let kill = 0; kill < 10; kill += 1) {
      for (const each of many) plane.want(each, 'running');
      await sleep(100 + 1_400 * random());
      await shop.killHelms();
      if (random() < 0.5) continue;
      // The container's end: provisioner and helm together, so the lease may be over at once.
      await running.at(-1)?.stop('SIGKILL');
      await shop.killHelms();
      for (const job of plane.jobs) plane.expire(job);
      start();
    }
    // An expired job that ran again may have reached the generation of the one that waits behind it.
    await vi.waitFor(
      () => {
        const observed = many.map((each) => each.observed);
        expect(observed, running.at(-1)?.output()).toEqual(many.map((each) => each.generation));
        expect(plane.jobs.filter((job) => job.state === 'waiting' || job.state === 'active')).toEqual([]);
      },
      { timeout: patienceMs, interval: 100 },
    );
    // A revision that was rolled back over keeps its mark in the history; what a release is, its latest one says.
    for (const each of many) expect(await status(each)).toBe('deployed');
    expect(await allSecrets()).toEqual(before);
    for (const each of many) await core.deleteNamespace({ name: each.namespace });
  });

  it('a cluster that goes away and comes back: said once, nothing claimed meanwhile, then the job is done', async () => {
    const proxy = await startProxy(cluster.kubeconfig, shop.folder);
    proxy.down();
    const one = start({ KUBECONFIG: proxy.kubeconfig });
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(one.output()).toContain('"dependency":"cluster"'), {
      timeout: patienceMs,
      interval: 100,
    });
    await sleep(1_500);
    expect(job).toMatchObject({ state: 'waiting', attempts: 0 });
    proxy.up();
    await settled(job);
    expect(one.output().match(/cluster: .*trying again/g)).toHaveLength(1);
    expect(one.output()).toMatch(/cluster: back after \d+ s/);
    await proxy.stop();
  });
});
