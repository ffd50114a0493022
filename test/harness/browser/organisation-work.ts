/** Projects of the organisation whose people sign in at the platform's own issuer, with costs: the test itself reports usage. */
import type { BrowserContext } from 'playwright-core';
import { DEMO_ORGANISATION, type PersonName } from '../../../dev/oidc/people.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import { putProjectLabels, readProjectOverview } from '../../../src/contracts/routes/organisation-billing.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { openBrowser } from '../../dev/oidc/browser.ts';
import { eventually } from '../eventually.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';
import { meterOf } from './usage-work.ts';

export const organisation = DEMO_ORGANISATION.slug;

export interface Project {
  namespace: string;
  customerId: string;
  /** Reports a minute more, and waits until the project's total has it. @param cpuHours 0.05 dollars each; @returns its end */
  use: (cpuHours: number) => Promise<string>;
  /** Reports the last minute once more, lower than it was: somebody has to decide about that. */
  useLess: (cpuHours: number) => Promise<void>;
}

export function organisationWork(platform: TestPlatform) {
  const { ready } = platform;
  const admin = apiOf(ready.url, ready.admin_token);
  const overview = async (namespace: string) =>
    (await admin.call(readProjectOverview, { params: { namespace }, query: { organisation } })).data;

  async function project(company: string, labels: Record<string, string> = {}): Promise<Project> {
    const { items } = await admin.call(listOrganisations, { query: { limit: 100 } });
    const organisationId = items.find(({ slug }) => slug === organisation)?.organisation_id ?? '';
    const email = `${crypto.randomUUID()}@example.com`;
    const body = { email, company_name: company, organisation_id: organisationId };
    const { customer, deployment } = await admin.call(createCustomer, { body });
    const { namespace } = deployment;
    const params = { customerId: customer.customer_id };
    const meter = await meterOf(platform, params.customerId);
    await admin.call(putProjectLabels, { params: { namespace }, query: { organisation }, body: labels });
    return {
      namespace,
      customerId: params.customerId,
      async use(cpuHours) {
        const end = await meter.minute(cpuHours);
        await eventually(
          async () => (await overview(namespace)).as_of,
          (asOf) => asOf === end,
        );
        return end;
      },
      useLess: meter.again,
    };
  }

  return { admin, overview, project };
}

/** Signs in at the platform's own issuer, as the sign-in page leads there. */
export const asPerson =
  ({ ready, url }: TestPlatform, person: PersonName) =>
  async (context: BrowserContext): Promise<void> => {
    const browser = openBrowser();
    const asked = await browser.go(new URL(`/api/sessions/oidc/start?organisation=${organisation}`, url));
    await browser.submit(asked, { person, password: ready.oidc_password ?? '' });
    const value = browser.jar.get('tenantry');
    if (value === undefined) throw new Error(`${person} was not signed in`);
    await context.addCookies([{ name: 'tenantry', value, url, httpOnly: true, sameSite: 'Lax' }]);
  };

/** The token that a program of that person sends. */
export async function tokenOf({ ready }: TestPlatform, person: PersonName): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${person}:${ready.oidc_password ?? ''}`).toString('base64')}`;
  const answer = await fetch(new URL('/programs/token', ready.oidc_issuer ?? ''), {
    method: 'POST',
    headers: { authorization },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
