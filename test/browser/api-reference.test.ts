/** The API's reference for people: its script and style are built, it runs under its own policy, and shows what the document says. */
import { expect, it } from 'vitest';
import { readOpenApi, readReference } from '../../src/contracts/routes/reference.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { withoutProvisioner } from '../harness/browser/queue-work.ts';

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;
type Paths = Record<string, Partial<Record<(typeof methods)[number], unknown>>>;

/** So high that nothing is outside of it: Swagger UI draws only what is near the screen. CSS pixels. */
const viewport = { width: 1280, height: 30_000 };

const documentedIn = (paths: Paths): string[] =>
  Object.entries(paths).flatMap(([path, of]) =>
    methods.filter((method) => method in of).map((method) => `${method.toUpperCase()} ${path}`),
  );

describeInBrowser(
  'the reference page',
  (browsing) => {
    it('shows every operation of the document, and what one answers', async () => {
      const { ready } = browsing.platform;
      const document = await apiOf(ready.url, ready.admin_token).call(readOpenApi, {});
      const documented = documentedIn(document['paths'] as Paths);
      const page = await browsing.open(readReference.path, { viewport });
      const operations = page.locator('.opblock');
      const shown = () =>
        operations.evaluateAll((all) =>
          all.map((one) => {
            const path = one.querySelector('[data-path]')?.getAttribute('data-path');
            return `${one.querySelector('.opblock-summary-method')?.textContent} ${path}`;
          }),
        );
      await expect.poll(async () => (await shown()).toSorted()).toEqual(documented.toSorted());
      await operations.first().getByRole('button').first().click();
      await operations.first().getByText('Responses', { exact: true }).waitFor();
    });
  },
  withoutProvisioner,
);
