/**
 * The members of the cast as customers of the platform: signed up, paying through Stripe's checkout, gone and come back, by the API's
 * own routes with the key that each has, and at Stripe by what its pages do.
 */

import { setBilling } from '../../src/contracts/routes/billing.ts';
import { grantCredit } from '../../src/contracts/routes/credits.ts';
import {
  createCustomer,
  deactivateCustomer,
  reactivateCustomer,
  readCustomer,
} from '../../src/contracts/routes/customers.ts';
import { setSpendCap } from '../../src/contracts/routes/spend-caps.ts';
import { cancelSubscription, checkOut } from '../../src/contracts/routes/subscriptions.ts';
import type { Ask, DemoApi } from './api.ts';
import type { Member } from './cast.ts';
import type { Deed } from './life.ts';
import { findOrMakeOrganisation, labelProject } from './organisation.ts';
import { failingCard, goodCard } from './stripe.ts';

export type Customer = {
  member: Member;
  customerId: string;
  shortId: string;
  namespace: string;
  /** Asks with the account key that it has. */
  ask: Ask;
};

/** Those who have signed up, by their place in the cast. */
export type People = Map<number, Customer>;

/** Does a deed of a member, when it is its time. */
export type Do = (deed: Deed, member: Member) => Promise<void>;

async function join(api: DemoApi, people: People, organisationId: string, member: Member): Promise<void> {
  const { project } = member;
  const body = {
    email: `billing@${member.name}.example.com`,
    company_name: member.company,
    plan: member.plan,
    ...(project === null ? {} : { organisation_id: organisationId }),
  };
  const { customer, deployment, api_key } = await api.admin(createCustomer, { body });
  if (project !== null) await labelProject(api.admin, deployment.namespace, project);
  people.set(member.number, {
    member,
    customerId: customer.customer_id,
    shortId: customer.short_id,
    namespace: deployment.namespace,
    ask: api.as(api_key),
  });
}

/** Buys what it has tried, on Stripe's page. */
async function buy({ stripe, publicUrl }: DemoApi, { ask, customerId, member }: Customer): Promise<void> {
  const page = new URL('/', publicUrl).href;
  const { session_id } = await ask(checkOut, {
    body: {
      customer_id: customerId,
      plan: member.plan,
      interval: member.pays ?? 'month',
      success_url: page,
      cancel_url: page,
    },
  });
  await stripe.payOnPage(session_id, goodCard);
}

async function arrange({ admin }: DemoApi, { customerId, member: { agreed } }: Customer): Promise<void> {
  const params = { customerId };
  if (agreed === null) return;
  if ('netDays' in agreed)
    await admin(setBilling, { params, body: { collection: 'invoice', net_days: agreed.netDays } });
  else if ('creditCents' in agreed)
    await admin(grantCredit, {
      params,
      body: { amount_cents: agreed.creditCents, reason: 'agreed when it was bought' },
    });
  else await admin(setSpendCap, { params, body: { cap_cents: agreed.capCents, action: 'notify' } });
}

/** Sets a cap that its month is above already: it stands at once. */
async function cap({ admin }: DemoApi, { customerId, member: { stopsOn } }: Customer): Promise<void> {
  if (stopsOn?.by !== 'cap') return;
  await admin(setSpendCap, { params: { customerId }, body: { cap_cents: stopsOn.capCents, action: 'suspend' } });
}

async function leave({ admin }: DemoApi, { ask, customerId, member }: Customer): Promise<void> {
  const reason = 'cancelled by the customer';
  if (member.leavesBy === 'cancel') await ask(cancelSubscription, { body: { customer_id: customerId, reason } });
  else await admin(deactivateCustomer, { params: { customerId }, body: { reason } });
}

/** Stripe's id of the customer. */
async function idAtStripe({ admin }: DemoApi, { customerId }: Customer): Promise<string> {
  const { customer } = await admin(readCustomer, { params: { customerId } });
  return customer.stripe_customer_id ?? '';
}

/** What does a member's part of the plan. */
export async function doer(api: DemoApi, people: People): Promise<Do> {
  const organisationId = await findOrMakeOrganisation(api.admin);
  const deeds: Record<Exclude<Deed, 'join'>, (customer: Customer) => Promise<void>> = {
    buy: (customer) => buy(api, customer),
    arrange: (customer) => arrange(api, customer),
    card_fails: async (customer) => await api.stripe.giveCard(await idAtStripe(api, customer), failingCard),
    pay: async (customer) => await api.stripe.payWhatIsOwed(await idAtStripe(api, customer), goodCard),
    pause: async (customer) => await api.stripe.pause(await idAtStripe(api, customer)),
    cap: (customer) => cap(api, customer),
    stop: async () => {},
    leave: (customer) => leave(api, customer),
    return: async (customer) => {
      const params = { customerId: customer.customerId };
      const { api_key } = await api.admin(reactivateCustomer, { params, body: {} });
      customer.ask = api.as(api_key);
    },
  };
  return async (deed, member) => {
    if (deed === 'join') return await join(api, people, organisationId, member);
    const customer = people.get(member.number);
    if (customer !== undefined) await deeds[deed](customer);
  };
}
