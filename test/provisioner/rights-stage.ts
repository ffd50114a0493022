/** The provisioner's chart installed on a real control plane, and clients: the administrator's and the provisioner's own. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AppsV1Api, CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { toolPath } from '../harness/tools.ts';

const run = promisify(execFile);
const chart = resolve(import.meta.dirname, '../../charts/provisioner');

export type RightsStage = {
  cluster: TestCluster;
  namespace: string;
  /** Of its ClusterRole, and of its account. */
  name: string;
  /** Of the ClusterRole that it binds in customers' namespaces. */
  customerRole: string;
  /** What the chart tells the program of these. */
  env: Record<string, string>;
  token: string;
  core: CoreV1Api;
  rbac: RbacAuthorizationV1Api;
  admin: KubeConfig;
  asServiceAccount: KubeConfig;
  rulesOf(role: string): Promise<V1PolicyRule[]>;
  stop(): Promise<void>;
};

/** Installs it as release `rights` in a namespace of this name. */
export async function installRights(namespace: string): Promise<RightsStage> {
  const release = 'rights';
  const name = `${release}-provisioner`;
  const cluster = await startCluster();
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const helm = (...args: string[]) =>
    run(toolPath('helm'), args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
  const values = join(chart, 'ci/default-values.yaml');
  await helm('install', '--namespace', namespace, '--create-namespace', '--values', values, '--', release, chart);
  const deployed = await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ name, namespace });
  const env = (deployed.spec?.template.spec?.containers[0]?.env ?? []).flatMap(({ name: of, value }) =>
    ['CUSTOMER_CLUSTER_ROLE', 'SERVICE_ACCOUNT'].includes(of) ? [[of, value ?? '']] : [],
  );
  const body = { spec: { audiences: [], expirationSeconds: 3600 } };
  const requested = await core.createNamespacedServiceAccountToken({ name, namespace, body });
  const token = requested.status?.token ?? '';
  const asServiceAccount = new KubeConfig();
  asServiceAccount.loadFromFile(cluster.kubeconfig);
  asServiceAccount.users = [{ name: 'admin', token }];
  return {
    cluster,
    namespace,
    name,
    customerRole: `${name}-customer`,
    env: Object.fromEntries(env),
    token,
    core,
    rbac,
    admin: config,
    asServiceAccount,
    rulesOf: async (role) => (await rbac.readClusterRole({ name: role })).rules ?? [],
    async stop() {
      await helm('uninstall', '--namespace', namespace, '--', release).catch(() => {});
      await core.deleteNamespace({ name: namespace }).catch(() => {});
      await cluster.stop();
    },
  };
}
