/**
 * Whom the API is asked as: a principal of each kind with something of its own, and the ids that its cases put into paths, so
 * that they find more than nothing. Every principal has a customer of its own: an admin's cases deactivate theirs.
 */
import { demoApi } from '../../../dev/demo/api.ts';
import { DEMO_ORGANISATION } from '../../../dev/oidc/people.ts';
import { makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { makeClusterKey, makeClusterToken } from '../../../src/contracts/routes/clusters.ts';
import { makeAdminToken } from '../../../src/contracts/routes/credentials.ts';
import { grantCredit } from '../../../src/contracts/routes/credits.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import { makeOrganisationKey } from '../../../src/contracts/routes/organisation-keys.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { createReporter } from '../../../src/contracts/routes/reporters.ts';
import { addMember } from '../../../src/contracts/routes/sessions.ts';
import { hourMs, iso } from '../../../src/lib/time.ts';
import { tokenOf } from '../../../test/harness/browser/organisation-work.ts';
import type { TestPlatform } from '../../../test/harness/platform.ts';
import { sessionOf, sessionOfPerson } from './sessions.ts';
import { buy, differ, lower } from './things.ts';

export const principalNames = [
  'public',
  'account',
  'reporter',
  'cluster',
  'provisioner',
  'person',
  'organisation',
  'viewer',
  'operator',
  'owner',
] as const;
export type PrincipalName = (typeof principalNames)[number];
export const isPrincipal = (name: string): name is PrincipalName =>
  (principalNames as readonly string[]).includes(name);

export interface Principal {
  /** Asked for before each run: that of a person is not good for long. Null for the public. */
  token: () => Promise<string | null>;
  /** What parameters of paths are, by name. */
  ids: Record<string, string>;
}

const isAdmin = (name: PrincipalName): boolean => ['viewer', 'operator', 'owner'].includes(name);
const isOfOrganisation = (name: PrincipalName): boolean => name === 'person' || name === 'organisation';

const person = 'org-admin';
const password = 'a password of the fuzz';
/** Hours that a reporter may have reported before the platform was there. */
const reporterSinceMs = 3 * hourMs;

/** Makes the principal on a platform. Leaves the clock standing. */
export async function makePrincipal(name: PrincipalName, platform: TestPlatform): Promise<Principal> {
  const { ready } = platform;
  const { cluster_id: clusterId } = ready;
  const api = demoApi(ready, new AbortController().signal);
  const { admin: call } = api;
  const organisations = await call(listOrganisations, {});
  const ofPeople = organisations.items.find(({ slug }) => slug === DEMO_ORGANISATION.slug)?.organisation_id ?? '';
  const made = await call(createCustomer, {
    body: {
      email: `${name}@fuzz.example.com`,
      company_name: `Fuzz ${name}`,
      password,
      ...(isOfOrganisation(name) ? { organisation_id: ofPeople } : {}),
    },
  });
  const customerId = made.customer.customer_id;
  const params = { customerId };
  const key = await call(makeAccountKey, { params, body: { name: 'rotated and revoked' } });
  const organisationKey = await call(makeOrganisationKey, {
    query: { organisation: DEMO_ORGANISATION.slug },
    body: {},
  });
  const namespace = `fuzz-${name}`;
  const instanceId = 'fuzz';
  const active_from = iso((await api.clock({ hold: true })) - reporterSinceMs);
  const reporter = await call(createReporter, {
    params,
    body: { instance_id: instanceId, namespaces: [namespace], active_from },
  });
  const { credit } = await call(grantCredit, { params, body: { amount_cents: 100, reason: 'revoked' } });
  const { member } = await call(addMember, {
    params,
    body: { email: `${name}-member@fuzz.example.com`, role: 'viewer' },
  });
  const bought = await buy(api, { customerId, plan: made.subscription.plan, apiKey: made.api_key });
  const tokens: Record<PrincipalName, () => Promise<string> | string | null> = {
    public: () => null,
    account: () => made.api_key,
    reporter: () => reporter.api_key,
    cluster: async () => (await call(makeClusterKey, { params: { clusterId }, body: {} })).api_key,
    provisioner: async () => (await call(makeClusterToken, { params: { clusterId }, body: {} })).token,
    person: () => tokenOf(platform, person),
    organisation: () => organisationKey.data.api_key,
    viewer: async () => (await call(makeAdminToken, { body: { name: 'fuzz-viewer', role: 'viewer' } })).token,
    operator: async () => (await call(makeAdminToken, { body: { name: 'fuzz-operator', role: 'operator' } })).token,
    owner: () => ready.admin_token,
  };
  const kept = name === 'person' ? null : await tokens[name]();
  const token = async () => (name === 'person' ? await tokens.person() : kept);
  const session = async (): Promise<string> => {
    if (name === 'person') return await sessionOfPerson(platform, person);
    const admin_token = isAdmin(name) ? await token() : null;
    return await sessionOf(platform, admin_token === null ? { email: made.customer.email, password } : { admin_token });
  };
  return {
    token,
    ids: {
      customerId,
      clusterId,
      keyId: isOfOrganisation(name) ? organisationKey.data.key_id : key.key_id,
      reporterId: reporter.reporter.id,
      jobId: made.deployment.job_id ?? '',
      plan: made.subscription.plan,
      memberId: member.member_id,
      creditId: credit.credit_id,
      organisationId: isOfOrganisation(name) ? ofPeople : (organisations.items[0]?.organisation_id ?? ''),
      namespace: made.deployment.namespace,
      invoiceId: bought.invoiceId,
      eventId: bought.eventId,
      driftId: await differ(api, ready),
      reviewId: await lower(api, { customerId, reporterKey: reporter.api_key, instanceId, namespace }),
      sessionId: await session(),
    },
  };
}
