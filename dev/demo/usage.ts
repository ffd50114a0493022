/** The usage of the demo's customers on its way to the API, by the cluster's key: up to 1,000 windows a batch. */
import { makeClusterKey } from '../../src/contracts/routes/clusters.ts';
import { reportUsageBatch } from '../../src/contracts/routes/usage-intake.ts';
import { readCursor } from '../../src/contracts/routes/usage-reads.ts';
import { batchItemsMax, type WindowReport } from '../../src/contracts/usage.ts';
import { floorTo, hourMs, minuteMs } from '../../src/lib/time.ts';
import { PlatformError } from '../problem.ts';
import type { DemoApi } from './api.ts';
import type { Customer, People } from './people.ts';
import { reportOf } from './report.ts';
import { scaled } from './shapes.ts';
import type { Correction, Story } from './story.ts';

/** What a correction is computed after. */
const laterMs = 30 * minuteMs;

export type Sender = Awaited<ReturnType<typeof usageSender>>;

export async function usageSender(api: DemoApi, story: Story, people: People) {
  const { api_key } = await api.admin(makeClusterKey, { params: { clusterId: api.clusterId }, body: {} });
  const cluster = api.as(api_key);
  let sent = 0;

  const send = async (reports: WindowReport[]): Promise<void> => {
    for (let first = 0; first < reports.length; first += batchItemsMax) {
      const items = reports.slice(first, first + batchItemsMax);
      const { rejected, results } = await cluster(reportUsageBatch, { body: { reports: items } });
      const refused = results.find(({ status }) => status === 'rejected');
      if (refused !== undefined) {
        const { namespace, window_end } = items[refused.index] as WindowReport;
        const which = `that of ${namespace} until ${window_end}`;
        throw new PlatformError(`the demo: ${rejected} windows were refused, ${which} as ${JSON.stringify(refused)}`);
      }
      sent += items.length;
    }
  };

  return {
    /** Windows that the API has accepted. */
    sent: () => sent,
    /** Sends the windows that end in `(from, to]`. */
    hours: (from: number, to: number): Promise<void> =>
      send(
        [...people.values()].flatMap((one) =>
          story.windowsOf(one.member, from, to).map((window) => reportOf(one, window)),
        ),
      ),
    /** Sends hours once more, as they were computed at `at`. */
    again: ({ member, from, to, at, factor }: Correction): Promise<void> => {
      const one = people.get(member.number) as Customer;
      const windows = story.windowsOf(member, from, to);
      return send(
        windows.map((window) => {
          const use = window.use && scaled(window.use, factor);
          return reportOf(one, { ...window, use }, Math.max(at, window.end + laterMs));
        }),
      );
    },
    /** Waits until what was sent of each is stored. */
    stored: (to: number): Promise<void> =>
      api.until('storing usage', async () => {
        for (const one of people.values()) {
          const last = story.windowsOf(one.member, floorTo(to, hourMs) - 48 * hourMs, to).at(-1)?.end;
          if (last === undefined) continue;
          const { cursor } = await cluster(readCursor, {
            params: { customerId: one.customerId },
            query: { instance_id: `k8s-${one.shortId}`, namespace: one.namespace },
          });
          if (Date.parse(cursor) < last) return false;
        }
        return true;
      }),
  };
}
