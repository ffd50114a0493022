/** A sign-in at an issuer as a browser goes through it, with the Worker's own two addresses. */
import type { Api } from './api.ts';

/** Where the Worker is, so that its cookies are those of a deployed one. */
export const site = 'https://billing.example.com';
export const begunName = '__Host-tenantry-sign-in';
export const sessionName = '__Host-tenantry';

export const cookiesOf = (response: Response) =>
  new Map(response.headers.getSetCookie().map((line) => [line.split('=', 1)[0] ?? '', line] as const));

const contentOf = (line = '') => line.slice(line.indexOf('=') + 1).split(';', 1)[0] ?? '';

export function issuerBrowser(api: Api) {
  /** The nonce of the last beginning, for the token that the test's issuer makes. */
  const last = { nonce: '' };

  /** @param session the one that the browser has */
  async function begin(query = '?organisation=acme&return_to=/organisation', session: string | null = null) {
    const headers: Record<string, string> = session === null ? {} : { cookie: `${sessionName}=${session}` };
    const response = await api.call('GET', `/api/sessions/oidc/start${query}`, { headers });
    const location = new URL(response.headers.get('location') ?? '', site);
    const asked = Object.fromEntries(location.searchParams);
    last.nonce = asked['nonce'] ?? '';
    return { response, location, asked, begun: contentOf(cookiesOf(response).get(begunName)) };
  }

  async function comeBack(begun: string | null, query: Record<string, string>) {
    const headers: Record<string, string> = begun === null ? {} : { cookie: `other=1; ${begunName}=${begun}` };
    const response = await api.call('GET', `/api/sessions/oidc/callback?${new URLSearchParams(query)}`, { headers });
    const session = contentOf(cookiesOf(response).get(sessionName));
    return { response, session, text: await response.text(), location: response.headers.get('location') };
  }

  /** A whole sign-in. */
  async function signIn(query?: string, session?: string) {
    const { asked, begun } = await begin(query, session);
    return await comeBack(begun, { code: 'the-code', state: asked['state'] ?? '' });
  }

  const sessionsInTable = async () =>
    (await (api.bindings['CONTROL'] as D1Database).prepare('SELECT * FROM sessions').all()).results;

  return { last, begin, comeBack, signIn, sessionsInTable };
}
