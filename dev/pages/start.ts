/** The pages beside the running platform: built in the background when they are missing or stale. Nothing waits for them. */
import { reasonOf } from '../problem.ts';
import { buildPages } from './build.ts';
import type { PagesState } from './state.ts';

/** Opens the pages' part; `build` starts building and says once what became of it. */
export function openPages(log: (line: string) => void) {
  const ending = new AbortController();
  let state: PagesState = { state: 'off' };
  let building: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      await buildPages({ log: (line) => log(`pages | ${line}`), signal: ending.signal });
      state = { state: 'built' };
    } catch (error) {
      if (ending.signal.aborted) return;
      const reason = reasonOf(error);
      state = { state: 'failed', reason };
      for (const line of `they could not be built, the API is not concerned: ${reason}`.split('\n'))
        log(`pages | ${line}`);
    }
  };
  return {
    state: (): PagesState => state,
    build: (): void => {
      state = { state: 'building' };
      building = run();
    },
    async stop(): Promise<void> {
      ending.abort();
      await building;
    },
  };
}
