/**
 * The rights that ship are enough and not too many: a customer's whole life under exactly them, with the real Helm on a real
 * control plane, and nothing that was asked was refused, and nothing that is allowed was never asked.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchStrategy, setHeaderOptions, type V1PolicyRule } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusterTools } from '../harness/cluster.ts';
import { addServiceMonitors, serviceMonitors } from '../harness/service-monitors.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type ApiProxy, startApiProxy } from './api-proxy.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type ProvisionerProcess, shippedChart, startProvisioner, type Workshop, workshop } from './real-cluster.ts';
import { installRights, type RightsStage } from './rights-stage.ts';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Rights that an ordinary life need not use, and what they are for. */
const rare: Record<string, string[]> = {
  'Helm lists what it waits for where the API server cannot begin a watch with what is there (before 1.34)': [
    'list configmaps',
    'list services',
    'list serviceaccounts',
    'list limitranges',
    'list networking.k8s.io/ingresses',
    'list networking.k8s.io/networkpolicies',
    'list policy/poddisruptionbudgets',
    'list monitoring.coreos.com/servicemonitors',
    'list rbac.authorization.k8s.io/clusterrolebindings',
  ],
  'nobody asks for it by a call: the API server looks whether a binding may be made': [
    'bind rbac.authorization.k8s.io/clusterroles',
  ],
  'a claim that has lost its volume is given away when the loss is accepted': ['delete persistentvolumeclaims'],
  'a suspension stops what the customer has beside the chart, and what does not stop by itself': [
    'delete pods',
    'patch replicationcontrollers',
    'patch replicationcontrollers/scale',
    'patch apps/replicasets',
    'patch apps/replicasets/scale',
    'patch apps/deployments/scale',
    'patch apps/statefulsets/scale',
    'patch apps/daemonsets',
    'patch batch/jobs',
    'patch batch/cronjobs',
    'update resourcequotas',
  ],
};
const explained = new Set(Object.values(rare).flat());

/** Fifteen runs of Helm, and a namespace that takes its time to go. */
const timeout = 400_000;

const keyOf = (group: string, resource: string, verb: string) =>
  `${verb} ${group === '' ? '' : `${group}/`}${resource}`;
const keysOf = (rules: V1PolicyRule[]): string[] =>
  rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => keyOf(group, resource, verb)))),
  );

