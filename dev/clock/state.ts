/** What is kept of the clock, in DATA_DIR/clock.json: where it is, and a move that is not over. Owns the file's form. */
import { join } from 'node:path';
import { z } from 'zod';
import { clockStep } from '../../src/contracts/embedded-clock.ts';
import { readJson, writePrivateJson } from '../data/private-file.ts';
import { PlatformError } from '../problem.ts';

const moving = z.object({
  /** Null: what the machine's clock shows at the arrival. */
  to_ms: z.int().nullable(),
  step: clockStep,
  /** Whether the clock stands when it has arrived. */
  hold: z.boolean(),
  /** The last instant up to which every due tick has run. */
  ticked_ms: z.int(),
});
export type Moving = z.infer<typeof moving>;

const schema = z.object({
  /** How far a running clock is ahead of the machine's. */
  offset_ms: z.int(),
  /** Where a clock that stands is, else null. */
  held_at_ms: z.int().nullable(),
  moving: moving.nullable(),
});
export type ClockState = z.infer<typeof schema>;

/** The clock of a machine that was never told another time. */
const realTime: ClockState = { offset_ms: 0, held_at_ms: null, moving: null };

const pathIn = (dataDir: string) => join(dataDir, 'clock.json');

/** Writes it to the disk: after kill -9 there is this state or the one before. */
export const keepClock = (dataDir: string, state: ClockState): void => writePrivateJson(pathIn(dataDir), state);

/** What was kept, or real time. Throws PlatformError for a damaged file: data of another time must not meet this one's. */
export function loadClock(dataDir: string): ClockState {
  let kept: unknown;
  try {
    kept = readJson(pathIn(dataDir));
  } catch {
    throw new PlatformError(`${pathIn(dataDir)} is not JSON: restore it, or start over with --fresh`);
  }
  if (kept === null) return realTime;
  const read = schema.safeParse(kept);
  if (!read.success)
    throw new PlatformError(`${pathIn(dataDir)} is not a clock's: restore it, or start over with --fresh`);
  return read.data;
}
