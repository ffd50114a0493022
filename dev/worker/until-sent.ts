/**
 * Waits until nothing is under way that a jump of the clock would break. What is being sent is claimed for a minute of the Worker's
 * clock: the claim would run out, and cron would send the same mail again. A webhook is signed by the clock before the jump, or by
 * the one after it while the Worker has still the other: it would be refused, and come again minutes later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StandIn } from '../stripe/assemble.ts';
import type { WorkerRuntime } from './runtime.ts';

const lookMs = 10;
/** Of real time: a claim whose sender was killed does not stop the clock. */
const waitMsMax = 15_000;

const claimed = `SELECT 1 FROM outbox WHERE state IN ('planned', 'sent') AND claimed_until > ? LIMIT 1`;

/**
 * @param binding the database in which the outbox is
 * @param now what the clock shows, ms
 * @param stripe whose webhooks it waits for
 */
export function untilSent(
  { first }: Pick<WorkerRuntime, 'first'>,
  binding: string,
  now: () => number,
  stripe: Pick<StandIn, 'settled' | 'isSettled'> | null,
): () => Promise<void> {
  const isSending = async (): Promise<boolean> => {
    // A workerd that does not answer is starting again, and sends nothing.
    const found = await first({ binding, sql: claimed, params: [now()] }).catch(() => null);
    return found !== null;
  };

  const isSettled = (): boolean => stripe === null || stripe.isSettled();

  return async () => {
    for (const end = Date.now() + waitMsMax; Date.now() < end; await sleep(lookMs)) {
      // What has been sent is told of, and what is told of may lead to something that is sent.
      const wasSettled = isSettled();
      if (await isSending()) continue;
      if (wasSettled && isSettled()) return;
      await Promise.race([stripe?.settled(), sleep(Math.max(0, end - Date.now()), undefined, { ref: false })]);
    }
  };
}
