/** A customer's member as a page's browser sees them: added by an admin, signed in by a mailed link. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import type { MemberRole } from '../../../src/contracts/route.ts';
import { addMember, changePassword, mailLink, signIn } from '../../../src/contracts/routes/sessions.ts';
import { eventually } from '../eventually.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';

/** The platform's environment for tests with many members: none of them is told to come back later. */
export const withoutSignInLimits = { RATE_LIMIT_SIGN_IN: 'off', RATE_LIMIT_LINKS: 'off' };

/** A mail's lines as they were before they were made fit for transport. */
const decoded = (mail: string): string =>
  mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** The secret of the link that the email has asked for. The invitation has one too, among words of others. */
export async function mailedLink(dataDir: string, email: string): Promise<string> {
  const folder = join(dataDir, 'mail');
  const read = async () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .find((mail) => mail.includes(email) && mail.includes('Subject: Your sign-in link'));
  const mail = await eventually(read, (found) => found !== undefined);
  const secret = /#link=([\w-]{43})/.exec(decoded(mail ?? ''))?.[1];
  if (secret === undefined) throw new Error(`the mail to ${email} has no link: ${mail}`);
  return secret;
}

/** @returns the email of a new member, and the secret that signs in once */
export async function invited(
  platform: TestPlatform,
  customerId: string,
  role: MemberRole,
  email = `${role}-${crypto.randomUUID()}@example.com`,
) {
  const { ready, dataDir } = platform;
  const api = apiOf(ready.url, ready.admin_token);
  await api.call(addMember, { params: { customerId }, body: { email, role } });
  await api.call(mailLink, { body: { email } });
  return { email, link: await mailedLink(dataDir, email) };
}

/** Signs in as a new member of the customer. */
export const asMember =
  (platform: TestPlatform, customerId: string, role: MemberRole = 'owner', email?: string) =>
  async (context: BrowserContext): Promise<void> => {
    const { link } = await invited(platform, customerId, role, email);
    const answer = await context.request.post(signIn.path, { data: { link } });
    if (answer.status() !== 201) throw new Error(`signing in answered ${answer.status()}: ${await answer.text()}`);
  };

/** Signs in as a new member who is signed in elsewhere, too. */
export const asMemberTwice =
  (platform: TestPlatform, customerId: string, role: MemberRole) =>
  async (context: BrowserContext): Promise<void> => {
    const { email, link } = await invited(platform, customerId, role);
    const headers = { origin: platform.url };
    const password = 'a long enough one';
    await context.request.post(signIn.path, { data: { link } });
    await context.request.put(changePassword.path, { data: { new: password }, headers });
    const elsewhere = await fetch(`${platform.url}${signIn.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    if (elsewhere.status !== 201) throw new Error(`signing in answered ${elsewhere.status}: ${await elsewhere.text()}`);
  };
