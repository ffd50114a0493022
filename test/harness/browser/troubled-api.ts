/** An API that fails, answers HTML or does not answer yet, for what a page shows then. */
import type { BrowserContext } from 'playwright-core';
import { refusal } from './stand-in-sessions.ts';

type Answer = 'failure' | 'html' | 'slow' | 'well';

export const troubleMessage = 'the database is away';

/** @param pattern the addresses that are in trouble, as Playwright takes them */
export function troubledApi(pattern: string | RegExp) {
  let answer: Answer = 'failure';
  let waiting: (() => void)[] = [];
  return {
    /** What requests are answered with from now on; those that a slow API keeps are let go on. */
    set(next: Answer): void {
      answer = next;
      for (const goOn of waiting) goOn();
      waiting = [];
    },
    async install(context: BrowserContext): Promise<void> {
      await context.route(pattern, async (route) => {
        if (answer === 'slow')
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
          });
        if (answer === 'failure') {
          await route.fulfill({ status: 503, json: refusal('unavailable', troubleMessage) });
        } else if (answer === 'html') {
          await route.fulfill({ status: 200, contentType: 'text/html', body: '<p>hello</p>' });
        } else await route.continue();
      });
    },
  };
}
