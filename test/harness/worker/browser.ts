/** A browser that is signed in, as the Worker sees it: a cookie and the headers that only browsers set. */
import type { Role } from '../../../src/contracts/route.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { parseEnv } from '../../../src/env.ts';
import { linkSecrets } from '../../../src/sessions/link.ts';
import type { Grant } from '../../../src/sessions/session.ts';
import { hashOfSettings } from '../../../src/sessions/staff.ts';
import { staffIssuerOf } from '../../../src/wiring.ts';
import { openSession } from '../../../src/workflows/open-session.ts';
import type { Api } from './api.ts';

/** The cookie's name where the API is at http on this machine, as in the Worker's own configuration. */
export const cookieName = 'tenantry';

/** The headers of a page of ours that has the session's secret. */
export const asBrowser = (secret: string): Record<string, string> => ({
  cookie: `${cookieName}=${secret}`,
  'sec-fetch-site': 'same-origin',
});

/** A session straight into the table, for tests that do not ask how it came to be. */
export async function sessionFor(api: Api, grant: Grant): Promise<{ sessionId: string; secret: string }> {
  const { session, stored } = await openSession({ random: api.outside.random, now: api.clock.now }, grant);
  await commit(openDb(api.bindings['CONTROL'] as D1Database), [stored]);
  return session;
}

/** What a member of staff has proved at the staff issuer, which the test's Worker is given by this. */
export function staffGrant(api: Api, who: { name: string; role: Role; endsAt: number }): Grant {
  Object.assign(api.bindings, {
    STAFF_OIDC_ISSUER: 'https://staff.example.com',
    STAFF_OIDC_CLIENT_ID: 'console',
    STAFF_OIDC_ROLES: 'groups:tenantry-admins=owner',
  });
  const issuer = staffIssuerOf(parseEnv(api.bindings));
  if (!issuer) throw new Error('no staff issuer');
  return { kind: 'staff', ...who, staffHash: hashOfSettings(issuer) };
}

/** What the answer's cookie gives: its attributes, and the secret in it. */
export function cookieOf(answer: Response): { name: string; secret: string; attributes: string[] } {
  const [pair = '', ...attributes] = (answer.headers.get('set-cookie') ?? '').split('; ');
  const [name = '', secret = ''] = pair.split('=');
  return { name, secret, attributes };
}

/** The secret of the newest link that was mailed to the email, as the mail has it. */
export async function mailedLink(api: Api, email: string): Promise<string> {
  const row = await (api.bindings['CONTROL'] as D1Database)
    .prepare('SELECT id FROM sign_in_links WHERE email = ? ORDER BY created_at DESC, rowid DESC LIMIT 1')
    .bind(email)
    .first<{ id: string }>();
  if (!row) throw new Error(`no link for ${email}`);
  return linkSecrets(String(api.bindings['LICENSE_PRIVATE_KEYS']), row.id)[0];
}
