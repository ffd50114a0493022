/** Sessions of principals, for their cases to end: of a person, of an admin, or of the customer's own member. */
import { DEMO_ORGANISATION } from '../../../dev/oidc/people.ts';
import { signIn } from '../../../src/contracts/routes/sessions.ts';
import { type SessionBody, sessionAnswer } from '../../../src/contracts/sessions.ts';
import { openBrowser } from '../../../test/dev/oidc/browser.ts';
import type { TestPlatform } from '../../../test/harness/platform.ts';

/** Signs in once more. @returns the session's id */
export async function sessionOf({ url }: TestPlatform, body: SessionBody): Promise<string> {
  const answer = await fetch(new URL(signIn.path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return sessionAnswer.parse(await answer.json()).session.session_id;
}

/** The same at the platform's own issuer. */
export async function sessionOfPerson({ ready, url }: TestPlatform, person: string): Promise<string> {
  const browser = openBrowser();
  const asked = await browser.go(new URL(`/api/sessions/oidc/start?organisation=${DEMO_ORGANISATION.slug}`, url));
  await browser.submit(asked, { person, password: ready.oidc_password ?? '' });
  const answer = await browser.ask(new URL('/api/sessions/current', url));
  return sessionAnswer.parse(await answer.json()).session.session_id;
}
