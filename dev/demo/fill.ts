/**
 * `npm start -- --demo`: an empty folder is filled with thirteen months of thirty customers, then the clock is let go at the
 * machine's time. Owns when the demo begins and ends, what is said meanwhile, and DATA_DIR/demo.json, by which a folder
 * whose demo was cut off is known.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { ReadyLine } from '../../src/contracts/ready.ts';
import { dayMs, floorTo, secondMs } from '../../src/lib/time.ts';
import { readJson, writePrivateJson } from '../data/private-file.ts';
import { PlatformError, reasonOf } from '../problem.ts';
import { demoApi } from './api.ts';
import { cast } from './cast.ts';
import { play } from './run.ts';
import { plan } from './story.ts';

/** Of every number of the demo. */
export const demoSeed = 20_261;
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

/** What was said of the demo at last; a file that cannot be read says nothing good. */
function stateIn(dataDir: string): 'filling' | 'complete' | 'none' {
  try {
    const found = readJson(pathIn(dataDir));
    return found === null ? 'none' : kept.parse(found).state;
  } catch {
    return 'filling';
  }
}

/** Throws PlatformError for a folder whose demo was cut off: half of it is no demo, and the rest cannot be told from it. */
export function refuseHalfDemo(dataDir: string): void {
  if (stateIn(dataDir) !== 'filling') return;
  throw new PlatformError(
    `the demo in ${dataDir} was cut off while it was filled: begin again with npm start -- --fresh --demo`,
  );
}

type Filling = {
  ready: ReadyLine;
  publicUrl: string;
  dataDir: string;
  /** What the clock shows, ms. */
  from: number;
  /** Lets the platform go on as it does without a demo. */
  filled: () => Promise<void>;
  onRefused: (reason: PlatformError) => void;
};

/** Prepares it: from now on the folder's demo is half. Begun, it fills the folder, and says how far it is. */
export function demoFilling(
  { ready, publicUrl, dataDir, from, filled, onRefused }: Filling,
  log: (line: string) => void,
) {
  const ending = new AbortController();
  writePrivateJson(pathIn(dataDir), { state: 'filling' });

  let said = 0;
  const say = (share: number): void => {
    if (share - said < sayEvery) return;
    said = share;
    log(`demo: ${Math.floor(share * 100)} %`);
  };

  const fill = async (): Promise<void> => {
    const startedMs = performance.now();
    const story = plan(cast, { seed: demoSeed, from, until: Date.now() });
    const { windows } = await play(demoApi(ready, ending.signal, publicUrl), story, say, Date.now);
    await filled();
    const seconds = Math.round((performance.now() - startedMs) / secondMs);
    writePrivateJson(pathIn(dataDir), { state: 'complete', customers: cast.length, windows, seconds });
    log(`demo complete: ${cast.length} customers, ${windows} windows of usage, in ${seconds} s`);
  };

  return {
    begin: (): void =>
      void fill().catch((error: unknown) => {
        if (!ending.signal.aborted) onRefused(new PlatformError(reasonOf(error)));
      }),
    stop: (): void => ending.abort(),
  };
}
