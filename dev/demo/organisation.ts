/** The organisation that the demo's projects are in: the one whose people sign in at the platform's own issuer, where that is. */
import { putProjectLabels } from '../../src/contracts/routes/organisation-billing.ts';
import { createOrganisation, listOrganisations } from '../../src/contracts/routes/organisations.ts';
import { DEMO_ORGANISATION } from '../oidc/people.ts';
import type { Ask } from './api.ts';
import type { Project } from './cast.ts';

const { slug } = DEMO_ORGANISATION;

/** Finds it, or makes it: a platform without an issuer of its own has none. @returns its id */
export async function findOrMakeOrganisation(ask: Ask): Promise<string> {
  // The demo begins in an empty folder: nobody else has made more than a page of them.
  const { items } = await ask(listOrganisations, {});
  const found = items.find((organisation) => organisation.slug === slug);
  if (found) return found.organisation_id;
  const { organisation } = await ask(createOrganisation, { body: DEMO_ORGANISATION });
  return organisation.organisation_id;
}

/** Says whose project it is, and whether all of them use it. */
export async function labelProject(ask: Ask, namespace: string, { team, env, isShared }: Project): Promise<void> {
  const body = { team, env, ...(isShared ? { shared: 'true' } : {}) };
  await ask(putProjectLabels, { params: { namespace }, query: { organisation: slug }, body });
}
