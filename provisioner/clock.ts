/**
 * Time as the provisioner measures it: monotonic milliseconds, which no change of the machine's date can move. Wall-clock
 * time is never compared with the API's. A machine that sleeps stops this clock; the API then refuses
 * the result of the lease that has run out.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds since some start; only differences mean something. */
export type Monotonic = () => number;

export const monotonic: Monotonic = () => performance.now();

/** Waits, or returns early (not an error) when the signal is raised. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => {});
}
