/**
 * The members of the cast as customers of the platform: signed up, gone over to paying, gone and come back, by the API's own
 * routes. Going over to paying is, until Stripe's checkout is there, a deactivation and a return at the end of the trial.
 */
import { createCustomer, deactivateCustomer, reactivateCustomer } from '../../src/contracts/routes/customers.ts';
import type { Ask } from './api.ts';
import type { Member } from './cast.ts';
import type { Deed } from './story.ts';

export type Customer = { member: Member; customerId: string; shortId: string; namespace: string };

/** Those who have signed up, by their place in the cast. */
export type People = Map<number, Customer>;

const reasons = { pay: 'trial over: goes over to paying', leave: 'cancelled by the customer' };

async function join(ask: Ask, people: People, organisation: { id: string | null }, member: Member): Promise<void> {
  const { project } = member;
  const inOrganisation = project !== null && organisation.id !== null;
  const body = {
    email: `billing@${member.name}.example.com`,
    company_name: member.company,
    plan: member.plan,
    ...(inOrganisation ? { organisation_id: organisation.id as string } : {}),
  };
  const { customer, deployment } = await ask(createCustomer, { body });
  if (project !== null) organisation.id ??= customer.organisation_id;
  people.set(member.number, {
    member,
    customerId: customer.customer_id,
    shortId: customer.short_id,
    namespace: deployment.namespace,
  });
}

/** Does what the plan says of a member at this moment. */
export function doer(ask: Ask, people: People): (deed: Deed, member: Member) => Promise<void> {
  const organisation: { id: string | null } = { id: null };
  const params = (member: Member) => ({ customerId: people.get(member.number)?.customerId ?? '' });
  return async (deed, member) => {
    if (deed === 'join') return await join(ask, people, organisation, member);
    if (deed === 'pay' || deed === 'leave')
      await ask(deactivateCustomer, { params: params(member), body: { reason: reasons[deed] } });
    if (deed === 'pay' || deed === 'return') await ask(reactivateCustomer, { params: params(member), body: {} });
  };
}
