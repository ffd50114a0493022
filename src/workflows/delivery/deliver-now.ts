/** Delivers rows that somebody waits for: those that another delivers just now are waited for, too. */
import * as outboxStore from '../../outbox/store.ts';
import type { Carriers } from './carriers.ts';
import { deliverOutbox } from './deliver-outbox.ts';

/** Sending a row takes less than as many pauses; another side that is slower is one that does not answer. */
const looksMax = 20;

/**
 * @param pause a quarter of a second
 * @returns how many it confirmed itself
 */
export async function deliverNow(
  carriers: Carriers,
  ids: readonly string[],
  pause: () => Promise<void>,
): Promise<number> {
  for (let look = 1; ; look++) {
    const confirmed = await deliverOutbox(carriers, ids);
    const isTaken = confirmed === 0 && (await outboxStore.areTaken(carriers.db, ids, carriers.now()));
    if (!isTaken || look === looksMax) return confirmed;
    await pause();
  }
}
