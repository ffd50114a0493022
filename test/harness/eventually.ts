/** Waiting for a thing, not for a time: asks until the answer is good. */

/** Above what anything takes on a machine that does eight other things; the test's own time-out says more than this. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 100;

/** Asks again until `good`; throws with the last answer when it never came. A question that throws is asked again. */
export async function eventually<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (good(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`it never came: ${JSON.stringify(last)} ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
