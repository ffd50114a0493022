/** The stories of signing in that several tests begin with: customers with a password, invitations, mailed links. */
import type { SessionView } from '../../../src/contracts/sessions.ts';
import { type Api, signUp } from './api.ts';
import { mailedLink } from './browser.ts';

export const password = 'correct horse battery';

export interface Signed {
  email: string;
  customerId: string;
  apiKey: string;
}

export const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];
export const sessionIn = async (answer: Response) => ((await answer.json()) as { session: SessionView }).session;

/** What a refusal says, without its id and time. */
export async function wordsOf(answer: Response) {
  const { code, message, error, details } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, code, message, error, details };
}

/** The stories on one API; the clock is set back to `startAt` with every new customer. */
export function stories(api: Api, startAt: number) {
  const signIn = (body: unknown, options: Parameters<typeof api.call>[2] = {}) =>
    api.call('POST', '/api/sessions', { ...options, body });

  /** A customer whose owner has a password. */
  async function customer(): Promise<Signed> {
    api.clock.now = startAt;
    const email = `${crypto.randomUUID()}@example.com`;
    const made = await signUp(api, { email, password });
    return { email, customerId: made.customer.customer_id, apiKey: made.api_key };
  }

  /** Makes the email a member of the customer. */
  async function invite(of: Signed, email: string, role = 'viewer'): Promise<string> {
    const path = `/api/customers/${of.customerId}/members`;
    const answer = await api.call('POST', path, { token: of.apiKey, body: { email, role } });
    if (answer.status !== 201) throw new Error(`the invitation answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { member: { member_id: string } }).member.member_id;
  }

  /** Has a link mailed; its secret. */
  async function link(email: string): Promise<string> {
    const answer = await api.call('POST', '/api/sessions/links', { body: { email } });
    if (answer.status !== 202) throw new Error(`the link answered ${answer.status}`);
    return await mailedLink(api, email);
  }

  return { signIn, customer, invite, link };
}
