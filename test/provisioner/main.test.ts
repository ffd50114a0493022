/** The program as it is started: what it refuses, how it simulates, how it ends. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProvisioner } from '../../provisioner/bundle.ts';
import { simulatedNamespace } from '../../src/contracts/simulated-cluster.ts';
import { sha256Hex } from '../../src/lib/keys.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment } from './fake-job.ts';
import { type ProvisionerProcess, startProvisioner } from './real-cluster.ts';

let plane: FakeControlPlane;
let folder: string;
let one: ProvisionerProcess | null;

beforeEach(async () => {
  plane = await startFakeControlPlane();
  folder = await mkdtemp(join(tmpdir(), 'tenantry-main-test-'));
  one = null;
});
afterEach(async () => {
  await one?.stop('SIGKILL');
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (env: Record<string, string>): ProvisionerProcess => {
  one = startProvisioner(plane, env);
  return one;
};
const reached = (on: FakeDeployment) =>
  vi.waitFor(() => expect(on.observed, one?.output()).toBe(on.generation), { timeout: 120_000, interval: 50 });

describe('a wrong configuration', () => {
  it('ends it with code 1 and one line per variable', async () => {
    const wrong = start({ QUEUE_CONCURRENCY: 'many', BILLING_API_URL: 'nowhere', KUBECONFIG: '/x' });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output().trim().split('\n')).toEqual([
      'provisioner: BILLING_API_URL must be an http or https URL, without a user, a query or a fragment',
      'provisioner: QUEUE_CONCURRENCY must be a whole number from 1 to 50, not "many"',
    ]);
  });

  it('ends it when helm is missing or the kubeconfig cannot be read', async () => {
    const wrong = start({ HELM_BIN: join(folder, 'no-helm'), KUBECONFIG: join(folder, 'none') });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).toMatch(/HELM_BIN: .*no-helm cannot be run: .*\(helm_missing\)\n/);
    expect(wrong.output()).toMatch(/KUBECONFIG: ENOENT.*\(kubeconfig_invalid\)\n/);
    expect(plane.seen.next).toBe(0);
  });

  it('ends it when helm is too old', async () => {
    const old = join(folder, 'helm');
    await writeFile(old, '#!/bin/sh\necho v3.14.0\n', { mode: 0o755 });
    const wrong = start({ HELM_BIN: old, KUBECONFIG: join(folder, 'none') });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).toContain('HELM_BIN: v3.14.0 is too old, 3.20.2 or 4.1.4 is needed (helm_too_old)');
  });
});

describe('arguments', () => {
  it('are not taken: it ends with code 2', async () => {
    one = startProvisioner(plane, {}, undefined, ['--simulate']);
    expect(await one.exited).toBe(2);
    expect(one.output()).toBe('provisioner: arguments are not taken: environment variables configure it\n');
  });
});

describe('a wrong file of the operator’s values', () => {
  it.each([
    ['is not there', null, /ENOENT: no such file/],
    ['is not YAML', 'api: [\n', /values\.yaml: .* at line 2, column 1 \(values_invalid\)/],
    ['is no map', '- api\n', /values\.yaml holds no map of values/],
    ['is a folder', '/', /EISDIR/],
  ])('that %s ends it with one line', async (_name, text, line) => {
    const path = text === '/' ? folder : join(folder, 'values.yaml');
    if (text !== null && text !== '/') await writeFile(path, text);
    const wrong = start({ HELM_BIN: '/no-helm', KUBECONFIG: '/none', HELM_VALUES_FILE: path });
    expect(await wrong.exited).toBe(1);
    const lines = wrong
      .output()
      .split('\n')
      .filter((each) => each.includes('HELM_VALUES_FILE'));
    expect(lines).toEqual([expect.stringMatching(/^provisioner: HELM_VALUES_FILE: .* \(values_invalid\)$/)]);
    expect(lines[0]).toMatch(line);
  });

  it('what it takes may be empty, or only comments', async () => {
    await writeFile(join(folder, 'values.yaml'), '# nothing yet\n');
    const wrong = start({ HELM_BIN: '/no-helm', KUBECONFIG: '/none', HELM_VALUES_FILE: join(folder, 'values.yaml') });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).not.toContain('HELM_VALUES_FILE');
  });
});

it('what killed ones left of Helm’s folders goes when the next starts; a running one keeps its own', async () => {
  const [running, killed] = [`tenantry-helm-${process.pid}-a`, 'tenantry-helm-2147483647-a'];
  for (const name of [running, killed, 'tenantry-helm-of-somebody'])
    await mkdir(join(folder, name, 'kube'), { recursive: true });
  await start({ HELM_BIN: '/no-helm', KUBECONFIG: '/none', TMPDIR: folder }).exited;
  expect(await readdir(folder)).toEqual([running, 'tenantry-helm-of-somebody']);
});

describeWithTools(['helm'], 'a wrong chart', () => {
  it.each([
    ['is not there', '/nowhere/chart', /there is no chart at \/nowhere\/chart/],
    ['cannot be read by Helm', null, /Chart\.yaml/],
  ])('that %s ends it', async (_name, path, line) => {
    await writeFile(
      join(folder, 'kubeconfig'),
      'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n',
    );
    await writeFile(join(folder, 'Chart.yaml'), 'x: [');
    const wrong = start({
      HELM_BIN: toolPath('helm'),
      HELM_CHART_PATH: path ?? folder,
      KUBECONFIG: join(folder, 'kubeconfig'),
    });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output()).toMatch(/HELM_CHART_PATH: .*\(chart_broken\)/);
    expect(wrong.output()).toMatch(line);
    expect(wrong.output()).toContain('KUBECONFIG: the kubeconfig names no current context (kubeconfig_invalid)');
  });
});

describe('simulation', () => {
  const simulate = () => start({ SIMULATE_K8S_DEPLOYMENT: 'true', SIMULATED_CLUSTER_DIR: join(folder, 'sim') });
  const stateOf = async (on: FakeDeployment) =>
    simulatedNamespace.parse(JSON.parse(await readFile(join(folder, 'sim', `${on.namespace}.json`), 'utf8')));

  it('takes seconds, reports progress, and keeps one private file per namespace with a registered key', async () => {
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    const begun = Date.now();
    simulate();
    await reached(on);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(3_000);
    expect(job.progress.length).toBeGreaterThan(2);
    const state = await stateOf(on);
    expect(state).toMatchObject({
      customer_id: on.customerId,
      reporter_id: on.reporterId,
      application: { reporter_id: on.appReporterId },
      phase: 'running',
      metering: true,
      namespace: on.namespace,
      runs: [{ from: expect.any(String), until: null }],
    });
    const applications = state.application?.api_key ?? '';
    expect(plane.reporters.get(on.reporterId)).toBe(await sha256Hex(state.api_key));
    expect(plane.reporters.get(on.appReporterId ?? '')).toBe(await sha256Hex(applications));
    expect((await stat(join(folder, 'sim', `${on.namespace}.json`))).mode & 0o777).toBe(0o600);
    for (const key of [state.api_key, applications]) expect(one?.output()).not.toContain(key);

    plane.reporters.clear();
    on.draining = true;
    plane.want(on, 'suspended');
    await reached(on);
    const draining = await stateOf(on);
    const ended = [{ ...state.runs[0], until: expect.any(String) }];
    expect(draining).toEqual({ ...state, phase: 'suspended', metering: true, runs: ended });
    on.draining = false;
    plane.want(on, 'suspended');
    await reached(on);
    expect(await stateOf(on)).toEqual({ ...draining, metering: false });
    expect(plane.reporters.get(on.reporterId)).toBe(await sha256Hex(state.api_key));

    plane.want(on, 'deleted');
    await reached(on);
    expect(await readdir(join(folder, 'sim'))).toEqual([]);
  });

  it('makes another key when a person has revoked the one that it has', async () => {
    const on = plane.deployment();
    plane.want(on, 'running');
    simulate();
    await reached(on);
    const first = plane.reporters.get(on.reporterId) ?? '';
    plane.revoked.add(first);
    plane.want(on, 'running');
    await reached(on);
    expect(plane.reporters.get(on.reporterId)).not.toBe(first);
    const { api_key: another, application } = await stateOf(on);
    expect(plane.reporters.get(on.reporterId)).toBe(await sha256Hex(another));
    expect(plane.reporters.get(on.appReporterId ?? '')).toBe(await sha256Hex(application?.api_key ?? ''));

    plane.revoked.add(await sha256Hex(application?.api_key ?? ''));
    plane.want(on, 'running');
    await reached(on);
    const now = await stateOf(on);
    expect([now.api_key, now.application?.reporter_id]).toEqual([another, on.appReporterId]);
    expect(now.application?.api_key).not.toBe(application?.api_key);
    expect(plane.reporters.get(on.appReporterId ?? '')).toBe(await sha256Hex(now.application?.api_key ?? ''));
  });

  it('of an API that knows one reporter alone has the key of that one', async () => {
    const on = { ...plane.deployment(), appReporterId: null };
    plane.want(on, 'running');
    simulate();
    await reached(on);
    expect(await stateOf(on)).not.toHaveProperty('application');
    expect(plane.reporters.has(on.reporterId)).toBe(true);
  });

  it('a kill -9 in the middle costs a lease and nothing else', async () => {
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    const first = simulate();
    await vi.waitFor(() => expect(job.progress.length).toBeGreaterThan(0), { timeout: 60_000, interval: 20 });
    await first.stop('SIGKILL');
    plane.expire(job);
    simulate();
    await reached(on);
    expect(job).toMatchObject({ state: 'completed', failures: [] });
  });

  it('after a signal it takes nothing more, ends what it has begun, and ends with 0', async () => {
    const [begun, later] = [plane.deployment(), plane.deployment()];
    const job = plane.want(begun, 'running');
    const running = simulate();
    await vi.waitFor(() => expect(job.state).toBe('active'), { timeout: 60_000, interval: 20 });
    running.child.kill('SIGTERM');
    await vi.waitFor(() => expect(running.output()).toContain('taking no more work'), {
      timeout: 60_000,
      interval: 10,
    });
    // A question that was on its way when the signal came may still bring a job; what comes after is not asked for. The job's
    // own next word was sent later than any such question.
    const said = job.progress.length;
    await vi.waitFor(() => expect(job.state === 'completed' || job.progress.length > said).toBe(true), {
      timeout: 60_000,
      interval: 10,
    });
    plane.want(later, 'running');
    expect(await running.exited).toBe(0);
    expect([begun.observed, later.observed]).toEqual([1, 0]);
  });
});

it('the bundle is one file that runs by itself', async () => {
  const entry = await bundleProvisioner(join(folder, 'alone', 'provisioner.mjs'));
  expect(await readdir(join(folder, 'alone'))).toEqual(['provisioner.mjs']);
  one = startProvisioner(plane, { SIMULATE_K8S_DEPLOYMENT: 'true', SIMULATED_CLUSTER_DIR: join(folder, 'sim') }, entry);
  const on = plane.deployment();
  plane.want(on, 'running');
  await reached(on);
});
