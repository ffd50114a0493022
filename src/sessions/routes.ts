/** Routes of sessions: signing in and out, mailed links, what is open, the password. */

import { type Failure, notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/sessions.ts';
import { sessionOf } from '../credentials/principal.ts';
import { normaliseEmail } from '../customers/customer.ts';
import { failedAuthenticationLog } from '../http/auth-log.ts';
import { deed } from '../http/deed.ts';
import { mayMailLink, refusePassword } from '../http/email-limits.ts';
import { type Call, type Endpoint, empty, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { failedAuthentications, takeAll } from '../http/limits.ts';
import { tooMany } from '../http/rate-limit.ts';
import { givenCookie, takenCookie } from '../http/session-cookie.ts';
import { changePassword } from '../workflows/accounts/change-password.ts';
import { endSession } from '../workflows/accounts/end-session.ts';
import { mailLink } from '../workflows/accounts/mail-link.ts';
import { signIn } from '../workflows/accounts/sign-in.ts';
import { ownerOfSessions } from './session.ts';
import { findShown, listShown } from './shown-store.ts';
import { type Shown, shownIn } from './sign-in.ts';
import { toChoice, toSession } from './wire.ts';

const logFailed = failedAuthenticationLog();

/** What a refused sign-in answers: itself, or 429 where the address has failed too often, here or with a key. */
async function refused(call: Call, shown: Shown, failure: Failure): Promise<Failure> {
  if (failure.code !== 'sign_in_failed' && failure.code !== 'link_invalid') return failure;
  const { address, log, requestId, principal } = call;
  const presented = shown.way === 'token' ? 'admin' : shown.way;
  logFailed(log, { address, presented, requestId, now: call.now() });
  const { refusedBy, tightest } = await takeAll(call, [failedAuthentications], { principal, address });
  return refusedBy && tightest ? tooMany(tightest) : failure;
}

const signInRoute = deed({
  ...routes.signIn,
  limits: [{ name: 'sign_in', by: 'address', rate: 'RATE_LIMIT_AUTH' }],
  plan: async (context, call) => {
    const shown = shownIn(call.body);
    const limited = shown.way === 'password' ? await refusePassword(call, shown.email) : null;
    if (limited) return refuse(limited);
    const input = { shown, rootToken: call.env.ADMIN_API_TOKEN, currentId: sessionOf(call.principal) };
    const planned = await signIn(context, input);
    return planned.ok ? planned : refuse(await refused(call, shown, planned.error));
  },
  answer: (done, { env, now }) =>
    done.kind === 'choose'
      ? json(200, toChoice(done.memberships))
      : json(
          201,
          { success: true, session: toSession(done.shown, done.session.sessionId) },
          givenCookie(env, done.session, now()),
        ),
});

const mailLinkRoute = deed({
  ...routes.mailLink,
  limits: [{ name: 'links', by: 'address', rate: 'RATE_LIMIT_AUTH' }],
  plan: async (context, call) => {
    const email = normaliseEmail(call.body.email);
    if (call.env.postbox === null) call.log('warn', 'a link was asked for, and nothing is set that sends mail', {});
    return await mailLink(context, (await mayMailLink(call, email)) ? email : null);
  },
  answer: () => json(202, { success: true }),
});

/** The request's own session, null where it came by a key. */
async function ownSession({ db, principal, now }: Call) {
  const [id, owner] = [sessionOf(principal), ownerOfSessions(principal)];
  return id === null || owner === null ? null : await findShown(db, id, owner, now());
}

const read = endpoint({
  ...routes.readSession,
  handle: async (call) => {
    const own = await ownSession(call);
    return own ? reply(200, { success: true, session: toSession(own, own.session.id) }) : refuse(noSession);
  },
});

const noSession: Failure = { code: 'not_found', message: 'this request has a key, and no session' };

const list = endpoint({
  ...routes.listSessions,
  handle: async ({ db, principal, now, query: { page, limit } }) => {
    const owner = ownerOfSessions(principal);
    const found = owner === null ? { rows: [], total: 0 } : await listShown(db, owner, now(), { page, limit });
    const items = found.rows.map((row) => toSession(row, sessionOf(principal)));
    return reply(200, { items, total: found.total, page, limit });
  },
});

const signOut = deed({
  ...routes.signOut,
  plan: async (context, { principal }) => {
    const sessionId = sessionOf(principal);
    if (sessionId === null) return refuse(noSession);
    return await endSession(context, { sessionId, owner: ownerOfSessions(principal) });
  },
  answer: (_, { env }) => empty(204, takenCookie(env)),
});

const endOne = deed({
  ...routes.endSession,
  plan: (context, call) =>
    endSession(context, { sessionId: param(call, 'sessionId'), owner: ownerOfSessions(call.principal) }),
  answer: () => empty(204),
});

const password = deed({
  ...routes.changePassword,
  plan: async (context, call) => {
    const own = await ownSession(call);
    if (!own?.member) return refuse(own ? notFound : noSession);
    const { old = null } = call.body;
    const limited = old === null ? null : await refusePassword(call, own.member.email);
    if (limited) return refuse(limited);
    return await changePassword(context, { session: own.session, old, new: call.body.new });
  },
  answer: () => empty(204),
});

export const sessionEndpoints: readonly Endpoint[] = [
  signInRoute,
  mailLinkRoute,
  read,
  list,
  signOut,
  endOne,
  password,
];
