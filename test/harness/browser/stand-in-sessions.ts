/**
 * Sessions as the contract says them, in the API's place, for what the pages do around signing in: the test says who gets
 * in by what, ends the session, and sees what was sent. The API's own are tested with it.
 */
import type { BrowserContext, Route } from 'playwright-core';
import type { Role } from '../../../src/contracts/route.ts';
import type { SessionView } from '../../../src/contracts/sessions.ts';

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

export const adminSession = (role: Role): SessionView => ({ ...base, kind: 'admin', name: 'root', admin_role: role });

export const memberSession: SessionView = {
  ...base,
  kind: 'account',
  name: 'ann@example.com',
  customer: { customer_id: `cust_${'1'.repeat(32)}`, company_name: 'Acme', role: 'owner' },
};

export const personSession: SessionView = {
  ...base,
  kind: 'person',
  name: 'Ann',
  organisation: {
    organisation_id: `org_${'1'.repeat(32)}`,
    slug: 'acme',
    name: 'Acme',
    role: 'org-admin',
    namespaces: null,
  },
};

export interface StandInSessions {
  /** Who is signed in. */
  current: SessionView | null;
  /** Bodies of POST /api/sessions. */
  asked: unknown[];
  /** What POST /api/sessions answers. */
  answer: (body: unknown) => { status: number; json: unknown; headers?: Record<string, string> };
  install: (context: BrowserContext) => Promise<void>;
}

export const refusal = (code: string, message: string) => ({
  success: false,
  error: code,
  code,
  message,
  details: {},
  timestamp: '2026-11-01T00:00:00.000Z',
  request_id: 'req_00000000000000000000000000000001',
});
const unauthenticated = refusal('unauthenticated', 'a valid credential is required');

/** @param signsIn who a POST that is not answered otherwise signs in */
export function standInSessions(signsIn: SessionView): StandInSessions {
  const sessions: StandInSessions = {
    current: null,
    asked: [],
    answer: () => ({ status: 201, json: { success: true, session: signsIn } }),
    install: async (context) => {
      const current = (route: Route) =>
        sessions.current === null
          ? route.fulfill({ status: 401, json: unauthenticated })
          : route.fulfill({ json: { success: true, session: sessions.current } });
      const all = async (route: Route) => {
        if (route.request().method() === 'DELETE') {
          sessions.current = null;
          await route.fulfill({ status: 204 });
          return;
        }
        const body: unknown = route.request().postDataJSON();
        sessions.asked.push(body);
        const answer = sessions.answer(body);
        if (answer.status === 201) sessions.current = signsIn;
        await route.fulfill(answer);
      };
      await context.route('**/api/sessions/current', current);
      await context.route('**/api/sessions', all);
      await context.route('**/api/sessions/links', (route) => route.fulfill({ status: 202, json: { success: true } }));
    },
  };
  return sessions;
}
