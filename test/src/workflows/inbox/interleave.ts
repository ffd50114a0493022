/**
 * Runs several handlers beside one another and decides which goes on: each stops at the gates that it comes to (what Stripe showed
 * is on its way, a batch is about to be committed), and one of them is let on when all stand. The order is the seed's.
 */
import type { Seeded } from '../../../../bench/support/random.ts';

export interface Interleaved {
  /** A place at which a handler waits for its turn. */
  gate: () => Promise<void>;
  /** Runs the handlers to their ends; `between` is called before each turn. */
  run: (handlers: readonly (() => Promise<unknown>)[], between: () => void) => Promise<void>;
  /** Turns that were given while another handler stood at a gate, too: where they met. */
  meetings: () => number;
}

export function interleaver({ fraction }: Seeded): Interleaved {
  const waiting: (() => void)[] = [];
  let active = 0;
  let met = 0;
  let changed = () => {};

  const gate = (): Promise<void> =>
    active === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push(resolve);
          changed();
        });

  async function run(handlers: readonly (() => Promise<unknown>)[], between: () => void): Promise<void> {
    active = handlers.length;
    const faults: unknown[] = [];
    for (const handler of handlers) {
      handler()
        .catch((error: unknown) => faults.push(error))
        .finally(() => {
          active -= 1;
          changed();
        });
    }
    while (active > 0) {
      if (waiting.length < active) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
        continue;
      }
      between();
      if (waiting.length > 1) met += 1;
      const [next] = waiting.splice(Math.floor(fraction() * waiting.length), 1);
      next?.();
    }
    if (faults.length > 0) throw faults[0];
  }

  return { gate, run, meetings: () => met };
}

/** The database, with a gate before each batch. */
export const gatedDatabase = (database: D1Database, gate: () => Promise<void>): D1Database =>
  ({
    prepare: (sql: string) => database.prepare(sql),
    batch: async (statements: D1PreparedStatement[]) => {
      await gate();
      return await database.batch(statements);
    },
  }) as unknown as D1Database;
