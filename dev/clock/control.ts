/**
 * What a person may do with the clock: read it, move it, hold it, let it run. Owns what is refused, and that the programs beside
 * the Worker do not work while it stands: what they do takes real time, and they are told a clock at their start.
 */
import type { ClockAnswer, ClockMove } from '../../src/contracts/embedded-clock.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { dayMs, hourMs, iso, minuteMs } from '../../src/lib/time.ts';
import type { Pausable } from '../processes/pausable.ts';
import type { EmbeddedClock } from './clock.ts';
import { goOn, moveClock, type RunDue } from './move.ts';

export type Refusal = { status: 409 | 422; message: string };
export type ClockControl = ReturnType<typeof clockControl>;

const units: Record<string, number> = { m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs };
const lengthOf = (stretch: string): number => Number(stretch.slice(0, -1)) * (units[stretch.slice(-1)] ?? 0);

/** Further ahead than that nothing can be shown that a shorter way does not show; keys and licences would all be over. */
const aheadMsMax = 10 * 366 * dayMs;

/** @param refusedBy why this platform's clock may not be moved, or null */
export function clockControl(
  clock: EmbeddedClock,
  runDue: RunDue,
  refusedBy: string | null,
  log: (line: string) => void,
) {
  const programs: Pausable[] = [];
  const stopping = new AbortController();
  let moving: Promise<void> | null = null;
  /** Where the move that was ordered leads, also while it has not begun. */
  let bound: number | 'real' | null = null;

  const answer = (): ClockAnswer => {
    const { moving: way } = clock.state();
    const to = way === null ? bound : (way.to_ms ?? 'real');
    return {
      now: iso(clock.now()),
      moved_ms: clock.now() - clock.real(),
      held: clock.isHeld(),
      moving_to: to === null ? null : iso(to === 'real' ? clock.real() : to),
    };
  };

  const resumeAll = async (): Promise<void> => {
    if (clock.isHeld() || stopping.signal.aborted) return;
    for (const program of programs) await program.resume();
  };

  const pauseAll = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.pause()));
  };

  const carryOut = async (change: () => Promise<void>): Promise<void> => {
    await pauseAll();
    await change();
    await resumeAll();
  };

  /** Where the move leads, null where there is none. */
  const targetOf = ({ advance, to }: ClockMove): number | 'real' | null => {
    if (advance !== undefined) return clock.now() + lengthOf(advance);
    if (to === undefined) return null;
    return to === 'real' ? to : Date.parse(to);
  };

  const refusalOf = (target: number | 'real' | null): Refusal | null => {
    if (refusedBy !== null) return { status: 409, message: refusedBy };
    if (moving !== null) return { status: 409, message: `the clock is on its way to ${answer().moving_to}` };
    const ms = target === 'real' ? clock.real() : target;
    if (ms !== null && ms < clock.now())
      return { status: 422, message: `the clock shows ${iso(clock.now())} and never goes backwards` };
    if (ms !== null && ms > clock.real() + aheadMsMax)
      return { status: 422, message: 'the clock goes at most ten years ahead' };
    return null;
  };

  const changeOf = (target: number | 'real' | null, { hold = false, step }: ClockMove) => {
    if (target !== null) return () => moveClock(clock, { to: target, step, hold }, runDue, stopping.signal);
    if (hold === clock.isHeld()) return async () => {};
    return () => clock.change((at) => (hold ? { offset_ms: 0, held_at_ms: at, moving: null } : clock.runningFrom(at)));
  };

  return {
    answer,
    /** A program that is to be ended while the clock stands. It is started now where the clock runs. */
    async add(program: Pausable): Promise<void> {
      programs.push(program);
      if (!clock.isHeld()) await program.resume();
    },
    /** Goes on with a move that a kill has cut off. */
    async goOn(): Promise<void> {
      const { moving: way } = clock.state();
      if (way === null) return;
      log(`the clock was being moved: it goes on from ${answer().now}`);
      await goOn(clock, runDue, stopping.signal);
    },
    /** Resolves when it has arrived; a platform that ends meanwhile goes on at its next start. */
    async order(move: ClockMove): Promise<Result<ClockAnswer, Refusal>> {
      const target = targetOf(move);
      const refusal = refusalOf(target);
      if (refusal !== null) return err(refusal);
      bound = target;
      moving = carryOut(changeOf(target, move));
      try {
        await moving;
      } finally {
        moving = null;
        bound = null;
      }
      return ok(answer());
    },
    async stop(): Promise<void> {
      stopping.abort();
      await moving?.catch(() => {});
      await pauseAll();
    },
  };
}
