/** What of a customer is in no namespace goes with the customer, also where somebody has deleted the namespace by hand. */
import { RbacAuthorizationV1Api, type V1ClusterRoleBinding } from '@kubernetes/client-node';
import { expect, it, vi } from 'vitest';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { patienceMs, setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment } from './fake-job.ts';
import { shippedChart } from './real-cluster.ts';

describeWithTools(['helm', ...clusterTools], 'the binding by which a customer’s OpenCost reads the cluster', () => {
  const stage = setClusterStage();
  const { customer, settled, start } = stage;
  const rbac = () => stage.config.makeApiClient(RbacAuthorizationV1Api);
  const nameOf = (on: FakeDeployment) => `${on.release}-customer-instance-opencost`;
  const bindingOf = (on: FakeDeployment) => rbac().readClusterRoleBinding({ name: nameOf(on) });
  const stands = (on: FakeDeployment) =>
    bindingOf(on).then(
      () => true,
      (error: { code?: number }) => error.code !== 404,
    );
  const deletedByHand = (on: FakeDeployment) => stage.core.deleteNamespace({ name: on.namespace });
  const untilGone = (on: FakeDeployment) =>
    vi.waitFor(
      async () => await expect(stage.core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 }),
      { timeout: patienceMs, interval: 200 },
    );

  it('goes with a customer whose namespace is gone, or just going, and with a suspension that finds none', async () => {
    await start(shippedChart);
    const [gone, going, suspended] = [customer(), customer(), customer()];
    const all = [gone, going, suspended];
    await Promise.all(all.map((on) => settled(stage.plane.want(on, 'running'))));
    for (const on of all) expect((await bindingOf(on)).subjects).toMatchObject([{ namespace: on.namespace }]);
    await Promise.all([deletedByHand(gone), deletedByHand(suspended)]);
    await Promise.all([untilGone(gone), untilGone(suspended)]);
    // Held until the release's record has gone, and our rights with it.
    const { namespace } = going;
    const held = { namespace, body: { metadata: { name: 'held', finalizers: ['example.com/keep'] } } };
    await stage.core.createNamespacedConfigMap(held);
    await deletedByHand(going);
    const secrets = async () => (await stage.core.listNamespacedSecret({ namespace })).items;
    await vi.waitFor(async () => expect(await secrets()).toEqual([]), { timeout: patienceMs, interval: 200 });
    const jobs = [
      stage.plane.want(gone, 'deleted'),
      stage.plane.want(going, 'deleted'),
      stage.plane.want(suspended, 'suspended'),
    ];
    await stage.core.replaceNamespacedConfigMap({ namespace, name: 'held', body: { metadata: { name: 'held' } } });
    await Promise.all(jobs.map((job) => settled(job)));
    expect(await Promise.all(all.map(stands)), stage.output()).toEqual([false, false, false]);
  });

  it('is left alone where it is somebody else’s', async () => {
    await start(shippedChart);
    const on = customer();
    const body: V1ClusterRoleBinding = {
      metadata: { name: nameOf(on) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'theirs', namespace: 'theirs' }],
    };
    await rbac().createClusterRoleBinding({ body });
    try {
      await settled(stage.plane.want(on, 'deleted'));
      expect((await bindingOf(on)).subjects).toEqual(body.subjects);
    } finally {
      await rbac().deleteClusterRoleBinding({ name: nameOf(on) });
    }
  });
});
