/**
 * Step three of `signup-workflow`: an hour of usage, reported as an instance's own reporter would. It goes to a namespace
 * beside the customer's, `workload-{shortId}`, because the deployment's reporter owns the customer's own. The reporter ends
 * with its hour: one that never reports again would leave a gap every hour.
 */

import { createReporter, endReporter } from '../../src/contracts/routes/reporters.ts';
import { reportUsage } from '../../src/contracts/routes/usage-intake.ts';
import { readUsage } from '../../src/contracts/routes/usage-reads.ts';
import type { HistoryAnswer, Quantities } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { floorTo, hourMs, iso } from '../../src/lib/time.ts';
import type { Api } from '../api.ts';
import type { Failure } from '../failure.ts';
import { fieldQuantity, minuteOf } from '../format/amounts.ts';
import { fieldsOf } from '../format/usage.ts';
import type { World } from '../world.ts';
import type { Tell } from './story.ts';

const instanceId = 'signup-workflow';
const gb = 2 ** 30;

/**
 * A month's work of a busy customer, put into one hour so that one report passes every limited plan's allowances and the
 * cost has overage lines. Each value is under the bound of one window (src/contracts/usage.ts).
 */
const sampleHour: Quantities = {
  cpu_hours: 3_500,
  memory_gb_hours: 7_000,
  storage_used_gb: 60_000,
  network_bytes_sent: 600 * gb,
  network_bytes_received: 200 * gb,
  http_requests: 12_000_000,
  running_pods: 40,
};

/** A 202 is durable, not stored: the queue's batch takes a second or so, a busy one longer. */
const storedWithinMs = 60_000;
const pollMs = 500;

export interface Subject {
  customerId: string;
  shortId: string;
  /** An instant of the API's own clock, ms: clocks differ, and the hour must be one that the API will bill. */
  at: number;
}

/** Attaches the workload, reports the hour that holds `at`, and waits until the history shows it. */
export async function reportHour(
  world: World,
  admin: Api,
  subject: Subject,
  tell: Tell,
): Promise<Result<HistoryAnswer, Failure>> {
  const { customerId, shortId, at } = subject;
  const namespace = `workload-${shortId}`;
  const start = floorTo(at - 1, hourMs);
  const end = start + hourMs;
  const made = await admin.call(createReporter, {
    params: { customerId },
    body: {
      instance_id: instanceId,
      namespaces: [namespace],
      active_from: iso(start),
    },
  });
  if (!made.ok) return made;
  const { reporter, api_key: reporterKey } = made.value;
  tell({
    step: 'reporter',
    message: `${reporter.id} (${instanceId}) measures namespace ${namespace}; its key is used here and not kept`,
    data: { reporter },
  });
  const sent = await admin.as(reporterKey).call(
    reportUsage,
    {
      body: {
        customer_id: customerId,
        instance_id: instanceId,
        namespace,
        timestamp: iso(at),
        ...sampleHour,
      },
    },
    { repeatable: true },
  );
  if (!sent.ok) return sent;
  const window = `${minuteOf(iso(start))} to ${minuteOf(iso(end)).slice(11)} UTC`;
  const said = fieldsOf([sampleHour]).map((field) => `${field} ${fieldQuantity(field, sampleHour[field])}`);
  tell({ step: 'usage', message: `accepted the hour ${window}: ${said.join(', ')}`, data: { usage: sampleHour } });
  const shown = await waitShown(world, admin, { customerId, namespace, end }, tell);
  if (!shown.ok) return shown;
  const ended = await admin.call(endReporter, {
    params: { customerId, reporterId: reporter.id },
    body: { active_until: iso(end) },
  });
  if (!ended.ok) return ended;
  tell({ step: 'reporter', message: `${reporter.id} ends at ${minuteOf(iso(end))} UTC, with its hour` });
  return shown;
}

async function waitShown(
  world: World,
  api: Api,
  row: { customerId: string; namespace: string; end: number },
  tell: Tell,
): Promise<Result<HistoryAnswer, Failure>> {
  const until = world.now() + storedWithinMs;
  for (;;) {
    const read = await api.call(readUsage, {
      params: { customerId: row.customerId },
      query: { days: 1, granularity: 'window', namespace: row.namespace },
    });
    if (!read.ok) return read;
    if (read.value.items.some((item) => Date.parse(item.window_end) === row.end)) {
      tell({ step: 'usage', message: `stored: the history shows the window of ${row.namespace}` });
      return ok(read.value);
    }
    if (world.now() >= until) {
      return err({ kind: 'failed', message: `the report is not in the history after ${storedWithinMs / 1000} s` });
    }
    await world.sleep(pollMs);
  }
}
