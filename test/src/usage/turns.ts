/** Tasks that share databases and go on one database call at a time, in the order that a test chooses; they may die on the way. */

import { asDatabaseError, DatabaseUnavailable, GuardFailed } from '../../../src/db/failure.ts';

/** Where a task dies: at its n-th call, which is still done or not; all later calls fail too. */
export interface Death {
  call: number;
  done: boolean;
}

export interface Course {
  death: Death | null;
  atOnce: boolean;
}

interface Waiting {
  go: () => void;
  /** Settles when the task waits again or has ended. */
  rested: Promise<void>;
}

/** What a task runs with. */
export interface Turn {
  /** Waits for its turn; throws when the task is dead. */
  call: <T>(run: () => Promise<T>) => Promise<T>;
  database: (target: D1Database) => D1Database;
}

/** What a caller is told as 503; anything else is a fault. */
const isExpected = (error: unknown): boolean => {
  const known = asDatabaseError(error);
  return known instanceof DatabaseUnavailable || known instanceof GuardFailed;
};

export function makeTurns() {
  const waiting: Waiting[] = [];
  const faults: unknown[] = [];

  function makeTurn(death: Death | null, rest: () => Promise<void>): Turn {
    let calls = 0;
    const call: Turn['call'] = async (run) => {
      await rest();
      calls += 1;
      const dies = death !== null && calls >= death.call;
      if (dies && !(death.done && calls === death.call)) throw new Error('D1_ERROR: Network connection lost.');
      const answer = await run();
      if (dies) throw new Error('D1_ERROR: Network connection lost.');
      return answer;
    };
    const real = new WeakMap<object, D1PreparedStatement>();
    const statement = (target: D1PreparedStatement): D1PreparedStatement => {
      const wrapped = {
        bind: (...values: unknown[]) => statement(target.bind(...values)),
        all: () => call(() => target.all()),
        run: () => call(() => target.run()),
        raw: (...options: []) => call(() => target.raw(...options)),
        first: (...column: []) => call(() => target.first(...column)),
      } as unknown as D1PreparedStatement;
      real.set(wrapped, target);
      return wrapped;
    };
    const database = (target: D1Database) =>
      ({
        prepare: (query: string) => statement(target.prepare(query)),
        batch: (statements: D1PreparedStatement[]) => call(() => target.batch(statements.map((s) => real.get(s) ?? s))),
      }) as unknown as D1Database;
    return { call, database };
  }

  /** Starts a task, which runs until its first call, or `atOnce` to its end. */
  async function start(how: Course, task: (turn: Turn) => Promise<void>): Promise<void> {
    let rested = Promise.withResolvers<void>();
    const rest = async () => {
      if (how.atOnce) return;
      await new Promise<void>((resolve) => {
        const resting = rested;
        rested = Promise.withResolvers<void>();
        const after = rested.promise;
        waiting.push({ go: resolve, rested: after });
        resting.resolve();
      });
    };
    const first = rested.promise;
    task(makeTurn(how.death, rest))
      .catch((error: unknown) => {
        if (!isExpected(error)) faults.push(error);
      })
      .finally(() => rested.resolve());
    await first;
  }

  /** Lets one of the waiting tasks make its call; false when none waits. */
  async function goOn(place: number): Promise<boolean> {
    const [next] = waiting.splice(place % Math.max(1, waiting.length), 1);
    if (!next) return false;
    next.go();
    await next.rested;
    return true;
  }

  return { start, goOn, faults };
}
