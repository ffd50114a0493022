/** The world of the year: the Worker with real D1 in this isolate, a Stripe stand-in beside it, and a clock that moves where something happens. */

import type { Person } from '../../../bench/support/year/person.ts';
import { fieldParts, type Raw, type Span } from '../../../bench/support/year/rating.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from '../invoices/harness.ts';
import { drain, heldQueue } from '../usage/story.ts';

const perBatch = 480;
const settleMs = 2 * minute;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** What a report says of an hour. */
const wireOf = (raw: Raw): Record<string, number> =>
  Object.fromEntries(Object.entries(raw).map(([field, parts]) => [field, parts / (fieldParts[field] ?? 1)]));

/** Columns of stored windows, with the field that each is of and its base units in one part of the oracle's. */
const baseUnits: Readonly<Record<string, readonly [field: string, units: number]>> = {
  cpu_core_ms: ['cpu_hours', 3600],
  memory_mib_s: ['memory_gb_hours', 3686.4],
  storage_mib_s: ['storage_used_gb', 3686.4],
  network_sent_bytes: ['network_bytes_sent', 1],
  network_received_bytes: ['network_bytes_received', 1],
  ingress_requests: ['http_requests', 1],
  custom_1: ['custom_1', 1000],
  custom_2: ['custom_2', 1000],
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** @param holdCents lines above it wait for approval */
export async function openWorld(start: number, { holdCents, trialDays }: { holdCents: number; trialDays: number }) {
  const api = makeApi(start);
  const { clusterKey } = await ensureCluster(api);
  const stripe: StandInOfTests = await openStandIn(api);
  const queue = heldQueue();
  Object.assign(api.bindings, {
    USAGE_QUEUE: queue.queue,
    HOLD_LINE_CENTS: String(holdCents),
    STRIPE_CALLS_PER_SECOND: '10000',
    DEFAULT_TRIAL_DAYS: String(trialDays),
  });
  const billing = billingOf(api, () => stripe);
  const control = billing.control;

  async function ask(method: string, path: string, body?: unknown, token = rootToken): Promise<Answer> {
    const answer = await api.call(method, path, { token, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }
  async function must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  const reportOf = (person: Person, end: number, raw: Raw, isAgain: boolean) => ({
    customer_id: person.customerId,
    instance_id: 'prod-1',
    window_start: isoOf(end - hour),
    window_end: isoOf(end),
    timestamp: isoOf(Math.max(end + settleMs, api.clock.now)),
    // Whatever was reported at this instant is of a lower one.
    revision: Math.max(end + settleMs, api.clock.now) + (isAgain ? 1 : 0),
    complete: true,
    ...wireOf(raw),
  });

  return {
    api,
    stripe,
    ask,
    must,
    wireOf,
    get now(): number {
      return api.clock.now;
    },
    /** Moves both clocks; Stripe tells what happened on the way. */
    async goTo(at: number): Promise<void> {
      if (at > api.clock.now) await stripe.move(at);
      await billing.tell();
    },
    /** A tick of cron, and what Stripe says to it. */
    async tick(): Promise<void> {
      await api.tick();
      await billing.tell();
    },
    tell: billing.tell,
    /** Signs up, with a reporter of hours from the next full hour on. @returns its id, and from when on it reports */
    async join(plan: string): Promise<{ customerId: string; activeFrom: number }> {
      const made = await signUp(api, { plan });
      const customerId = made.customer.customer_id;
      const activeFrom = Math.ceil(api.clock.now / hour) * hour;
      await must('POST', `/api/customers/${customerId}/reporters`, {
        instance_id: 'prod-1',
        active_from: isoOf(activeFrom),
      });
      return { customerId, activeFrom };
    },
    /**
     * Sends reports through intake and queue into the store.
     * @param isAgain whether they replace what was reported
     * @returns what was refused
     */
    async report(items: readonly { person: Person; end: number; raw: Raw }[], isAgain = false): Promise<string[]> {
      const refused: string[] = [];
      for (let from = 0; from < items.length; from += perBatch) {
        const part = items.slice(from, from + perBatch);
        const reports = part.map(({ person, end, raw }) => reportOf(person, end, raw, isAgain));
        const { status, body } = await ask('POST', '/api/usage/batch', { reports }, clusterKey);
        if (status >= 300 || Number(body['rejected'] ?? 0) > 0) refused.push(JSON.stringify(body).slice(0, 500));
        const { retried } = await drain(api, queue);
        if (retried.length > 0) refused.push('usage was not stored at once');
      }
      return refused;
    },
    async rows<T>(sql: string, ...values: unknown[]): Promise<T[]> {
      return (
        await control
          .prepare(sql)
          .bind(...values)
          .all<T>()
      ).results;
    },
    /** Another one after each change of a customer's stored windows. */
    async usageMark(customerId: string): Promise<string> {
      const { customerSeq } = await billing.keysOf(customerId);
      const row = await billing.shard
        .prepare("SELECT count(*) || '/' || coalesce(sum(revision), 0) AS mark FROM windows WHERE customer_seq = ?")
        .bind(customerSeq)
        .first<string>('mark');
      return row ?? '';
    },
    /** Which stored windows of a time are not the oracle's, in words: to see whether usage or its rating differs. */
    async otherWindows(customerId: string, { start, end }: Span, windows: ReadonlyMap<number, Raw>): Promise<string[]> {
      const { customerSeq } = await billing.keysOf(customerId);
      const { results } = await billing.shard
        .prepare(
          `SELECT window_end, ${Object.keys(baseUnits).join(', ')} FROM windows WHERE customer_seq = ? AND window_end > ? AND window_end <= ?`,
        )
        .bind(customerSeq, start, end)
        .all<Record<string, number | null>>();
      const stored = new Map(results.map((row) => [row['window_end'] ?? 0, row]));
      const ends = new Set([...stored.keys(), ...[...windows.keys()].filter((one) => start < one && one <= end)]);
      return [...ends].flatMap((one) => {
        const other = Object.entries(baseUnits).filter(
          ([column, [field, units]]) =>
            (stored.get(one)?.[column] ?? 0) !== Math.round((windows.get(one)?.[field] ?? 0) * units),
        );
        return other.map(
          ([column, [field]]) =>
            `${isoOf(one)} ${column} ${stored.get(one)?.[column]}, the oracle ${windows.get(one)?.[field]}`,
        );
      });
    },
    invoiceAtStripe: (id: string) =>
      stripe.read<Wire & { status: string; total: number; created: number }>(`/invoices/${id}`),
    linesAtStripe: billing.atStripe,
  };
}
