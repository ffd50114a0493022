/**
 * Tells the Worker a change of the clock once what it is sending has gone. A delivery is claimed for a minute of its clock: a jump
 * in the middle of one would let the claim run out, and cron would send the same mail again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Told } from '../clock/clock.ts';
import type { WorkerRuntime } from './runtime.ts';

const lookMs = 10;
/** Of real time: a claim whose sender was killed does not stop the clock. */
const waitMsMax = 15_000;

const claimed = `SELECT 1 FROM outbox WHERE state IN ('planned', 'sent') AND claimed_until > ? LIMIT 1`;

/**
 * @param binding the database in which the outbox is
 * @param workerTold what the Worker goes by now
 */
export function tellWhenSent(
  { tell, database }: Pick<WorkerRuntime, 'tell' | 'database'>,
  binding: string,
  workerTold: Told,
): (told: Told) => Promise<void> {
  let known = workerTold;

  const isSending = async (): Promise<boolean> => {
    const now = known.held_at_ms ?? Date.now() + known.offset_ms;
    const look = async () => (await database(binding)).prepare(claimed).bind(now).first();
    // A workerd that does not answer is starting again, and sends nothing.
    return (await look().catch(() => null)) !== null;
  };

  return async (told) => {
    for (const end = Date.now() + waitMsMax; (await isSending()) && Date.now() < end; ) await sleep(lookMs);
    await tell(told);
    known = told;
  };
}
