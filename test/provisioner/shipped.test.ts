/** charts/provisioner as it renders: a hardened pod, tokens by reference only, closed values, and what it may reach. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { KubernetesObject, V1ConfigMap, V1Deployment, V1NetworkPolicy } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { readConfig } from '../../provisioner/env.ts';
import { digest } from '../charts/operator-values.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

const run = promisify(execFile);
const chart = resolve(import.meta.dirname, '../../charts/provisioner');

describeWithTools(['helm'], 'the chart of the provisioner', () => {
  let folder: string;
  let shapes: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantry-provisioner-chart-'));
    shapes = (await readdir(join(chart, 'ci'))).map((file) => join(chart, 'ci', file));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function render(files: string[], flags: string[] = []): Promise<KubernetesObject[]> {
    const values = files.flatMap((file) => ['--values', file]);
    const { stdout } = await run(toolPath('helm'), [
      'template',
      ...values,
      ...flags,
      '--namespace',
      'tenantry',
      '--',
      't',
      chart,
    ]);
    return parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
  }
  const pick = <T extends KubernetesObject>(objects: KubernetesObject[], kind: string): T => {
    const found = objects.find((object) => object.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found as T;
  };
  const podOf = (objects: KubernetesObject[]) => pick<V1Deployment>(objects, 'Deployment').spec?.template.spec;
  const defaults = () => join(chart, 'ci/default-values.yaml');

  it('is linted without a word in every shape that it supports', async () => {
    for (const shape of shapes) await run(toolPath('helm'), ['lint', '--strict', '--values', shape, '--', chart]);
    expect(shapes).toHaveLength(2);
  });

  it('runs without any privilege, on a file system that it cannot write', async () => {
    for (const shape of shapes) {
      const pod = podOf(await render([shape]));
      expect(pod?.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: true });
      expect(pod?.containers).toHaveLength(1);
      expect(pod?.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod?.hostNetwork ?? pod?.hostPID ?? false).toBe(false);
    }
  });

  it('gives the program an environment that it takes, and tokens by reference only', async () => {
    for (const shape of shapes) {
      const env = podOf(await render([shape]))?.containers[0]?.env ?? [];
      const tokens = env.filter(({ valueFrom }) => valueFrom !== undefined);
      expect(tokens.map(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef])).toEqual([
        ['PROVISIONER_TOKEN', { name: 'tenantry-provisioner', key: 'provisioner-token' }],
        ['QUEUE_API_TOKEN', { name: 'tenantry-provisioner', key: 'queue-api-token' }],
      ]);
      const given = Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'token']));
      expect(readConfig({ ...given, KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toMatchObject({ ok: true });
    }
  });

  it('is the image of the tag, or of the digest where the operator has one', async () => {
    const imageOf = async (image: object) => {
      const path = join(folder, 'image.yaml');
      await writeFile(path, stringify({ image }));
      return podOf(await render([defaults(), path]))?.containers[0]?.image;
    };
    expect(await imageOf({})).toBe('tenantry/provisioner:0.1.0');
    expect(await imageOf({ repository: 'registry.example:5000/provisioner', digest })).toBe(
      `registry.example:5000/provisioner@${digest}`,
    );
  });

  it('names the proxies that the operator named', async () => {
    const env = podOf(await render([join(chart, 'ci/private-values.yaml')]))?.containers[0]?.env ?? [];
    expect(env.filter(({ name }) => name.endsWith('_PROXY'))).toEqual([
      { name: 'HTTPS_PROXY', value: 'http://proxy.internal.example:8443' },
      { name: 'NO_PROXY', value: '10.96.0.0/12,.internal.example' },
    ]);
  });

  it('hands the operator’s own values for customers’ stacks over as they are', async () => {
    const shape = join(chart, 'ci/private-values.yaml');
    const map = pick<V1ConfigMap>(await render([shape]), 'ConfigMap');
    const { instanceValues } = parse(await readFile(shape, 'utf8'));
    expect(parse(map.data?.['instance-values.yaml'] ?? '')).toEqual(instanceValues);
  });

  it('is probed where the program answers, and not started anew for an outage of what it asks', async () => {
    const [container] = podOf(await render([defaults()]))?.containers ?? [];
    const port = container?.ports?.find(({ name }) => name === 'health')?.containerPort;
    expect(container?.env).toContainEqual({ name: 'HEALTH_CHECK_PORT', value: String(port) });
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'health' });
    expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'health' });
    expect(container?.startupProbe).toBeUndefined();
  });

  it('is found by a Prometheus once: by annotations, or by a PodMonitor where the cluster has the kind', async () => {
    const annotationsOf = (objects: KubernetesObject[]) =>
      pick<V1Deployment>(objects, 'Deployment').spec?.template.metadata?.annotations;
    const plain = await render([defaults()]);
    expect(annotationsOf(plain)).toMatchObject({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' });
    expect(plain.some(({ kind }) => kind === 'PodMonitor')).toBe(false);
    const path = join(folder, 'monitored.yaml');
    await writeFile(path, stringify({ podMonitor: { enabled: true, labels: { release: 'mine' } } }));
    const has = ['--api-versions', 'monitoring.coreos.com/v1/PodMonitor'];
    const monitored = await render([defaults(), path], has);
    expect(annotationsOf(monitored)).not.toHaveProperty('prometheus.io/scrape');
    const selected = pick<V1Deployment>(monitored, 'Deployment').spec?.selector.matchLabels;
    expect(pick(monitored, 'PodMonitor')).toMatchObject({
      metadata: { labels: { release: 'mine', 'app.kubernetes.io/name': 'provisioner' } },
      spec: {
        selector: { matchLabels: selected },
        podMetricsEndpoints: [{ port: 'health', path: '/metrics', interval: '30s' }],
      },
    });
    await expect(render([defaults(), path])).rejects.toThrow(/podMonitor\.enabled: the cluster has no PodMonitor/);
  });

  it('is reached by Prometheus alone, and every rule of what it reaches names peers and ports', async () => {
    for (const shape of shapes) {
      const { spec } = pick<V1NetworkPolicy>(await render([shape]), 'NetworkPolicy');
      expect(spec).toMatchObject({
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
                podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
              },
            ],
            ports: [{ port: 'health', protocol: 'TCP' }],
          },
        ],
      });
      expect(spec?.egress).toHaveLength(3);
      for (const { to, ports } of spec?.egress ?? []) {
        expect(to?.length).toBeGreaterThan(0);
        expect(ports?.length).toBeGreaterThan(0);
      }
    }
  });

  it.each<[string, object, RegExp]>([
    ['an unknown name', { imagePullSecret: 'x' }, /additional properties 'imagePullSecret' not allowed/],
    ['an unknown name further in', { queue: { token: 'x' } }, /additional properties 'token' not allowed/],
    ['a digest that is none', { image: { digest: 'sha256:abc' } }, /digest/],
    ['an address that is none', { billingApiUrl: 'billing' }, /billingApiUrl/],
    ['a password among the values', { proxy: { https: 'http://me:word@proxy.example:3128' } }, /proxy/],
    ['a time that is too short', { jobTimeoutMs: 10 }, /jobTimeoutMs/],
    ['a time that is none between looks', { podMonitor: { interval: 'often' } }, /podMonitor/],
    ['a policy that would let everybody in', { networkPolicy: { prometheus: { podLabels: null } } }, /podLabels/],
    ['a policy that would let everything out', { networkPolicy: { outside: { ports: [], blocks: [] } } }, /minItems/],
  ])('refuses %s', async (_name, values, words) => {
    const path = join(folder, 'values.yaml');
    await writeFile(path, stringify(values));
    await expect(render([defaults(), path])).rejects.toThrow(words);
  });

  it('refuses to be installed without the addresses that only the operator knows', async () => {
    await expect(render([])).rejects.toThrow(/billingApiUrl/);
  });
});
