/** Waits until the Worker answers. */
import { PlatformError, reasonOf } from './problem.ts';

const TRIES = 50;
const PAUSE_MS = 200;
const CALL_TIMEOUT_MS = 5000;

/** Throws PlatformError with the last answer when the Worker does not become healthy within some ten seconds. */
export async function waitForHealth(url: string): Promise<void> {
  let last = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const response = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
      const text = await response.text();
      if (response.ok) return;
      last = `${response.status}: ${text}`;
    } catch (error) {
      last = reasonOf(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new PlatformError(`the Worker does not answer GET /health: ${last}`);
}
