/** Reading and tidying a test's cluster: what is asked of Kubernetes itself, beside Tenantry. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppsV1Api, CoreV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node';
import { toolPath } from '../../test/harness/tools.ts';

const HELM_TIMEOUT_MS = 60_000;

export type Kube = { core: CoreV1Api; apps: AppsV1Api; networking: NetworkingV1Api };

export function kubeOf(kubeconfig: string): Kube {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return {
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    networking: config.makeApiClient(NetworkingV1Api),
  };
}

/** A value of a Secret as text, or null when there is none. */
export async function secretValue(kube: Kube, namespace: string, name: string, key: string): Promise<string | null> {
  try {
    const found = await kube.core.readNamespacedSecret({ namespace, name });
    const value = found.data?.[key];
    return value === undefined ? null : Buffer.from(value, 'base64').toString('utf8');
  } catch (error) {
    if ((error as { code?: number }).code === 404) return null;
    throw error;
  }
}

/** Names of Helm's releases in all namespaces; `pending` only those that a killed helm left half-done. */
export async function releases(kubeconfig: string, state: 'deployed' | 'pending'): Promise<string[]> {
  const args = ['list', '--all-namespaces', `--${state}`, '--max', '0', '--output', 'json', '--kubeconfig', kubeconfig];
  const { stdout } = await promisify(execFile)(toolPath('helm'), args, { timeout: HELM_TIMEOUT_MS });
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

/** Removes namespaces; one that is not there is removed. A cluster of our own goes as a whole and needs none of this. */
export async function removeNamespaces(kube: Kube, names: string[]): Promise<void> {
  for (const name of names) {
    await kube.core.deleteNamespace({ name }).catch((error: { code?: number }) => {
      if (error.code !== 404) throw error;
    });
  }
}
