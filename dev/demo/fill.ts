/**
 * `npm start -- --demo`: an empty folder is filled with thirteen months of thirty customers, then the clock is let go at the
 * machine's time. Owns when the demo begins and ends, what is said meanwhile, and DATA_DIR/demo.json, by which a folder
 * whose demo was cut off is known.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { ReadyLine } from '../../src/contracts/ready.ts';
import { dayMs, floorTo } from '../../src/lib/time.ts';
import { readJson, writePrivateJson } from '../data/private-file.ts';
import { PlatformError } from '../problem.ts';
import { demoApi } from './api.ts';
import { cast } from './cast.ts';
import { play } from './run.ts';
import { plan } from './story.ts';

const seed = 20_261;
const months = 13;
/** A day that every month has. */
const dayMax = 28;
const sayEvery = 0.05;

const kept = z.object({ state: z.enum(['filling', 'complete']) });
const pathIn = (dataDir: string) => join(dataDir, 'demo.json');

/** Where the demo begins that ends at `now`, ms: the same day thirteen months before, at its start. */
export function demoBegins(now: number): number {
  const at = new Date(floorTo(now, dayMs));
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, Math.min(at.getUTCDate(), dayMax));
}

/** Throws PlatformError for a folder whose demo was cut off: half of it is no demo, and the rest cannot be told from it. */
export function refuseHalfDemo(dataDir: string): void {
  const read = kept.safeParse(readJson(pathIn(dataDir)));
  if (read.success && read.data.state === 'filling')
    throw new PlatformError(
      `the demo in ${dataDir} was cut off while it was filled: begin again with npm start -- --fresh --demo`,
    );
}

/** Says that the folder is being filled. */
export const beginDemo = (dataDir: string): void => writePrivateJson(pathIn(dataDir), { state: 'filling' });

/** Fills it; the clock stands at the end of it. @returns how many windows of usage were reported */
export async function fillDemo(ready: ReadyLine, from: number, signal: AbortSignal, log: (line: string) => void) {
  let said = 0;
  const story = plan(cast, { seed, from, until: Date.now() });
  const played = await play(demoApi(ready, signal), story, (share) => {
    if (share - said < sayEvery) return;
    said = share;
    log(`demo: ${Math.floor(share * 100)} %`);
  });
  return played.windows;
}

/** Says that it is whole. */
export function endDemo(
  dataDir: string,
  result: { windows: number; seconds: number },
  log: (line: string) => void,
): void {
  writePrivateJson(pathIn(dataDir), { state: 'complete', customers: cast.length, ...result });
  log(`demo complete: ${cast.length} customers, ${result.windows} windows of usage, in ${result.seconds} s`);
}
