/** The routes of an organisation's keys: where they are, whom they admit, what they take and answer. */
import { organisationQuery } from '../organisation-billing.ts';
import {
  organisationKeyAnswer,
  organisationKeyBody,
  organisationKeyList,
  organisationKeysQuery,
} from '../organisation-keys.ts';
import { type Allow, route } from '../route.ts';

const writers = { person: true, admin: 'operator' } as const satisfies Allow;

export const makeOrganisationKey = route({
  operation: 'makeOrganisationKey',
  method: 'post',
  path: '/api/billing/keys',
  summary: "A key of the organisation's own Prometheus, shown once (org-admin)",
  allow: writers,
  words: 'billing',
  query: organisationQuery,
  body: organisationKeyBody,
  answers: { 201: organisationKeyAnswer },
  failures: ['not_found'],
  idempotent: true,
});

export const listOrganisationKeys = route({
  operation: 'listOrganisationKeys',
  method: 'get',
  path: '/api/billing/keys',
  summary: "The organisation's keys without their secrets (org-admin)",
  allow: { person: true, admin: 'viewer' },
  words: 'billing',
  query: organisationKeysQuery,
  answers: { 200: organisationKeyList },
  failures: ['not_found'],
});

export const revokeOrganisationKey = route({
  operation: 'revokeOrganisationKey',
  method: 'delete',
  path: '/api/billing/keys/:keyId',
  summary: 'Revoke a key of the organisation (org-admin)',
  allow: writers,
  words: 'billing',
  query: organisationQuery,
  answers: { 204: null },
  failures: ['not_found'],
});
