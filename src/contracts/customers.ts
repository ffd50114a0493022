/** Signup, customers and their keys on the wire. */
import { z } from 'zod';
import { customerId, emailText, instant, lineText, listOf, organisationId, pageQuery, searchText } from './common.ts';
import { planSlug } from './plans.ts';

const signupFields = {
  email: emailText,
  company_name: lineText(200).optional(),
  companyName: lineText(200).optional(),
  full_name: lineText(200).optional(),
  fullName: lineText(200).optional(),
  password: z.string().min(8).max(200).optional(),
  /** The sold plan of the lowest order when absent. */
  plan: planSlug.optional(),
};

/** Said of the bodies in the OpenAPI document; src/customers/customer.ts refuses a body without a name. */
const named = { anyOf: [{ required: ['company_name'] }, { required: ['companyName'] }] };

/** POST /api/customers/signup. Both spellings of a name are taken; the route refuses two different values (400). */
export const signupBody = z.strictObject(signupFields).meta(named);
export type SignupBody = z.infer<typeof signupBody>;

/** POST /api/customers (admin): a signup that may add a customer to an organisation. */
export const createCustomerBody = z
  .strictObject({ ...signupFields, organisation_id: organisationId.optional() })
  .meta(named);

export const deploymentStatus = z.enum([
  'pending',
  'provisioning',
  'ready',
  'failed',
  'suspended',
  'deleting',
  'deleted',
]);
export type DeploymentStatus = z.infer<typeof deploymentStatus>;

export const subscriptionStatus = z.enum([
  'trialing',
  'active',
  'past_due',
  'suspended',
  'canceled',
  'incomplete',
  'paused',
]);
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

/** Why a stack stands: an unpaid trial has ended, an invoice is unpaid, a spend cap was reached, or an operator stopped it. */
export const suspendedFor = z.enum(['trial_ended', 'unpaid', 'spend_cap', 'operator']);
export type SuspendedFor = z.infer<typeof suspendedFor>;

const customer = z.object({
  customer_id: customerId,
  short_id: z.string(),
  organisation_id: z.string(),
  email: z.string(),
  company_name: z.string(),
  full_name: z.string().nullable(),
  stripe_customer_id: z.string().nullable(),
  created_at: z.string(),
});

const subscription = z.object({
  plan: z.string(),
  status: subscriptionStatus,
  trial_ends_at: z.string().nullable(),
});

const deployment = z.object({
  status: deploymentStatus,
  namespace: z.string(),
  instance_url: z.string(),
  job_id: z.string().nullable(),
  generation: z.number().int(),
});

/** 201 of a signup. `api_key` is shown here once; `stripe_customer_id` is null until the outbox has made it. */
export const signupAnswer = z.object({
  success: z.literal(true),
  customer,
  subscription,
  license: z.object({ jwt: z.string() }),
  api_key: z.string(),
  deployment,
});
export type SignupAnswer = z.infer<typeof signupAnswer>;

/** 202 of a signup whose email is to be verified first: nothing is made yet. The same for an email that a customer has. */
export const signupHeldAnswer = z.object({
  success: z.literal(true),
  verification: z.object({ sent_to: z.string(), expires_at: z.string() }),
});
export type SignupHeldAnswer = z.infer<typeof signupHeldAnswer>;

/** POST /api/customers/signup/verify. `password` is set with the account: one that the signup had was not kept. */
export const verifySignupBody = z.strictObject({
  token: z.string().min(1).max(200),
  password: signupFields.password,
});

/** GET /api/customers/:id: the signup's answer without secrets, with what is observed. */
export const customerAnswer = z.object({
  success: z.literal(true),
  customer,
  subscription,
  deployment: deployment.extend({ observed_generation: z.number().int(), reason: z.string().nullable() }),
});
export type CustomerAnswer = z.infer<typeof customerAnswer>;

/** GET /api/customers. */
export const customersQuery = pageQuery.extend({
  q: searchText.optional().describe('Part of a company name, an email or an id.'),
  status: subscriptionStatus.optional().describe('Only subscriptions in this state.'),
  plan: planSlug.optional().describe('Only subscribers of this plan.'),
});
export const customerList = listOf(
  customer.extend({ plan: z.string(), status: subscriptionStatus, deployment_status: deploymentStatus }),
);
export type CustomerList = z.infer<typeof customerList>;

/** POST …/:id/api-keys: 201 with the key, once. */
export const apiKeyBody = z.strictObject({ name: lineText(100).optional(), expires_at: instant.optional() });
export const apiKeyAnswer = z.object({ success: z.literal(true), key_id: z.string(), api_key: z.string() });

/** A day in which both the old and the new key work. */
export const overlapSecondsDefault = 86_400;
/** How long the old key works on beside the new one, seconds; 0 ends it at once. */
const overlapSecondsMax = 30 * 86_400;
/** POST …/api-keys/:keyId/rotate: 201 with the new key, once. */
export const rotateBody = z.strictObject({
  overlap_seconds: z.number().int().min(0).max(overlapSecondsMax).default(overlapSecondsDefault),
});
export const rotateAnswer = apiKeyAnswer.extend({ old_revoked_at: z.string() });

/** `revoked_at` lies ahead while a rotated key works on; `last_used_on` is a day. */
const accountKey = z.object({
  key_id: z.string(),
  name: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_on: z.string().nullable(),
  rotated_to: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export type AccountKeyView = z.infer<typeof accountKey>;
export const apiKeyList = listOf(accountKey);

/** POST …/:id/deactivate. */
export const deactivateBody = z.strictObject({ reason: lineText(500).optional() });
export const reactivateBody = z.strictObject({});
/** POST …/:id/reactivate answers a new account key once, the old ones stay revoked. */
export const reactivateAnswer = customerAnswer.extend({ api_key: z.string() });
