/**
 * The same stacks by hand: a namespace and its Secrets, then `helm upgrade --install --wait` of the same chart with the same values. What
 * a customer costs without Tenantry, to hold the figure beside. Everything is copied from a customer whom the provisioner made.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { V1Secret } from '@kubernetes/client-node';
import { toolPath } from '../../../test/harness/tools.ts';
import { type Kube, kubeOf } from '../kube.ts';

const run = promisify(execFile);
const chart = resolve(import.meta.dirname, '../../../charts/customer-instance');
const timeout = '600s';

export type Pattern = {
  shortId: string;
  /** What the provisioner gave Helm, as JSON. */
  values: string;
  labels: Record<string, string>;
  secrets: V1Secret[];
};

const namespaceOf = (shortId: string): string => `customer-${shortId}`;

/** Reads what a customer's stack is made of. */
export async function patternOf(kubeconfig: string, shortId: string): Promise<Pattern> {
  const kube = kubeOf(kubeconfig);
  const name = namespaceOf(shortId);
  const args = ['get', 'values', `c${shortId}`, '--namespace', name, '--output', 'json', '--kubeconfig', kubeconfig];
  const [{ stdout }, namespace, secrets] = await Promise.all([
    run(toolPath('helm'), args),
    kube.core.readNamespace({ name }),
    kube.core.listNamespacedSecret({ namespace: name }),
  ]);
  return {
    shortId,
    values: stdout,
    labels: namespace.metadata?.labels ?? {},
    secrets: secrets.items.filter(({ type }) => type === 'Opaque'),
  };
}

async function installOne(kube: Kube, kubeconfig: string, pattern: Pattern, shortId: string): Promise<void> {
  const own = (text: string): string => text.replaceAll(pattern.shortId, shortId);
  const namespace = namespaceOf(shortId);
  const labels = JSON.parse(own(JSON.stringify(pattern.labels))) as Record<string, string>;
  delete labels['kubernetes.io/metadata.name'];
  await kube.core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  for (const { metadata, data, immutable } of pattern.secrets) {
    const body = { metadata: { name: metadata?.name ?? '' }, ...(data && { data }), ...(immutable && { immutable }) };
    await kube.core.createNamespacedSecret({ namespace, body });
  }
  const helm = execFile(toolPath('helm'), [
    ...['upgrade', '--install', '--namespace', namespace, '--kubeconfig', kubeconfig, '--values', '-', '--wait'],
    ...['--timeout', timeout, '--hide-notes', '--', `c${shortId}`, chart],
  ]);
  helm.stdin?.end(own(pattern.values));
  await new Promise<void>((done, failed) => {
    let said = '';
    helm.stderr?.on('data', (chunk: string) => {
      said += chunk;
    });
    helm.once('exit', (code) => (code === 0 ? done() : failed(new Error(`helm of ${namespace}: ${said}`))));
  });
}

/** Installs a stack for each short id, so many at once; answers the seconds of it all. */
export async function installBare(
  kubeconfig: string,
  pattern: Pattern,
  shortIds: readonly string[],
  concurrency: number,
): Promise<number> {
  const kube = kubeOf(kubeconfig);
  const startedMs = Date.now();
  const left = shortIds.values();
  const lane = async (): Promise<void> => {
    for (const shortId of left) await installOne(kube, kubeconfig, pattern, shortId);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (Date.now() - startedMs) / 1000;
}