describeWithTools(['helm', ...clusterTools], 'under the rights that ship', () => {
  let stage: RightsStage;
  let shop: Workshop;
  let proxy: ApiProxy;
  let plane: FakeControlPlane;
  let one: ProvisionerProcess;
  let forget: (() => Promise<void>) | undefined;
  let shippedRules: V1PolicyRule[];
  /** Of the role that holds in customers' namespaces. */
  const setRules = async (rules: V1PolicyRule[]) => {
    const { rbac, customerRole: name } = stage;
    await rbac.replaceClusterRole({ name, body: { ...(await rbac.readClusterRole({ name })), rules } });
  };
  const settled = (job: FakeJob) =>
    vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [], delays: [] }), {
      timeout: 90_000,
      interval: 50,
    });
  const compare = async (on: FakeDeployment): Promise<FakeJob> => {
    const job = plane.compare(on);
    await settled(job);
    return job;
  };
  /** But for what it asks until the cluster heeds the binding that it has just made. */
  const refused = () =>
    proxy.asked
      .filter(({ status }) => status === 403)
      .map(({ group, resource, verb }) => keyOf(group, resource, verb))
      .filter((key) => key !== 'list persistentvolumeclaims');

  beforeAll(async () => {
    stage = await installRights('rights-test');
    shippedRules = await stage.rulesOf(stage.customerRole);
    shop = await workshop();
    proxy = await startApiProxy(stage.cluster.kubeconfig, shop.folder);
    plane = await startFakeControlPlane({ timeoutMs: 60_000 });
    const tokenFile = join(shop.folder, 'token');
    await writeFile(tokenFile, stage.token, { mode: 0o600 });
    const kubeconfig = await proxy.kubeconfig({ tokenFile });
    const operators = join(shop.folder, 'operator.yaml');
    await writeFile(operators, 'serviceMonitors: {enabled: true}\n');
    one = startProvisioner(plane, {
      ...stage.env,
      KUBECONFIG: kubeconfig,
      HELM_BIN: shop.helmBin,
      HELM_CHART_PATH: shippedChart,
      HELM_VALUES_FILE: operators,
    });
  });
  afterAll(async () => {
    await one?.stop();
    await plane?.stop();
    await proxy?.stop();
    await forget?.();
    await shop?.remove();
    await stage?.stop();
  });

  it('a kind that the operator’s values ask for is waited for by its name, and once the cluster has it the same job gets there', {
    timeout,
  }, async () => {
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(1), { timeout: 60_000 });
    expect(job.delays[0]).toMatchObject({ code: 'values_invalid', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(
      /HELM_VALUES_FILE: .*serviceMonitors\.enabled: the cluster has no ServiceMonitor/,
    );
    forget = await addServiceMonitors(stage.admin);
    await vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 90_000,
    });
    expect(await serviceMonitors(stage.admin, on.namespace)).toEqual(
      ['mosquitto-exporter', 'postgres'].map((part) => `${on.release}-customer-instance-${part}`),
    );
    await settled(plane.want(on, 'deleted'));
  });

  it('a customer is installed, upgraded twelve times, compared, suspended, resumed and deleted; every right is used', {
    timeout,
  }, async () => {
    const { core, rbac, customerRole } = stage;
    const on = plane.deployment();
    await settled(plane.want(on, 'running'));
    for (let upgrade = 1; upgrade <= 12; upgrade += 1) {
      on.companyName = `Acme ${upgrade}`;
      await settled(plane.want(on, 'running'));
    }
    const kept = await core.listNamespacedSecret({ namespace: on.namespace, labelSelector: 'owner=helm' });
    expect(kept.items).toHaveLength(10);
    const stripped = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } } };
    // As it is where a customer is older than the role: the next job binds it, whatever it is.
    await rbac.deleteNamespacedRoleBinding({ name: customerRole, namespace: on.namespace });
    await core.patchNamespace({ name: on.namespace, body: stripped }, merge);
    await core.deleteNamespacedSecret({ name: 'instance-licence', namespace: on.namespace });
    const compared = await compare(on);
    expect(compared.drift.map(({ object, kind }) => `${kind} ${object}`)).toEqual([
      `changed Namespace/${on.namespace}`,
      'missing Secret/instance-licence',
    ]);
    const nobody = { subjects: [{ kind: 'ServiceAccount', name: 'nobody', namespace: on.namespace }] };
    await rbac.patchNamespacedRoleBinding({ name: customerRole, namespace: on.namespace, body: nobody }, merge);
    for (const phase of ['suspended', 'running'] as const) await settled(plane.want(on, phase));
    expect((await compare(on)).drift).toEqual([]);
    await settled(plane.want(on, 'deleted'));
    await expect(core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });

    expect(refused()).toEqual([]);
    // What a patch made anew (201) needed the right to create, too.
    const used = new Set(
      proxy.asked.flatMap(({ group, resource, verb, status }) =>
        [keyOf(group, resource, verb), status === 201 ? keyOf(group, resource, 'create') : []].flat(),
      ),
    );
    const shipped = keysOf([...(await stage.rulesOf(stage.name)), ...shippedRules]);
    expect(shipped.filter((key) => !used.has(key) && !explained.has(key))).toEqual([]);
    expect([...explained].filter((key) => !shipped.includes(key))).toEqual([]);
  });

  it('a right that is missing is said by its name, costs no run, and once it is given the job gets there', {
    timeout,
  }, async () => {
    const lacking = shippedRules.map((rule) =>
      rule.resources?.includes('secrets') ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'list') } : rule,
    );
    await setRules(lacking);
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(3), { timeout: 60_000 });
    expect(job.delays[0]).toMatchObject({ code: 'forbidden', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(/cannot list resource "secrets"/);
    expect(job).toMatchObject({ state: expect.stringMatching(/waiting|active/), failures: [] });
    await setRules(shippedRules);
    await vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 60_000,
    });
    const gone = plane.want(on, 'deleted');
    await vi.waitFor(() => expect(gone.state).toBe('completed'), { timeout: 60_000 });
  });

  it('a right of its own that the cluster does not heed is waited for and said by its name, and costs no run', {
    timeout,
  }, async () => {
    await setRules([]);
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(0), { timeout: 60_000 });
    expect(job.delays[0]).toMatchObject({ code: 'forbidden', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toContain(
      `RoleBinding ${stage.customerRole} of namespace ${on.namespace} was made and gives nothing yet`,
    );
    await setRules(shippedRules);
    for (const each of [job, plane.want(on, 'deleted')])
      await vi.waitFor(() => expect(each, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
        timeout: 60_000,
      });
  });

  it('a namespace that does not go takes the right to look into it along, and what holds it is said all the same', {
    timeout,
  }, async () => {
    const { core, rbac, customerRole } = stage;
    const on = plane.deployment();
    await settled(plane.want(on, 'running'));
    const stuck = { name: 'stuck', namespace: on.namespace };
    const keep = { metadata: { name: 'stuck', finalizers: ['example.com/keep'] } };
    await core.createNamespacedConfigMap({ namespace: on.namespace, body: keep });
    plane.times.timeoutMs = 20_000;
    const job = plane.want(on, 'deleted');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(1), { timeout: 90_000 });
    await expect(rbac.readNamespacedRoleBinding({ ...stuck, name: customerRole })).rejects.toMatchObject({ code: 404 });
    for (const delay of job.delays) {
      expect(delay).toMatchObject({ code: 'namespace_terminating', scope: 'cluster' });
      expect(delay.message).toMatch(/example\.com\/keep in 1 resource instances/);
    }
    await core.replaceNamespacedConfigMap({ ...stuck, body: { metadata: { name: 'stuck' } } });
    await vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 60_000,
    });
  });
});
