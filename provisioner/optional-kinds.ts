/**
 * Kinds of other projects that charts/customer-instance asks for where the operator's values say so. Without a cluster to ask, Helm
 * knows none of them.
 */
import { call, type Kube } from './kube.ts';

const optional = [
  ['monitoring.coreos.com/v1', 'ServiceMonitor'],
  ['cert-manager.io/v1', 'Certificate'],
] as const;

/** All of them, as Helm's `--api-versions` takes them. */
export const optionalKinds: readonly string[] = optional.map(([apiVersion, kind]) => `${apiVersion}/${kind}`);

/** Those that the cluster has. One that could not be asked for counts as there: Helm's own run then says what is wrong. */
export async function kindsOf(kube: Pick<Kube, 'objects'>): Promise<string[]> {
  const client = kube.objects();
  const asked = optional.map(async ([apiVersion, kind]) => {
    const known = await call(client.knows(apiVersion, kind));
    return known.ok && !known.value ? [] : [`${apiVersion}/${kind}`];
  });
  return (await Promise.all(asked)).flat();
}
