/**
 * Sends every event to the endpoint, at once and then on schedule, several at a time. Owns what is under way; the rows are
 * store.ts's, the waits schedule.ts's, one attempt send.ts's. Stripe promises neither order nor once, so neither does this:
 * events go out in order, the answers are not waited for one by one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Timed } from '../context.ts';
import { type Faults, seeded } from '../faults.ts';
import type { EventBody } from '../wire.ts';
import { nextAttemptAt } from './schedule.ts';
import { type Endpoint, sendWebhook } from './send.ts';
import type { Delivery, DeliveryStore } from './store.ts';

/** At one time. Stripe's own number is not published; a Worker on this machine is no faster with more. */
const parallelMax = 8;

export type Deliveries = Timed & {
  /** Sends what is due at `at` without being waited for. */
  kick: (at: number) => void;
  /** Resolves when nothing is under way. */
  settled: () => Promise<void>;
  isSettled: () => boolean;
  stop: () => Promise<void>;
};
type Parts = {
  store: DeliveryStore;
  endpoint: Endpoint;
  faults: Faults;
  /** The event as it goes over the wire. */
  eventOf: (eventId: string) => EventBody | null;
  /** The platform's clock, which signs. */
  clockNow: () => number;
  log: (line: string) => void;
};

/** The rows in another order, which follows from the seed. */
function shuffled<T>(rows: T[], seed: number): T[] {
  const random = seeded(seed);
  return rows
    .map((row) => ({ row, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ row }) => row);
}

export function startDeliveries({ store, endpoint, faults, eventOf, clockNow, log }: Parts): Deliveries {
  const underWay = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let held: { deliveries: Delivery[]; sent: Promise<void> } | null = null;
  const stopping = new AbortController();
  let free = parallelMax;
  let broken: unknown = null;

  const turn = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const endTurn = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  /** One attempt, and what came of it on the disk. @param copies how often it is sent at once */
  async function attempt({ event_id, first_at, attempts }: Delivery, at: number, copies: number, drop: boolean) {
    await turn();
    try {
      if (stopping.signal.aborted) return;
      const event = eventOf(event_id);
      if (event === null) throw new Error(`event ${event_id} has a delivery and no row`);
      const body = JSON.stringify({ ...event, pending_webhooks: 1 });
      const send = () => sendWebhook(endpoint, body, clockNow(), stopping.signal);
      const problems = drop ? ['dropped on purpose'] : await Promise.all(Array.from({ length: copies }, send));
      const problem = problems.find((one) => one === null) === undefined ? (problems[0] ?? null) : null;
      // The end of the platform is no answer: it goes out again at the next start.
      if (problem !== null && stopping.signal.aborted) return;
      const next_at = problem === null ? null : nextAttemptAt(attempts + 1, at, first_at);
      store.settle({ event_id, next_at, answered_at: problem === null ? at : null, problem });
      if (problem !== null && next_at === null) log(`stripe: ${event.type} ${event_id} is given up: ${problem}`);
    } finally {
      endTurn();
    }
  }

  /** Holds it with the others of a moment; they go out in another order, one after the other. */
  function hold(delivery: Delivery, at: number, holdMs: number, seed: number): Promise<void> {
    if (held === null) {
      const group: Delivery[] = [];
      const sent = sleep(holdMs).then(async () => {
        held = null;
        for (const row of shuffled(group, seed)) await attempt(row, at, 1, false);
      });
      held = { deliveries: group, sent };
    }
    held.deliveries.push(delivery);
    return held.sent;
  }

  function begin(delivery: Delivery, at: number): Promise<void> {
    const fault = faults.ofWebhook(delivery.type);
    if (fault?.kind === 'reorder_webhooks') return hold(delivery, at, fault.hold_ms, fault.seed + fault.struck);
    return attempt(delivery, at, fault?.kind === 'duplicate_webhook' ? 2 : 1, fault?.kind === 'drop_webhook');
  }

  function kick(at: number): void {
    if (stopping.signal.aborted) return;
    for (const delivery of store.due(at)) {
      if (underWay.has(delivery.event_id)) continue;
      const sent = begin(delivery, at)
        .catch((error: unknown) => {
          broken = error;
          log(`stripe: webhook ${delivery.event_id}: ${String(error)}`);
        })
        .finally(() => underWay.delete(delivery.event_id));
      underWay.set(delivery.event_id, sent);
    }
  }

  const settled = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay.values());
  };

  return {
    nextAt: store.nextAt,
    /** Rejects when a row could not be written: it would be due for ever. */
    async run(at) {
      kick(at);
      await settled();
      if (broken !== null) throw broken;
    },
    kick,
    settled,
    isSettled: () => underWay.size === 0,
    async stop() {
      stopping.abort();
      await settled();
    },
  };
}
