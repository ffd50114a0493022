/** Routes of signup and of customers: read, listed, deactivated, reactivated. */

import type { SignupBody } from '../contracts/customers.ts';
import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/customers.ts';
import { deed } from '../http/deed.ts';
import { mayMailLink } from '../http/email-limits.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { ok, type Result } from '../lib/result.ts';
import { deactivate } from '../workflows/accounts/deactivate.ts';
import { type Held, holdSignUp } from '../workflows/accounts/hold-sign-up.ts';
import { reactivate } from '../workflows/accounts/reactivate.ts';
import { type SignedUp, type SignUpInput, signUp } from '../workflows/accounts/sign-up.ts';
import { verifySignUp } from '../workflows/accounts/verify-sign-up.ts';
import type { Planned } from '../workflows/deed.ts';
import { refreshSubscription } from '../workflows/subscriptions/refresh-subscription.ts';
import { namesOf, normaliseEmail } from './customer.ts';
import { listCustomers } from './store.ts';
import { toCustomerAnswer, toCustomerList, toHeldAnswer, toSignupAnswer } from './wire.ts';

/** What a signup asks for, in our words. */
function inputOf(
  body: SignupBody,
  asked: Pick<SignUpInput, 'asker' | 'organisationId' | 'offered'>,
): Result<SignUpInput, Failure> {
  const names = namesOf(body);
  if (!names.ok) return names;
  const { email, password = null, plan = null } = body;
  return ok({ email: normaliseEmail(email), ...names.value, password, plan, ...asked });
}

const signupLimit = { name: 'signup', by: 'address', rate: 'RATE_LIMIT_SIGNUP' } as const;

const signup = deed({
  ...routes.signUp,
  limits: [signupLimit],
  plan: async (context, call): Promise<Planned<SignedUp | Held>> => {
    const { body, env } = call;
    const input = inputOf(body, { asker: 'public', organisationId: null, offered: env.SIGNUP_PLANS ?? null });
    if (!input.ok) return input;
    if (env.SIGNUP_VERIFICATION === 'none') return await signUp(context, input.value);
    return await holdSignUp(context, input.value, await mayMailLink(call, input.value.email));
  },
  answer: (made, { env }) =>
    'expiresAt' in made ? json(202, toHeldAnswer(made)) : json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const verify = deed({
  ...routes.verifySignup,
  limits: [signupLimit],
  plan: (context, { body, env }) =>
    verifySignUp(context, {
      secret: body.token,
      password: body.password ?? null,
      offered: env.SIGNUP_PLANS ?? null,
    }),
  answer: (made, { env }) => json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const create = deed({
  ...routes.createCustomer,
  plan: async (context, { body }) => {
    const asked = { asker: 'admin', organisationId: body.organisation_id ?? null, offered: 'all' } as const;
    const input = inputOf(body, asked);
    return input.ok ? await signUp(context, input.value) : input;
  },
  answer: (made, { env }) => json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const list = endpoint({
  ...routes.listCustomers,
  handle: async ({ db, query }) => reply(200, toCustomerList(await listCustomers(db, query), query.page, query.limit)),
});

const read = endpoint({
  ...routes.readCustomer,
  handle: async ({ customer, env, principal }) => reply(200, toCustomerAnswer(customer, env.BASE_DOMAIN, principal)),
});

const deactivateRoute = deed({
  ...routes.deactivateCustomer,
  plan: (context, { customer, body }) => deactivate(context, customer, body.reason ?? 'deactivated'),
  answer: (whole, { env, principal }) => json(200, toCustomerAnswer(whole, env.BASE_DOMAIN, principal)),
});

const reactivateRoute = deed({
  ...routes.reactivateCustomer,
  plan: (context, { customer }) => reactivate(context, customer),
  // What has not ended at Stripe yet lives on, in the state that Stripe says.
  afterwards: async (context, { whole }) => {
    const { stripeSubscriptionId } = whole.subscription;
    if (stripeSubscriptionId !== null) await refreshSubscription(context, stripeSubscriptionId);
  },
  answer: ({ whole, apiKey }, { env, principal }) =>
    json(200, { ...toCustomerAnswer(whole, env.BASE_DOMAIN, principal), api_key: apiKey }),
});

export const customerEndpoints: readonly Endpoint[] = [
  signup,
  verify,
  create,
  list,
  read,
  deactivateRoute,
  reactivateRoute,
];
