/** Somebody who is signed in, as a page's browser sees it: with a session of the API and its cookie. */
import type { BrowserContext } from 'playwright-core';
import type { Role } from '../../../src/contracts/route.ts';
import { makeAdminToken } from '../../../src/contracts/routes/credentials.ts';
import { signIn } from '../../../src/contracts/routes/sessions.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';

/** A token of a role: the one that `npm start` prints is an owner's. */
async function tokenOf({ ready }: TestPlatform, role: Role): Promise<string> {
  if (role === 'owner') return ready.admin_token;
  const api = apiOf(ready.url, ready.admin_token);
  return (await api.call(makeAdminToken, { body: { name: `${role}-${crypto.randomUUID()}`, role } })).token;
}

/** Signs in by an admin token of the role, as the sign-in page does. */
export const asAdmin =
  (platform: TestPlatform, role: Role = 'owner') =>
  async (context: BrowserContext): Promise<void> => {
    const data = { admin_token: await tokenOf(platform, role) };
    const answer = await context.request.post(signIn.path, { data });
    if (answer.status() !== 201) throw new Error(`signing in answered ${answer.status()}: ${await answer.text()}`);
  };
