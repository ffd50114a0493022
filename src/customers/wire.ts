/** From rows of customers, subscriptions and deployments to the bodies of answers. Pure. */
import type { CustomerAnswer, CustomerList, SignupAnswer, SignupHeldAnswer } from '../contracts/customers.ts';
import type { Principal } from '../credentials/principal.ts';
import { instanceUrl } from '../deployments/deployment.ts';
import { sentenceOf } from '../deployments/reason.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { Held } from '../workflows/accounts/hold-sign-up.ts';
import type { SignedUp } from '../workflows/accounts/sign-up.ts';
import type { listCustomers, WholeCustomer } from './store.ts';

/** GET /api/customers/:id. An admin reads the cluster's own words, a customer a sentence. */
export function toCustomerAnswer(whole: WholeCustomer, baseDomain: string, reader: Principal): CustomerAnswer {
  const { customer, subscription, deployment } = whole;
  return {
    success: true,
    customer: toCustomer(customer),
    subscription: {
      plan: subscription.plan,
      status: subscription.status,
      trial_ends_at: isoOrNull(subscription.trialEndsAt),
    },
    deployment: {
      status: deployment.status,
      namespace: deployment.namespace,
      instance_url: instanceUrl(customer.shortId, baseDomain),
      job_id: whole.jobId,
      generation: deployment.specGeneration,
      observed_generation: deployment.observedGeneration,
      reason: reader.kind === 'admin' ? deployment.reason : sentenceOf(deployment.reasonCode),
    },
  };
}

/** POST /api/customers and /signup. What Stripe calls the customer is not known yet: the outbox makes it. */
export const toSignupAnswer = (made: SignedUp, baseDomain: string): SignupAnswer => ({
  success: true,
  customer: {
    customer_id: made.customerId,
    short_id: made.shortId,
    organisation_id: made.organisationId,
    email: made.input.email,
    company_name: made.input.companyName,
    full_name: made.input.fullName,
    stripe_customer_id: null,
    created_at: iso(made.createdAt),
  },
  subscription: { plan: made.plan, status: made.status, trial_ends_at: isoOrNull(made.trialEndsAt) },
  license: { jwt: made.licence },
  api_key: made.apiKey,
  deployment: {
    status: 'pending',
    namespace: made.namespace,
    instance_url: instanceUrl(made.shortId, baseDomain),
    job_id: made.jobId,
    generation: 1,
  },
});

/** POST /api/customers/signup where the email is verified first. */
export const toHeldAnswer = ({ email, expiresAt }: Held): SignupHeldAnswer => ({
  success: true,
  verification: { sent_to: email, expires_at: iso(expiresAt) },
});

const toCustomer = (customer: WholeCustomer['customer']): SignupAnswer['customer'] => ({
  customer_id: customer.id,
  short_id: customer.shortId,
  organisation_id: customer.organisationId,
  email: customer.email,
  company_name: customer.companyName,
  full_name: customer.fullName,
  stripe_customer_id: customer.stripeCustomerId,
  created_at: iso(customer.createdAt),
});

/** GET /api/customers. */
export const toCustomerList = (
  found: Awaited<ReturnType<typeof listCustomers>>,
  page: number,
  limit: number,
): CustomerList => ({
  items: found.rows.map((row) => ({
    ...toCustomer(row.customer),
    plan: row.plan,
    status: row.status,
    deployment_status: row.deployment,
  })),
  total: found.total,
  page,
  limit,
});
