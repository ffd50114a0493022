/** An hour of a stack's use, reported as its exporter would, and seen in the cost. */
import { makeClusterKey } from '../../../src/contracts/routes/clusters.ts';
import { readCost } from '../../../src/contracts/routes/costs.ts';
import { reportUsageBatch } from '../../../src/contracts/routes/usage-intake.ts';
import { hourMs, iso, minuteMs } from '../../../src/lib/time.ts';
import type { LifePlatform } from './platform.ts';
import { NotAsTold } from './tell.ts';

interface Stack {
  customerId: string;
  shortId: string;
  namespace: string;
}

/** Reports the hour that ends at `end`, ms, and waits until it is billed. @returns what the period costs so far, cents */
export async function useCpu(platform: LifePlatform, stack: Stack, end: number, cpuHours: number): Promise<number> {
  const { ask, clusterId, until } = platform;
  const { api_key: key } = await ask(makeClusterKey, { params: { clusterId }, body: {} });
  const computed = end + minuteMs;
  const report = {
    customer_id: stack.customerId,
    instance_id: `k8s-${stack.shortId}`,
    namespace: stack.namespace,
    timestamp: iso(computed),
    window_start: iso(end - hourMs),
    window_end: iso(end),
    revision: computed,
    complete: true,
    cpu_hours: cpuHours,
  };
  const sent = await platform.as(key)(reportUsageBatch, { body: { reports: [report] } });
  if (!sent.ok || sent.value.rejected > 0) throw new NotAsTold(`the usage was not taken: ${JSON.stringify(sent)}`);
  const params = { customerId: stack.customerId };
  const cost = await until(async () => {
    const found = await ask(readCost, { params });
    return found.lines.some(({ quantity }) => Number(quantity) === cpuHours) ? found : null;
  });
  if (cost === null) throw new NotAsTold(`no line of the cost has the ${cpuHours} core-hours that were reported`);
  return cost.total_cents;
}
