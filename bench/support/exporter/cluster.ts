/** One exporter for a whole cluster (MODE=cluster): what it needs for so many namespaces of a Starter's stack each. */
import type { ServedDays } from '../../../test/metering/days.ts';
import { type Measured, runExporter } from './run.ts';

/** A namespace of the slowest machine takes less. */
const patienceMsEach = 4_000;

/** `windows` hours of every namespace that is served. */
export async function measureCluster(bundle: string, served: ServedDays, windows: number): Promise<Measured> {
  const reporters = served.cases.map(({ namespace }) => {
    const shortId = namespace.replace('customer-', '');
    return { customer_id: `cust_${shortId.repeat(4)}`, instance_id: `k8s-${shortId}`, namespace };
  });
  const reports = reporters.length * windows;
  return await runExporter({
    bundle,
    prometheusUrl: served.prometheus.url,
    fromMs: served.cases[0]?.fromMs ?? 0,
    env: { MODE: 'cluster' },
    reporters,
    reports,
    patienceMs: reports * patienceMsEach,
    onProgress: (accepted) => console.log(`${accepted} of ${reports} windows`),
  });
}
