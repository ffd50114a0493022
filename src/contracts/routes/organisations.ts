/** The routes of organisations: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import {
  issuerAnswer,
  issuerBody,
  organisationAnswer,
  organisationBody,
  organisationList,
  projectAnswer,
  projectBody,
  projectList,
} from '../organisations.ts';
import { route } from '../route.ts';

export const createOrganisation = route({
  operation: 'createOrganisation',
  method: 'post',
  path: '/api/organisations',
  summary: 'An organisation, without customers at first',
  allow: { admin: 'operator' },
  body: organisationBody,
  answers: { 201: organisationAnswer },
  failures: ['slug_taken'],
  idempotent: true,
});

export const listOrganisations = route({
  operation: 'listOrganisations',
  method: 'get',
  path: '/api/organisations',
  summary: 'Organisations, newest first',
  allow: { admin: 'viewer' },
  query: pageQuery,
  answers: { 200: organisationList },
});

export const readOrganisation = route({
  operation: 'readOrganisation',
  method: 'get',
  path: '/api/organisations/:organisationId',
  summary: 'One organisation',
  allow: { admin: 'viewer' },
  answers: { 200: organisationAnswer },
  failures: ['not_found'],
});

export const attachProject = route({
  operation: 'attachProject',
  method: 'post',
  path: '/api/organisations/:organisationId/projects',
  summary: 'Attach a namespace to a customer of the organisation',
  allow: { admin: 'operator' },
  body: projectBody,
  answers: { 201: projectAnswer },
  failures: ['not_found', 'already_deactivated', 'namespace_taken', 'namespace_ambiguous'],
  idempotent: true,
});

export const listProjects = route({
  operation: 'listProjects',
  method: 'get',
  path: '/api/organisations/:organisationId/projects',
  summary: 'The namespaces of the organisation, the detached ones too',
  allow: { admin: 'viewer' },
  query: pageQuery,
  answers: { 200: projectList },
  failures: ['not_found'],
});

export const detachProject = route({
  operation: 'detachProject',
  method: 'delete',
  path: '/api/organisations/:organisationId/projects/:clusterId/:namespace',
  summary: 'Detach a namespace: from the end of the hour nobody measures it',
  allow: { admin: 'operator' },
  answers: { 200: projectAnswer },
  failures: ['not_found', 'project_own'],
});

export const setIssuer = route({
  operation: 'setIssuer',
  method: 'put',
  path: '/api/organisations/:organisationId/issuer',
  summary: 'Where the people of the organisation sign in; the issuer is asked at once',
  allow: { admin: 'owner' },
  body: issuerBody,
  answers: { 200: issuerAnswer },
  failures: ['not_found', 'issuer_unusable'],
});

export const readIssuer = route({
  operation: 'readIssuer',
  method: 'get',
  path: '/api/organisations/:organisationId/issuer',
  summary: 'The issuer of the organisation, without its secret',
  allow: { admin: 'viewer' },
  answers: { 200: issuerAnswer },
  failures: ['not_found'],
});

export const removeIssuer = route({
  operation: 'removeIssuer',
  method: 'delete',
  path: '/api/organisations/:organisationId/issuer',
  summary: 'Trust the issuer no more: its tokens and sessions end at once',
  allow: { admin: 'owner' },
  answers: { 204: null },
  failures: ['not_found'],
});
