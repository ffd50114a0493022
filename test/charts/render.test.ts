/** What a customer's namespace gets from charts/customer-instance, by plan, and what suspending changes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1LimitRange,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1PodTemplateSpec,
  V1ResourceQuota,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../exporter/config.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, plans } from './example.ts';
import { chartPath, lint, type Manifest, pick, render } from './helm.ts';
import { componentsOf, partsOf } from './parts.ts';

interface Workload {
  spec: { replicas: number; selector: { matchLabels: Record<string, string> }; template: V1PodTemplateSpec };
}
const workloads = (objects: Manifest[]): Workload[] =>
  objects.filter((object) => ['Deployment', 'StatefulSet'].includes(object.kind)) as unknown as Workload[];
const podOf = (workload: Workload): V1PodSpec => workload.spec.template.spec ?? { containers: [] };
const containersOf = (objects: Manifest[]): V1Container[] =>
  workloads(objects).flatMap((workload) => podOf(workload).containers);

describeWithTools(['helm'], 'the customer-instance chart', () => {
  it('passes helm lint in every shape that it has values of', async () => {
    const shapes = join(chartPath, 'ci');
    for (const file of await readdir(shapes)) {
      const values: Record<string, unknown> = parse(await readFile(join(shapes, file), 'utf8'));
      expect([file, await lint(values)]).toEqual([file, expect.objectContaining({ ok: true })]);
    }
  });

  it('names its objects after the release, as operators know them', async () => {
    const objects = await render(exampleValues());
    expect(new Set(objects.map((object) => `${object.kind} ${object.metadata.name}`)).size).toBe(objects.length);
    for (const { metadata } of objects) expect(metadata.name).toMatch(/^cb4c867f4-customer-instance-[a-z-]+$/);
    const pods = workloads(objects) as unknown as Manifest[];
    expect(pods.map(({ metadata }) => metadata.name).sort()).toEqual(
      componentsOf('starter').map((component) => `cb4c867f4-customer-instance-${component}`),
    );
  });

  it.each(plans)(
    'has the parts of %s, each with a service account of its own and a bound on how many are taken away',
    async (plan) => {
      const objects = await render(exampleValues({ plan }));
      for (const kind of ['ServiceAccount', 'PodDisruptionBudget']) {
        const found = objects.filter((object) => object.kind === kind);
        expect(found.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']).sort()).toEqual(
          componentsOf(plan),
        );
      }
      for (const { component, kind } of partsOf(plan)) {
        const { spec } = pick<V1Deployment>(objects, kind, component);
        expect(spec?.template.spec?.serviceAccountName).toBe(`cb4c867f4-customer-instance-${component}`);
        expect(pick<V1PodDisruptionBudget>(objects, 'PodDisruptionBudget', component).spec).toEqual({
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
          selector: spec?.selector,
        });
      }
      const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
      expect(policies.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']).sort()).toEqual(
        [...componentsOf(plan), 'acme-solver', 'default-deny'].sort(),
      );
    },
  );

  it('selects pods by labels that neither a plan nor a chart version changes', async () => {
    for (const workload of workloads(await render(exampleValues({ plan: 'enterprise' })))) {
      const { matchLabels } = workload.spec.selector;
      expect(Object.keys(matchLabels).sort()).toEqual([
        'app.kubernetes.io/component',
        'app.kubernetes.io/instance',
        'app.kubernetes.io/name',
      ]);
      expect(workload.spec.template.metadata?.labels).toMatchObject(matchLabels);
    }
  });

  it('asks for what each part is specified to use', async () => {
    const requests = containersOf(await render(exampleValues({ plan: 'enterprise' }))).map(({ name, resources }) => [
      name,
      `${resources?.requests?.['cpu']} ${resources?.requests?.['memory']}`,
    ]);
    expect(Object.fromEntries(requests)).toEqual({
      api: '250m 256Mi',
      // Together, as the pod is specified: 250m and 256Mi.
      postgres: '240m 232Mi',
      metrics: '10m 24Mi',
      mosquitto: '100m 64Mi',
      'mosquitto-exporter': '50m 64Mi',
      dashboard: '100m 128Mi',
      redis: '100m 256Mi',
      'billing-exporter': '50m 64Mi',
      opencost: '200m 256Mi',
      prometheus: '500m 1Gi',
      grafana: '100m 128Mi',
    });
  });

  it('bounds the namespace by its plan', async () => {
    const bounds = {
      starter: ['4', '4Gi', '8Gi', '40Gi'],
      professional: ['4', '4Gi', '8Gi', '200Gi'],
      enterprise: ['8', '8Gi', '16Gi', '1000Gi'],
    } as const;
    for (const plan of plans) {
      const objects = await render(exampleValues({ plan }));
      const [cpu, memory, ephemeral, storage] = bounds[plan];
      expect(pick<V1ResourceQuota>(objects, 'ResourceQuota', 'quota').spec?.hard).toEqual({
        'requests.cpu': cpu,
        'requests.memory': memory,
        'requests.ephemeral-storage': ephemeral,
        'requests.storage': storage,
        'limits.cpu': cpu,
        'limits.memory': memory,
        'limits.ephemeral-storage': ephemeral,
        pods: '30',
        persistentvolumeclaims: '8',
        services: '20',
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      });
      expect(pick<V1LimitRange>(objects, 'LimitRange', 'limits').spec?.limits.map(({ type }) => type)).toEqual([
        'Container',
        'PersistentVolumeClaim',
      ]);
    }
  });

  it('runs every container without root, privileges, a writable image or a token of the API server', async () => {
    for (const workload of workloads(await render(exampleValues({ plan: 'enterprise' })))) {
      const pod = podOf(workload);
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.securityContext?.runAsUser).toBeGreaterThan(0);
      for (const container of [...(pod.initContainers ?? []), ...pod.containers])
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      for (const container of pod.containers) {
        expect(container.livenessProbe).toBeDefined();
        // A database that nobody measures is still one.
        expect([container.name, container.readinessProbe === undefined]).toEqual([
          container.name,
          container.name === 'metrics',
        ]);
      }
    }
  });

  it('gives PostgreSQL a volume that its own user can write, kept whatever happens to the release', async () => {
    const { spec } = pick<V1StatefulSet>(
      await render(exampleValues({ storageClass: 'fast' })),
      'StatefulSet',
      'postgres',
    );
    expect(spec?.template.spec?.securityContext).toMatchObject({ runAsUser: 70, runAsGroup: 70, fsGroup: 70 });
    expect(spec?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(spec?.volumeClaimTemplates?.map((claim) => claim.spec)).toEqual([
      { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } },
    ]);
  });

  it('takes the default storage class of a cluster that names none', async () => {
    const { spec } = pick<V1StatefulSet>(await render(exampleValues({ storageClass: '' })), 'StatefulSet', 'postgres');
    expect(spec?.volumeClaimTemplates?.[0]?.spec).not.toHaveProperty('storageClassName');
  });

  it('gives exporter and API the key of a reporter each, and neither the other’s', async () => {
    const secretsOf = (objects: Awaited<ReturnType<typeof render>>, part: string) =>
      pick<V1Deployment>(objects, 'Deployment', part).spec?.template.spec?.volumes?.flatMap(
        ({ secret }) => secret?.secretName ?? [],
      );
    const objects = await render(exampleValues());
    expect(secretsOf(objects, 'billing-exporter')).toEqual(['instance-reporter']);
    expect(secretsOf(objects, 'api')).toEqual(['instance-licence', 'instance-app-reporter']);
    const config = pick<V1ConfigMap>(objects, 'ConfigMap', 'api').data;
    expect(config).toMatchObject({
      API_KEY_FILE: '/run/secrets/reporter/api-key',
      LICENSE_KEY_FILE: '/run/secrets/licence/license',
    });
    const pod = pick<V1Deployment>(objects, 'Deployment', 'api').spec?.template.spec;
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({ name: 'spool', mountPath: config?.['SPOOL_DIR'] });
  });

  it('starts the API without a key where the control plane knows no reporters of applications', async () => {
    const objects = await render(exampleValues({ application: false }));
    expect(pick<V1ConfigMap>(objects, 'ConfigMap', 'api').data).not.toHaveProperty('API_KEY_FILE');
    expect(JSON.stringify(pick<V1Deployment>(objects, 'Deployment', 'api'))).not.toContain('reporter');
  });

  it('tells the exporter whom, what and where to report', async () => {
    const objects = await render(exampleValues());
    const config = pick<V1ConfigMap>(objects, 'ConfigMap', 'billing-exporter').data ?? {};
    expect(config).toMatchObject({
      CUSTOMER_ID: 'cust_b4c867f44a92453aba8a2fe3fe5d6e5e',
      INSTANCE_ID: 'k8s-b4c867f4',
      NAMESPACE: 'customer-b4c867f4',
      PROMETHEUS_URL: 'http://prometheus-kube-prometheus-prometheus.monitoring:9090',
      BILLING_API_URL: 'https://billing.example.com',
      COLLECTION_INTERVAL: '3600000',
      HEALTH_CHECK_PORT: '8080',
      HOST_NETWORK: 'none',
      API_KEY_FILE: '/run/secrets/reporter/api-key',
    });
    const deployment = pick<V1Deployment>(objects, 'Deployment', 'billing-exporter');
    expect(deployment.spec?.template.metadata?.labels?.['app']).toBe('billing-exporter');
    const [container] = deployment.spec?.template.spec?.containers ?? [];
    expect(container?.resources?.limits).toEqual({
      cpu: '100m',
      memory: '128Mi',
      'ephemeral-storage': '512Mi',
    });
    const writable = container?.volumeMounts?.filter((mount) => !mount.readOnly).map((mount) => mount.mountPath);
    expect(writable).toEqual([config['SPOOL_DIR']]);
  });

  it('gives the exporter settings that the exporter itself accepts', async () => {
    for (const plan of plans) {
      const config =
        pick<V1ConfigMap>(await render(exampleValues({ plan })), 'ConfigMap', 'billing-exporter').data ?? {};
      expect(readConfig(config, false)).toMatchObject({
        ok: true,
        value: { intervalMs: 3_600_000, hostNetwork: 'none', port: 8080, spoolDir: config['SPOOL_DIR'] },
      });
    }
  });

  it('leaves its own monitoring pods out of the bill, and no pod of the customer', async () => {
    const config = pick<V1ConfigMap>(await render(exampleValues()), 'ConfigMap', 'billing-exporter').data;
    const excluded = new RegExp(config?.['EXCLUDE_PODS'] ?? '');
    const pod = (name: string) => `cb4c867f4-customer-instance-${name}-7df9c4c745-vs2h6`;
    for (const name of ['billing-exporter', 'mosquitto-exporter', 'opencost', 'prometheus', 'grafana'])
      expect(pod(name)).toMatch(excluded);
    expect('cm-acme-http-solver-x7k2p').toMatch(excluded);
    for (const name of ['api', 'postgres', 'mosquitto', 'dashboard', 'redis']) expect(pod(name)).not.toMatch(excluded);
    expect('my-cb4c867f4-customer-instance-grafana-0').not.toMatch(excluded);
  });

  it('suspends by running nothing, with everything else as it was', async () => {
    const running = await render(exampleValues());
    const suspended = await render(exampleValues({ suspended: true }));
    expect(workloads(running).map(({ spec }) => spec.replicas)).toEqual(componentsOf('starter').map(() => 1));
    expect(workloads(suspended).map(({ spec }) => spec.replicas)).toEqual(componentsOf('starter').map(() => 0));
    for (const workload of workloads(suspended)) workload.spec.replicas = 1;
    expect(suspended).toEqual(running);
  });

  it('goes on metering alone, untouched, while a suspended customer’s last window is to be reported', async () => {
    const running = await render(exampleValues());
    const draining = await render(exampleValues({ suspended: true, draining: true }));
    const replicas = (objects: Manifest[]) =>
      Object.fromEntries(
        workloads(objects).map(({ spec }) => [spec.selector.matchLabels['app.kubernetes.io/component'], spec.replicas]),
      );
    expect(replicas(draining)).toEqual(
      Object.fromEntries(
        componentsOf('starter').map((component) => [component, component === 'billing-exporter' ? 1 : 0]),
      ),
    );
    for (const workload of workloads(draining)) workload.spec.replicas = 1;
    expect(draining).toEqual(running);
  });

  it('is metered whenever it runs, whatever the values say', async () => {
    const objects = await render({ ...exampleValues(), metering: false });
    expect(pick<V1Deployment>(objects, 'Deployment', 'billing-exporter').spec?.replicas).toBe(1);
  });

  it('reports the last hour of a suspended customer when it ends, also where hours are collected once a day', async () => {
    const daily = { exporter: { collectionIntervalMs: 86_400_000 } };
    const interval = async (change: Parameters<typeof exampleValues>[0]) =>
      pick<V1ConfigMap>(await render(exampleValues(change), daily), 'ConfigMap', 'billing-exporter').data?.[
        'COLLECTION_INTERVAL'
      ];
    expect(await interval({})).toBe('86400000');
    expect(await interval({ suspended: true, draining: true })).toBe('3600000');
  });
});
