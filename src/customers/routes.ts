/** Signup, customers and their account keys. */

import { pageQuery } from '../contracts/common.ts';
import {
  apiKeyAnswer,
  apiKeyBody,
  apiKeyList,
  createCustomerBody,
  customerAnswer,
  customerList,
  customersQuery,
  deactivateBody,
  reactivateAnswer,
  reactivateBody,
  type SignupAnswer,
  type SignupBody,
  signupAnswer,
  signupBody,
} from '../contracts/customers.ts';
import { instanceUrl } from '../deployments/deployment.ts';
import { type Call, type Endpoint, endpoint, type Outcome, param, refuse, reply } from '../http/endpoint.ts';
import { notFound } from '../http/problem.ts';
import { deliverSoon, depsOf, keyringOf } from '../http/respond.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { accountKeysOf, makeAccountKey, revokeAccountKey } from '../workflows/account-keys.ts';
import { activate, deactivate } from '../workflows/change-customer.ts';
import { type SignedUp, signUp } from '../workflows/sign-up.ts';
import { namesOf, normaliseEmail } from './customer.ts';
import { hashPassword } from './password.ts';
import { findWhole, listCustomers } from './store.ts';
import { toCustomerAnswer, toCustomerList } from './wire.ts';

async function signUpWith(call: Call<SignupBody, unknown>, organisationId: string | null): Promise<Outcome> {
  const { body, env } = call;
  const names = namesOf(body);
  if (!names.ok) return refuse(names.error);
  const input = {
    email: normaliseEmail(body.email),
    ...names.value,
    passwordHash: body.password === undefined ? null : await hashPassword(body.password, call.random),
    plan: body.plan,
    organisationId,
  };
  const deps = depsOf(call);
  const settings = {
    trialDays: env.DEFAULT_TRIAL_DAYS,
    cluster: env.DEFAULT_CLUSTER,
    usageShards: env.usageShards.length,
    issuer: env.PUBLIC_URL,
    keyring: await keyringOf(call),
  };
  const toWire = (made: SignedUp): SignupAnswer => ({
    success: true,
    customer: {
      customer_id: made.customerId,
      short_id: made.shortId,
      organisation_id: made.organisationId,
      email: input.email,
      company_name: input.companyName,
      full_name: input.fullName,
      stripe_customer_id: null,
      created_at: iso(deps.now),
    },
    subscription: { plan: input.plan, status: 'trialing', trial_ends_at: iso(made.trialEndsAt) },
    license: { jwt: made.licence },
    api_key: made.apiKey,
    deployment: {
      status: 'pending',
      namespace: made.namespace,
      instance_url: instanceUrl(made.shortId, env.BASE_DOMAIN),
      job_id: made.jobId,
      generation: 1,
    },
  });
  const made = await signUp(deps, settings, input, (result) => call.receipt(201, toWire(result)));
  if (!made.ok) return refuse(made.error);
  deliverSoon(call, made.value.outboxIds);
  return reply(201, toWire(made.value));
}

const signup = endpoint({
  method: 'post',
  path: '/api/customers/signup',
  summary: 'Sign up: account, licence, key and a deployment on its way',
  allow: { public: true },
  body: signupBody,
  idempotent: true,
  limit: 'signup',
  answers: { 201: signupAnswer },
  handle: async (call) => {
    if (!call.env.SIGNUP_PLANS.includes(call.body.plan)) {
      return refuse({ code: 'plan_not_offered', message: `the plan ${call.body.plan} is not open for signup` });
    }
    return await signUpWith(call, null);
  },
});

const create = endpoint({
  method: 'post',
  path: '/api/customers',
  summary: 'Create a customer, in an organisation if one is named',
  allow: { admin: 'operator' },
  body: createCustomerBody,
  idempotent: true,
  answers: { 201: signupAnswer },
  handle: (call) => signUpWith(call, call.body.organisation_id ?? null),
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
  handle: async (call) => {
    const whole = await findWhole(call.db, param(call, 'customerId'));
    return whole ? reply(200, toCustomerAnswer(whole, call.env.BASE_DOMAIN)) : refuse(notFound);
  },
});

