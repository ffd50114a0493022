/** The list of jobs, as somebody who runs the queue sees it. */
import { expect, it } from 'vitest';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { asAdmin, asNobody } from '../harness/browser/session.ts';

describeInBrowser('queue console: jobs', (browsing) => {
  it('says what to do while there is no job', async () => {
    const page = await browsing.open('/admin/queues', { before: asAdmin(browsing.platform) });
    await page.getByText('A job appears when a customer signs up').waitFor();
    await expectAccessible(page);
  });
  it('asks to sign in', async () => {
    const page = await browsing.open('/admin/queues?state=failed', { before: asNobody });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(new URL(page.url()).searchParams.get('return_to')).toBe('/admin/queues?state=failed');
    await expectAccessible(page);
  });
});
