/** An API that fails, answers HTML or does not answer yet, and what a page shows then. */
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { expectAccessible } from './accessibility.ts';
import { refusal } from './stand-in-sessions.ts';

type Answer = 'failure' | 'html' | 'slow' | 'well';

export const troubleMessage = 'the database is away';
const requestId = 'req_00000000000000000000000000000007';

export interface Trouble {
  /** What requests are answered with from now on; those that a slow API keeps are let go on. */
  set: (next: Answer) => void;
  install: (context: BrowserContext) => Promise<void>;
}

/**
 * In trouble from the first request on.
 * @param pattern the addresses that are in trouble, as Playwright takes them
 */
export function troubledApi(pattern: string | RegExp, first: Answer = 'failure'): Trouble {
  let answer = first;
  let waiting: (() => void)[] = [];
  return {
    set(next) {
      answer = next;
      for (const goOn of waiting) goOn();
      waiting = [];
    },
    async install(context) {
      await context.route(pattern, async (route) => {
        if (answer === 'slow')
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
          });
        if (answer === 'failure') {
          const json = { ...refusal('unavailable', troubleMessage), request_id: requestId };
          await route.fulfill({ status: 503, json });
        } else if (answer === 'html') {
          await route.fulfill({ status: 200, contentType: 'text/html', body: '<p>hello</p>' });
        } else await route.continue();
      });
    },
  };
}

/**
 * Takes a page that was opened in trouble (`failure`) through all of it: it says what failed and of which request, offers
 * another try, says that something else answered, waits where nothing answers yet, and shows what comes in the end.
 */
export async function expectToldOfTrouble(page: Page, trouble: Trouble, arrived: Locator): Promise<void> {
  const tryAgain = () => page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByText(troubleMessage).first().waitFor();
  await page.getByText(`Request ${requestId}`).first().waitFor();
  await expectAccessible(page);
  trouble.set('html');
  await tryAgain();
  await page.getByText('Something else than Tenantry answered').first().waitFor();
  trouble.set('slow');
  await tryAgain();
  await page
    .locator('main')
    .getByText('Loading')
    .or(page.locator('main').getByRole('progressbar', { name: 'Loading' }))
    .first()
    .waitFor({ state: 'attached' });
  trouble.set('well');
  await arrived.waitFor();
}
