/**
 * Whom the API is asked as: a principal of each kind with something of its own, and the ids that its cases put into paths, so
 * that they find more than nothing. Every principal has a customer of its own: an admin's cases deactivate theirs.
 */
import { callRoute, type InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { makeClusterKey, makeClusterToken } from '../../../src/contracts/routes/clusters.ts';
import { makeAdminToken } from '../../../src/contracts/routes/credentials.ts';
import { grantCredit } from '../../../src/contracts/routes/credits.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { createReporter } from '../../../src/contracts/routes/reporters.ts';
import { addMember } from '../../../src/contracts/routes/sessions.ts';
import { openApiClient } from '../../../src/lib/api-client.ts';

export const principalNames = ['public', 'account', 'reporter', 'cluster', 'provisioner', 'viewer', 'owner'] as const;
export type PrincipalName = (typeof principalNames)[number];
export const isPrincipal = (name: string): name is PrincipalName =>
  (principalNames as readonly string[]).includes(name);

export interface Principal {
  /** Null for the public. */
  token: string | null;
  /** What parameters of paths are, by name. */
  ids: Record<string, string>;
}

const callTimeoutMs = 30_000;

/** Calls routes as the root admin; throws for a refusal. */
function asRoot(url: string, token: string) {
  const client = openApiClient({
    baseUrl: url,
    credential: () => token,
    transport: fetch,
    now: Date.now,
    timeoutMs: callTimeoutMs,
  });
  return async <R extends Route>(route: R, input: InputOf<R>) => {
    const answer = await callRoute(client, route, input);
    if (!answer.ok) throw new Error(`${route.operation}: ${answer.error.code}: ${answer.error.message}`);
    return answer.value;
  };
}

/** Makes the principal on a platform whose only cluster is `clusterId`. */
export async function makePrincipal(
  name: PrincipalName,
  { url, rootToken, clusterId }: { url: string; rootToken: string; clusterId: string },
): Promise<Principal> {
  const call = asRoot(url, rootToken);
  const made = await call(createCustomer, {
    body: { email: `${name}@fuzz.example.com`, company_name: `Fuzz ${name}` },
  });
  const customerId = made.customer.customer_id;
  const params = { customerId };
  const key = await call(makeAccountKey, { params, body: { name: 'rotated and revoked' } });
  const namespace = `fuzz-${name}`;
  const reporter = await call(createReporter, { params, body: { instance_id: 'fuzz', namespaces: [namespace] } });
  const { credit } = await call(grantCredit, { params, body: { amount_cents: 100, reason: 'revoked' } });
  const { member } = await call(addMember, {
    params,
    body: { email: `${name}-member@fuzz.example.com`, role: 'viewer' },
  });
  const organisations = await call(listOrganisations, {});
  const tokens: Record<PrincipalName, () => Promise<string> | string | null> = {
    public: () => null,
    account: () => made.api_key,
    reporter: () => reporter.api_key,
    cluster: async () => (await call(makeClusterKey, { params: { clusterId }, body: {} })).api_key,
    provisioner: async () => (await call(makeClusterToken, { params: { clusterId }, body: {} })).token,
    viewer: async () => (await call(makeAdminToken, { body: { name: 'fuzz', role: 'viewer' } })).token,
    owner: () => rootToken,
  };
  return {
    token: await tokens[name](),
    ids: {
      customerId,
      clusterId,
      keyId: key.key_id,
      reporterId: reporter.reporter.id,
      jobId: made.deployment.job_id ?? '',
      plan: made.subscription.plan,
      memberId: member.member_id,
      creditId: credit.credit_id,
      organisationId: organisations.items[0]?.organisation_id ?? '',
      namespace: made.deployment.namespace,
    },
  };
}
