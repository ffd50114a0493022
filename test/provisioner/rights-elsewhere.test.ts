/**
 * What the provisioner may not do, by its rights and its admission policy, on a real control plane: in the whole cluster it makes
 * namespaces and binds one role inside them; outside customers' namespaces it reads and writes nothing, whoever holds its token.
 */
import {
  AuthorizationV1Api,
  CoreV1Api,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { installRights, type RightsStage } from './rights-stage.ts';

const label = 'tenantry.dev/customer';
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
/** Somebody else's, with a name as ours have it. */
const theirs = 'customer-0badcafe';

/** What it may do everywhere, as its own review of its rights says it. */
const everywhere = [
  'namespaces [get create]',
  'rbac.authorization.k8s.io/clusterrolebindings [get list watch create patch delete]',
  'rbac.authorization.k8s.io/clusterroles (rights-provisioner-customer, tenantry-opencost) [bind]',
  'rbac.authorization.k8s.io/rolebindings [get create patch]',
];

describeWithTools(['helm', ...clusterTools], 'outside customers’ namespaces', () => {
  let stage: RightsStage;
  beforeAll(async () => {
    stage = await installRights('rights-elsewhere-test');
    await stage.core.createNamespace({ body: { metadata: { name: theirs } } });
  });
  afterAll(async () => {
    await stage?.core.deleteNamespace({ name: theirs });
    await stage?.stop();
  });
  const rightsIn = async (of: string): Promise<string[]> => {
    const review = await stage.asServiceAccount.makeApiClient(AuthorizationV1Api).createSelfSubjectRulesReview({
      body: { spec: { namespace: of } },
    });
    // What everybody may ask about himself is left out.
    return (review.status?.resourceRules ?? [])
      .filter(({ apiGroups = [] }) => !apiGroups.some((group) => /^auth(oriz|entic)ation\.k8s\.io$/.test(group)))
      .flatMap(({ apiGroups = [], resources = [], resourceNames = [], verbs }) =>
        resources.map((resource) =>
          [
            [...apiGroups, resource].filter(Boolean).join('/'),
            ...(resourceNames.length > 0 ? [`(${resourceNames.join(', ')})`] : []),
            `[${verbs.join(' ')}]`,
          ].join(' '),
        ),
      )
      .toSorted();
  };

  it('everywhere it may make namespaces and bind its role inside them, and reads nobody’s Secrets but customers’', async () => {
    expect(await rightsIn('kube-system')).toEqual(everywhere);
    const { namespace, asServiceAccount } = stage;
    const mine = asServiceAccount.makeApiClient(CoreV1Api);
    for (const at of ['kube-system', namespace, theirs])
      await expect(mine.listNamespacedSecret({ namespace: at })).rejects.toMatchObject({ code: 403 });
    await expect(mine.listSecretForAllNamespaces()).rejects.toMatchObject({ code: 403 });
    await expect(mine.listNamespace()).rejects.toMatchObject({ code: 403 });
  });

  it('nothing is written outside customers’ namespaces, which have their name and our label, whatever the role says', async () => {
    const { name, namespace, customerRole, rbac, asServiceAccount } = stage;
    const mine = asServiceAccount.makeApiClient(CoreV1Api);
    const rights = asServiceAccount.makeApiClient(RbacAuthorizationV1Api);
    const named = (of: string, labels: Record<string, string> = {}) => ({ metadata: { name: of, labels } });
    const denial = (words: string) => ({ code: 422, message: expect.stringContaining(words) });
    const notOurs = denial("customers' namespaces only");
    const unlabelled = denial(`has no label ${label}`);
    const subjectOf = (of: string, at: string) => ({ kind: 'ServiceAccount', name: of, namespace: at });
    const self = subjectOf(name, namespace);
    const roleIn = (at: string, role = customerRole, subjects = [self], as = role, by = rights) =>
      by.createNamespacedRoleBinding({
        namespace: at,
        body: {
          metadata: { name: as },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects,
        },
      });
    const secretIn = (at: string, dryRun?: 'All') =>
      mine.createNamespacedSecret({ namespace: at, body: named('x'), ...(dryRun ? { dryRun } : {}) });
    const relabel = (of: string, to: string | null) =>
      mine.patchNamespace({ name: of, body: { metadata: { labels: { [label]: to } } } }, merge);
    // A right that somebody has given beyond what ships, and a policy, take the API server a moment.
    for (const at of ['kube-system', namespace, theirs]) await roleIn(at, customerRole, [self], 'given', rbac);
    try {
      await vi.waitFor(() => expect(secretIn('kube-system', 'All')).rejects.toMatchObject(notOurs), {
        timeout: 30_000,
        interval: 200,
      });
      await vi.waitFor(() => expect(secretIn(theirs)).rejects.toMatchObject(unlabelled), { timeout: 30_000 });
      await expect(secretIn('kube-system')).rejects.toMatchObject(notOurs);
      await expect(roleIn('kube-system')).rejects.toMatchObject(notOurs);
      await expect(roleIn(theirs)).rejects.toMatchObject(unlabelled);
      await expect(relabel(theirs, 'cust_1')).rejects.toMatchObject(unlabelled);
      await expect(mine.deleteNamespace({ name: theirs })).rejects.toMatchObject(unlabelled);
      await vi.waitFor(() => expect(mine.deleteNamespace({ name: namespace })).rejects.toMatchObject(notOurs));
    } finally {
      for (const at of ['kube-system', namespace, theirs])
        await rbac.deleteNamespacedRoleBinding({ name: 'given', namespace: at });
    }
    const production = named('production', { [label]: 'cust_1' });
    await expect(mine.createNamespace({ body: production })).rejects.toMatchObject(notOurs);
    const ours = 'customer-0123abcd';
    await expect(mine.createNamespace({ body: named(ours) })).rejects.toMatchObject(unlabelled);
    await mine.createNamespace({ body: named(ours, { [label]: 'cust_1' }) });
    await expect(mine.listNamespacedSecret({ namespace: ours })).rejects.toMatchObject({ code: 403 });
    await expect(roleIn(ours, 'cluster-admin')).rejects.toMatchObject({ code: 403 });
    for (const attempt of [
      () => roleIn(ours, 'tenantry-opencost'),
      () => roleIn(ours, customerRole, [subjectOf('default', ours)]),
      () => roleIn(ours, customerRole, [self, subjectOf('default', ours)]),
      () => roleIn(ours, customerRole, [self], 'another'),
    ])
      await expect(attempt()).rejects.toMatchObject(denial('binds its own role'));
    await roleIn(ours);
    await vi.waitFor(() => secretIn(ours), { timeout: 30_000 });
    const patched = { metadata: { labels: { other: 'x' } } };
    await mine.patchNamespace({ name: ours, body: patched }, merge);
    for (const to of [null, 'cust_2'])
      await expect(relabel(ours, to)).rejects.toMatchObject(denial('whose a namespace is'));
    await mine.deleteNamespace({ name: ours });
    const own = 'c0123abcd-customer-instance-opencost';
    const account = (of: string, at: string) => [{ kind: 'ServiceAccount', name: of, namespace: at }];
    const bind = (of: string, role: string, subjects: { kind: string; name: string; namespace: string }[]) =>
      rights.createClusterRoleBinding({
        body: {
          metadata: { name: of },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects,
        },
      });
    for (const attempt of [
      () => bind('mine', 'tenantry-opencost', account(own, 'customer-0123abcd')),
      () => bind(own, 'tenantry-opencost', account(own, 'customer-11111111')),
      () => bind(own, 'tenantry-opencost', account(name, namespace)),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 422, message: expect.stringContaining("OpenCost's role") });
    await expect(bind(own, 'cluster-admin', account(own, 'customer-0123abcd'))).rejects.toMatchObject({ code: 403 });
    await bind(own, 'tenantry-opencost', account(own, 'customer-0123abcd'));
    await rights.deleteClusterRoleBinding({ name: own });
  });
});
