/** The routes of organisations: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { organisationList } from '../organisations.ts';
import { route } from '../route.ts';

export const listOrganisations = route({
  operation: 'listOrganisations',
  method: 'get',
  path: '/api/organisations',
  summary: 'Organisations, newest first',
  allow: { admin: 'viewer' },
  query: pageQuery,
  answers: { 200: organisationList },
});
