/** The organisation `demo` with the platform's issuer, made and kept over the admin API, as an operator would. */
import type { z } from 'zod';
import {
  issuerAnswer,
  type issuerBody,
  organisationAnswer,
  organisationList,
  projectList,
} from '../../src/contracts/organisations.ts';
import { type AdminApi, call } from '../cluster/local.ts';
import { DEMO_AUDIENCE, DEMO_CLIENT, DEMO_ORGANISATION } from './people.ts';

const LIST_LIMIT = 100;

async function findDemo(api: AdminApi): Promise<{ id: string; issuer: string | null } | null> {
  for (let page = 1; ; page++) {
    const answer = await call(api, 'GET', `/api/organisations?page=${page}&limit=${LIST_LIMIT}`);
    const { items, total } = organisationList.parse(answer);
    const found = items.find(({ slug }) => slug === DEMO_ORGANISATION.slug);
    if (found) return { id: found.organisation_id, issuer: found.issuer };
    if (page * LIST_LIMIT >= total) return null;
  }
}

async function makeDemo(api: AdminApi): Promise<{ id: string; issuer: string | null }> {
  const { organisation } = organisationAnswer.parse(await call(api, 'POST', '/api/organisations', DEMO_ORGANISATION));
  return { id: organisation.organisation_id, issuer: null };
}

/** Makes the organisation when it is not there, and sets its issuer when that is at another address. @returns its id */
export async function ensureDemoOrganisation(
  api: AdminApi,
  { issuer, clientSecret }: { issuer: string; clientSecret: string },
): Promise<string> {
  const demo = (await findDemo(api)) ?? (await makeDemo(api));
  if (demo.issuer === issuer) return demo.id;
  const body: z.input<typeof issuerBody> = {
    issuer,
    audience: DEMO_AUDIENCE,
    client_id: DEMO_CLIENT,
    client_secret: clientSecret,
  };
  issuerAnswer.parse(await call(api, 'PUT', `/api/organisations/${demo.id}/issuer`, body));
  return demo.id;
}

/** The namespace that has been attached for longest, of the first hundred by name; null as long as there is none. */
export async function firstProjectOf(api: AdminApi, organisationId: string): Promise<string | null> {
  const path = `/api/organisations/${organisationId}/projects?limit=${LIST_LIMIT}`;
  const { items } = projectList.parse(await call(api, 'GET', path));
  const attached = items.filter(({ detached_at }) => detached_at === null);
  const [first] = attached.toSorted((a, b) => Date.parse(a.attached_at) - Date.parse(b.attached_at));
  return first?.namespace ?? null;
}
