/** A mistake in the operator's own values is said at start, in one line, and is never a customer's failed deployment. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { monotonic } from '../../provisioner/clock.ts';
import { helmEnv, helmOf } from '../../provisioner/helm.ts';
import { optionalKinds } from '../../provisioner/optional-kinds.ts';
import { checkValues, valuesWatch } from '../../provisioner/values-check.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { startFakeControlPlane } from './fake-control-plane.ts';
import { shippedChart, startProvisioner } from './real-cluster.ts';

describeWithTools(['helm'], 'the operator’s values', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantry-values-check-'));
    file = join(folder, 'operator, our own.yaml');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const helm = () =>
    helmOf({ bin: toolPath('helm'), env: helmEnv({ PATH: process.env['PATH'] ?? '' }, undefined, folder) });
  const chart = () => ({ path: shippedChart, valuesFile: file });
  const limits = () => ({ workUntil: monotonic() + 60_000, minMs: 0, signal: new AbortController().signal });

  it.each([
    ['an unknown name', 'api: {imgae: {tag: "2"}}\n', /imgae/],
    ['a value of another type', 'postgres: {uid: many}\n', /uid/],
    ['a wrong quota', 'quota: {cpu: [8]}\n', /cpu/],
    ['what only a dedicated Grafana asks for', 'grafana: {resources: {requests: {cpu: "2"}}}\n', /grafana\.resources/],
    [
      'what only a dedicated Prometheus asks for',
      'dedicatedPrometheus: {podLabels: {app: x}}\n',
      /dedicatedPrometheus/,
    ],
    ['no map', '- api\n', /holds no map of values/],
  ])('with %s are refused in one line that names it', async (_name, text, words) => {
    await writeFile(file, text);
    const checked = await checkValues(helm(), chart(), limits(), optionalKinds);
    expect(checked).toEqual({ ok: false, error: expect.stringMatching(words) });
    expect(!checked.ok && checked.error).not.toContain('\n');
  });

  it('that the chart takes are taken, empty ones too', async () => {
    for (const text of ['', '# nothing yet\n', 'api: {image: {repository: registry.example.com/api}}\n']) {
      await writeFile(file, text);
      expect(await checkValues(helm(), chart(), limits(), optionalKinds)).toEqual({ ok: true, value: undefined });
    }
  });

  it('are looked at again when the file has changed, and only then', async () => {
    await writeFile(file, 'api: {}\n');
    let asked = 0;
    const counted: typeof checkHelm = (...args) => {
      asked += 1;
      return checkHelm(...args);
    };
    const checkHelm = helm();
    const watch = valuesWatch(counted, chart(), monotonic, async () => optionalKinds);
    expect(await watch()).toMatchObject({ ok: true });
    const first = asked;
    expect(await watch()).toMatchObject({ ok: true });
    expect(asked).toBe(first);
    await writeFile(file, 'apl: {image: {tag: "2"}}\n');
    expect(await watch()).toMatchObject({ ok: false, error: expect.stringMatching(/^HELM_VALUES_FILE: .*apl/) });
    await rm(file);
    expect(await watch()).toMatchObject({ ok: false, error: expect.stringMatching(/no such file/) });
  });

  it('that ask for kinds of other projects are taken where the cluster has them, and asked about again until it has', async () => {
    const kinds: string[] = [];
    const watch = valuesWatch(helm(), chart(), monotonic, async () => kinds);
    await writeFile(file, 'serviceMonitors: {enabled: true}\ningress: {requireCertManager: true}\n');
    expect(await watch()).toMatchObject({
      error: expect.stringMatching(
        /serviceMonitors\.enabled: the cluster has no .*requireCertManager: the cluster has no/,
      ),
    });
    kinds.push(...optionalKinds);
    expect(await watch()).toMatchObject({ ok: true });
  });

  it('stop the provisioner at start when they are mistyped', async () => {
    await writeFile(file, 'apl: {image: {tag: "2"}}\n');
    const kubeconfig = join(folder, 'kubeconfig');
    const server = { name: 'none', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'none', context: { cluster: 'none', user: 'none' } };
    const users = [{ name: 'none', user: { token: 'none' } }];
    await writeFile(
      kubeconfig,
      JSON.stringify({ clusters: [server], users, contexts: [context], 'current-context': 'none' }),
    );
    const plane = await startFakeControlPlane();
    const wrong = startProvisioner(plane, {
      KUBECONFIG: kubeconfig,
      HELM_BIN: toolPath('helm'),
      HELM_CHART_PATH: shippedChart,
      HELM_VALUES_FILE: file,
    });
    expect(await wrong.exited).toBeGreaterThan(0);
    await plane.stop();
    const lines = wrong.output().trimEnd().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^provisioner: HELM_VALUES_FILE: .*apl.* \(values_invalid\)$/)]);
  });
});
