/** A program of the platform, to be run under a moved clock. */
import type { Program } from '../processes/supervised.ts';

const shift = new URL('./shift.ts', import.meta.url).href;

/** The program as it is under the machine's own clock, or with `Date` moved by `offsetMs`. */
export const shifted = (program: Program, offsetMs: number): Program =>
  offsetMs === 0
    ? program
    : {
        ...program,
        args: ['--import', shift, ...program.args],
        env: { ...program.env, CLOCK_OFFSET_MS: String(offsetMs) },
      };
