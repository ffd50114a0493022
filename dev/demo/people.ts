/**
 * The members of the cast as customers of the platform: signed up, gone over to paying, gone and come back, by the API's own
 * routes. Going over to paying is, until Stripe's checkout is there, a deactivation and a return at the end of the trial.
 */
import { createCustomer, deactivateCustomer, reactivateCustomer } from '../../src/contracts/routes/customers.ts';
import type { Ask } from './api.ts';
import type { Member } from './cast.ts';
import { findOrMakeOrganisation, labelProject } from './organisation.ts';
import type { Deed } from './story.ts';

export type Customer = { member: Member; customerId: string; shortId: string; namespace: string };

/** Those who have signed up, by their place in the cast. */
export type People = Map<number, Customer>;

const reasons = { pay: 'trial over: goes over to paying', leave: 'cancelled by the customer' };

async function join(ask: Ask, people: People, organisationId: string, member: Member): Promise<void> {
  const { project } = member;
  const body = {
    email: `billing@${member.name}.example.com`,
    company_name: member.company,
    plan: member.plan,
    ...(project === null ? {} : { organisation_id: organisationId }),
  };
  const { customer, deployment } = await ask(createCustomer, { body });
  if (project !== null) await labelProject(ask, deployment.namespace, project);
  people.set(member.number, {
    member,
    customerId: customer.customer_id,
    shortId: customer.short_id,
    namespace: deployment.namespace,
  });
}

/** What does a member's part of the plan, each when it is its time. */
export async function doer(ask: Ask, people: People): Promise<(deed: Deed, member: Member) => Promise<void>> {
  const organisationId = await findOrMakeOrganisation(ask);
  const params = (member: Member) => ({ customerId: people.get(member.number)?.customerId ?? '' });
  return async (deed, member) => {
    if (deed === 'join') return await join(ask, people, organisationId, member);
    if (deed === 'pay' || deed === 'leave')
      await ask(deactivateCustomer, { params: params(member), body: { reason: reasons[deed] } });
    if (deed === 'pay' || deed === 'return') await ask(reactivateCustomer, { params: params(member), body: {} });
  };
}
