/** Somebody who is signed in, as a page's browser sees it. */
import type { BrowserContext } from 'playwright-core';
import type { SessionView } from '../../../src/contracts/sessions.ts';
import type { TestPlatform } from '../platform.ts';

const base = {
  session_id: 'ses_00000000000000000000000000000001',
  customer: null,
  admin_role: null,
  organisation: null,
  created_at: '2026-11-01T00:00:00.000Z',
  last_used_at: '2026-11-01T00:00:00.000Z',
  expires_at: '2026-11-08T00:00:00.000Z',
  current: true,
};

export const adminSession = (role: 'viewer' | 'operator' | 'owner'): SessionView => ({
  ...base,
  kind: 'admin',
  name: 'root',
  admin_role: role,
});

/** Every call of the page is the admin's whose token `npm start` prints, and the session says the role. */
export const asAdmin =
  (platform: TestPlatform, role: 'viewer' | 'operator' | 'owner' = 'owner') =>
  async (context: BrowserContext): Promise<void> => {
    await context.setExtraHTTPHeaders({ authorization: `Bearer ${platform.ready.admin_token}` });
    await context.route('**/api/sessions/current', (route) =>
      route.fulfill({ json: { success: true, session: adminSession(role) } }),
    );
  };
