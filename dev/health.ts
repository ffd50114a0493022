/** Waits until the Worker answers, and hears from it why it cannot run. */
import { PlatformError, reasonOf } from './problem.ts';

const TRIES = 50;
const PAUSE_MS = 200;
const CALL_TIMEOUT_MS = 5000;
const UNAVAILABLE = 503;

type Answer = { status: number; text: string };

async function ask(url: string, path: string): Promise<Answer> {
  const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
  return { status: response.status, text: await response.text() };
}

/**
 * Throws PlatformError: with what the Worker says is wrong, a line each, as soon as it has said so; with the last answer
 * when it does not become healthy within some ten seconds.
 * @param complaints what the Worker has logged as an error so far
 */
export async function waitForHealth(url: string, complaints: () => string[]): Promise<void> {
  let last = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const health = await ask(url, '/health');
      // The Worker's licence keys are a variable too, and only /ready looks at them. Another Worker may have no such route.
      const answer = health.status === 200 ? await ask(url, '/ready') : health;
      if (health.status === 200 && answer.status !== UNAVAILABLE) return;
      last = `${answer.status}: ${answer.text}`;
      const said = complaints();
      if (said.length > 0) throw new PlatformError(said.join('\n'));
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      last = reasonOf(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new PlatformError(`the Worker does not become healthy: ${last}`);
}