const deactivateRoute = endpoint({
  method: 'post',
  path: '/api/customers/:customerId/deactivate',
  summary: 'Cancel at once, suspend the stack, revoke keys and licence',
  allow: { admin: 'operator' },
  body: deactivateBody,
  idempotent: true,
  answers: { 200: customerAnswer },
  handle: async (call) => {
    const id = param(call, 'customerId');
    const done = await deactivate(depsOf(call), id, call.body.reason ?? 'deactivated', (whole) =>
      call.receipt(200, toCustomerAnswer(whole, call.env.BASE_DOMAIN)),
    );
    if (!done.ok) return refuse(done.error);
    deliverSoon(call, done.value.outboxIds);
    return reply(200, toCustomerAnswer(done.value.whole, call.env.BASE_DOMAIN));
  },
});

const reactivateRoute = endpoint({
  method: 'post',
  path: '/api/customers/:customerId/reactivate',
  summary: 'Bring a deactivated customer back, with a new account key',
  allow: { admin: 'operator' },
  body: reactivateBody,
  idempotent: true,
  answers: { 200: reactivateAnswer },
  handle: async (call) => {
    const settings = { issuer: call.env.PUBLIC_URL, keyring: await keyringOf(call) };
    const done = await activate(depsOf(call), settings, param(call, 'customerId'), (whole, apiKey) =>
      call.receipt(200, { ...toCustomerAnswer(whole, call.env.BASE_DOMAIN), api_key: apiKey }),
    );
    if (!done.ok) return refuse(done.error);
    deliverSoon(call, done.value.outboxIds);
    return reply(200, { ...toCustomerAnswer(done.value.whole, call.env.BASE_DOMAIN), api_key: done.value.apiKey });
  },
});

const makeKey = endpoint({
  method: 'post',
  path: '/api/customers/:customerId/api-keys',
  summary: 'A further account key, shown once',
  allow: { admin: 'operator' },
  body: apiKeyBody,
  idempotent: true,
  answers: { 201: apiKeyAnswer },
  handle: async (call) => {
    const toWire = (made: { keyId: string; apiKey: string }) => ({
      success: true,
      key_id: made.keyId,
      api_key: made.apiKey,
    });
    const made = await makeAccountKey(depsOf(call), param(call, 'customerId'), call.body.name ?? null, (key) =>
      call.receipt(201, toWire(key)),
    );
    return made.ok ? reply(201, toWire(made.value)) : refuse(made.error);
  },
});

const listKeys = endpoint({
  method: 'get',
  path: '/api/customers/:customerId/api-keys',
  summary: 'Account keys without their secrets',
  allow: { admin: 'viewer', account: true },
  query: pageQuery,
  answers: { 200: apiKeyList },
  handle: async (call) => {
    const keys = await accountKeysOf(call.db, param(call, 'customerId'));
    if (!keys) return refuse(notFound);
    const { page, limit } = call.query;
    const items = keys.slice((page - 1) * limit, page * limit).map((key) => ({
      key_id: key.id,
      name: key.name,
      created_at: iso(key.createdAt),
      revoked_at: isoOrNull(key.revokedAt),
    }));
    return reply(200, { items, total: keys.length, page, limit });
  },
});

const revokeKey = endpoint({
  method: 'delete',
  path: '/api/customers/:customerId/api-keys/:keyId',
  summary: 'Revoke an account key',
  allow: { admin: 'operator' },
  answers: { 204: null },
  handle: async (call) => {
    const done = await revokeAccountKey(depsOf(call), param(call, 'customerId'), param(call, 'keyId'));
    return done.ok ? reply(204) : refuse(done.error);
  },
});

export const customerEndpoints: readonly Endpoint[] = [
  signup,
  create,
  list,
  read,
  deactivateRoute,
  reactivateRoute,
  makeKey,
  listKeys,
  revokeKey,
];
