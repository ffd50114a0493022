/** A moment on a page: UTC for everybody, and the reader's own time for who points at it or comes to it by the keyboard. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { withoutSignInLimits } from '../harness/browser/member.ts';
import { queueWork, withoutProvisioner } from '../harness/browser/queue-work.ts';
import { asAdmin } from '../harness/browser/session.ts';

/** Five and three quarter hours before UTC's clock, the whole year. */
const timeZone = 'Asia/Kathmandu';
const aheadMs = (5 * 60 + 45) * 60_000;
/** More than there are before the first moment of the page. */
const stopsMax = 50;

describeInBrowser(
  'a moment on a page',
  (browsing) => {
    /** Of a job that has just been made: what the page says, and what its reader's clock showed then. */
    async function momentOf(page: Page) {
      const moment = page.locator('main time').first();
      const at = (await moment.getAttribute('datetime')) ?? '';
      const local = new Date(Date.parse(at) + aheadMs);
      const hour = local.getUTCHours() % 12 || 12;
      const rest = local.toISOString().slice(13, 19);
      return { moment, at, here: page.getByRole('tooltip').getByText(`${hour}${rest}`) };
    }
    const open = async () => {
      const work = queueWork(browsing.platform);
      await work.customer('Acme');
      const page = await browsing.open('/console/customers', { before: asAdmin(browsing.platform), timeZone });
      await page.locator('main time').first().waitFor();
      return page;
    };

    it('is UTC, and on hover the time of who reads it', async () => {
      const page = await open();
      const { moment, at, here } = await momentOf(page);
      expect(await moment.textContent()).toBe(`${at.slice(0, 19).replace('T', ' ')} UTC`);
      expect(await here.count()).toBe(0);
      await moment.hover();
      await here.waitFor();
      expect(await page.getByRole('tooltip').textContent()).toMatch(/ GMT\+5:45 here$/);
      await page.mouse.move(0, 0);
      await here.waitFor({ state: 'detached' });
    });

    it('is the same by Tab alone', async () => {
      const page = await open();
      const { moment, here } = await momentOf(page);
      const isThere = () => moment.evaluate((of) => of === document.activeElement);
      await page.locator('main').focus();
      for (let stops = 0; stops < stopsMax && !(await isThere()); stops += 1) await page.keyboard.press('Tab');
      expect(await isThere()).toBe(true);
      await here.waitFor();
      const described = await moment.getAttribute('aria-describedby');
      expect(await page.getByRole('tooltip').getAttribute('id')).toBe(described);
    });
  },
  { ...withoutProvisioner, ...withoutSignInLimits },
);
