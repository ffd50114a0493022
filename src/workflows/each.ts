/** The runner of due items (drains, deliveries, shards): each stands alone, whatever happens to the others. */
import type { Log } from '../lib/log.ts';
import { reasonOf } from '../lib/reason.ts';

/**
 * Runs every item; one that fails is logged with its reason and what `named` says of it, and is due again at the next tick.
 * @param atOnce how many run beside one another
 * @returns what those that did not fail returned
 */
export async function each<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
  {
    log,
    what,
    named,
    atOnce = 1,
  }: { log: Log; what: string; named: (item: T) => Record<string, unknown>; atOnce?: number },
): Promise<R[]> {
  const done: R[] = [];
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        done.push(await run(item));
      } catch (error) {
        log('error', `${what} failed; it is tried again`, { ...named(item), error: reasonOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}
