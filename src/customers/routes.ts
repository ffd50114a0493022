/** Routes of signup and of customers: read, listed, deactivated, reactivated. */

import type { SignupBody } from '../contracts/customers.ts';
import * as routes from '../contracts/routes/customers.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { deactivate } from '../workflows/accounts/deactivate.ts';
import { reactivate } from '../workflows/accounts/reactivate.ts';
import { type SignUpInput, signUp } from '../workflows/accounts/sign-up.ts';
import type { Context } from '../workflows/deed.ts';
import { namesOf, normaliseEmail } from './customer.ts';
import { listCustomers } from './store.ts';
import { toCustomerAnswer, toCustomerList, toSignupAnswer } from './wire.ts';

async function planSignup(
  context: Context,
  body: SignupBody,
  { asker, organisationId, offered }: Pick<SignUpInput, 'asker' | 'organisationId' | 'offered'>,
) {
  const names = namesOf(body);
  if (!names.ok) return names;
  return await signUp(context, {
    email: normaliseEmail(body.email),
    ...names.value,
    password: body.password ?? null,
    plan: body.plan ?? null,
    organisationId,
    asker,
    offered,
  });
}

const signup = deed({
  ...routes.signUp,
  limits: [{ name: 'signup', by: 'address', rate: 'RATE_LIMIT_SIGNUP' }],
  plan: (context, { body, env }) =>
    planSignup(context, body, { asker: 'public', organisationId: null, offered: env.SIGNUP_PLANS ?? null }),
  answer: (made, { env }) => json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const create = deed({
  ...routes.createCustomer,
  plan: (context, { body }) =>
    planSignup(context, body, { asker: 'admin', organisationId: body.organisation_id ?? null, offered: 'all' }),
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
  answer: ({ whole, apiKey }, { env, principal }) =>
    json(200, { ...toCustomerAnswer(whole, env.BASE_DOMAIN, principal), api_key: apiKey }),
});

export const customerEndpoints: readonly Endpoint[] = [signup, create, list, read, deactivateRoute, reactivateRoute];
