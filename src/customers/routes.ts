/** Routes of signup and of customers: read, listed, deactivated, reactivated. */
import {
  createCustomerBody,
  customerAnswer,
  customerList,
  customersQuery,
  deactivateBody,
  reactivateAnswer,
  reactivateBody,
  type SignupBody,
  signupAnswer,
  signupBody,
} from '../contracts/customers.ts';
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
  method: 'post',
  path: '/api/customers/signup',
  summary: 'Sign up: account, licence, key and a deployment on its way',
  allow: { public: true },
  body: signupBody,
  idempotent: true,
  limits: [{ name: 'signup', by: 'address', rate: 'RATE_LIMIT_SIGNUP' }],
  answers: { 201: signupAnswer },
  plan: (context, { body, env }) =>
    planSignup(context, body, { asker: 'public', organisationId: null, offered: env.SIGNUP_PLANS ?? null }),
  answer: (made, { env }) => json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const create = deed({
  method: 'post',
  path: '/api/customers',
  summary: 'Create a customer, in an organisation if one is named',
  allow: { admin: 'operator' },
  body: createCustomerBody,
  idempotent: true,
  answers: { 201: signupAnswer },
  plan: (context, { body }) =>
    planSignup(context, body, { asker: 'admin', organisationId: body.organisation_id ?? null, offered: 'all' }),
  answer: (made, { env }) => json(201, toSignupAnswer(made, env.BASE_DOMAIN)),
});

const list = endpoint({
  method: 'get',
  path: '/api/customers',
  summary: 'Customers, newest first',
  allow: { admin: 'viewer' },
  query: customersQuery,
  answers: { 200: customerList },
  handle: async ({ db, query }) => reply(200, toCustomerList(await listCustomers(db, query), query.page, query.limit)),
});

const read = endpoint({
  method: 'get',
  path: '/api/customers/:customerId',
  summary: 'One customer with subscription and deployment',
  allow: { admin: 'viewer', account: true },
  answers: { 200: customerAnswer },
  handle: async ({ customer, env, principal }) => reply(200, toCustomerAnswer(customer, env.BASE_DOMAIN, principal)),
});

const deactivateRoute = deed({
  method: 'post',
  path: '/api/customers/:customerId/deactivate',
  summary: 'Cancel at once, suspend the stack, revoke keys and licence',
  allow: { admin: 'operator' },
  body: deactivateBody,
  idempotent: true,
  answers: { 200: customerAnswer },
  plan: (context, { customer, body }) => deactivate(context, customer, body.reason ?? 'deactivated'),
  answer: (whole, { env, principal }) => json(200, toCustomerAnswer(whole, env.BASE_DOMAIN, principal)),
});

const reactivateRoute = deed({
  method: 'post',
  path: '/api/customers/:customerId/reactivate',
  summary: 'Bring a deactivated customer back, with a new account key',
  allow: { admin: 'operator' },
  body: reactivateBody,
  idempotent: true,
  answers: { 200: reactivateAnswer },
  plan: (context, { customer }) => reactivate(context, customer),
  answer: ({ whole, apiKey }, { env, principal }) =>
    json(200, { ...toCustomerAnswer(whole, env.BASE_DOMAIN, principal), api_key: apiKey }),
});

export const customerEndpoints: readonly Endpoint[] = [signup, create, list, read, deactivateRoute, reactivateRoute];
