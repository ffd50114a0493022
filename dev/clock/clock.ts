/**
 * The platform's one clock: the machine's, ahead of it or behind it, or standing. Owns what time it is and who is told of a
 * change; where it goes is move.ts. A change is on the disk before anybody sees it, and nothing sees an earlier time after
 * a later one.
 */
import { type ClockState, keepClock, loadClock } from './state.ts';

/** What the Worker goes by. `version` rises with every change, so that an answer that is late is not taken for news. */
export type Told = { version: number; offset_ms: number; held_at_ms: number | null };

export type EmbeddedClock = ReturnType<typeof openClock>;

/** Opens the clock that is kept in the folder. @param real the machine's clock, ms */
export function openClock(dataDir: string, real: () => number = Date.now) {
  let state = loadClock(dataDir);
  let version = 0;
  const listeners: ((told: Told) => void | Promise<void>)[] = [];
  const waits: (() => Promise<void>)[] = [];

  const told = (): Told => ({ version, offset_ms: state.offset_ms, held_at_ms: state.held_at_ms });
  const now = (): number => state.held_at_ms ?? real() + state.offset_ms;

  const change = async (next: (now: number) => ClockState): Promise<void> => {
    for (const wait of waits) await wait();
    const changed = next(now());
    keepClock(dataDir, changed);
    state = changed;
    version += 1;
    for (const listener of listeners) await listener(told());
  };

  return {
    now,
    real,
    told,
    state: (): Readonly<ClockState> => state,
    isHeld: (): boolean => state.held_at_ms !== null,
    /** Whether it shows another time than the machine's, or is to. */
    isMoved: (): boolean => state.offset_ms !== 0 || state.held_at_ms !== null,
    /**
     * Resolves when everybody who listens has been told. @param next what it comes to, asked for once nothing is under way that a jump
     * would break: where the clock runs it has gone on meanwhile
     */
    change,
    /** Has every change wait for it first. */
    beforeJump: (wait: () => Promise<void>) => waits.push(wait),
    /** Calls `listener` at every change, after those that listen already. */
    onChange: (listener: (told: Told) => void | Promise<void>) => listeners.push(listener),
    /** The state of a clock that runs on from `ms`, which is now; at the machine's own time it is the machine's clock. */
    runningFrom: (ms: number | null): ClockState => ({
      offset_ms: ms === null ? 0 : ms - real(),
      held_at_ms: null,
      moving: null,
    }),
  };
}
