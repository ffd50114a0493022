/** The routes of credentials: where they are, whom they admit, what they take and answer. */
import { adminTokenAnswer, adminTokenBody, credentialList, credentialsQuery } from '../credentials.ts';
import { route } from '../route.ts';

export const listCredentials = route({
  operation: 'listCredentials',
  method: 'get',
  path: '/api/credentials',
  summary: 'Keys and tokens of every kind, or the sessions of staff, newest first, without their secrets',
  allow: { admin: 'owner' },
  query: credentialsQuery,
  answers: { 200: credentialList },
});

export const revokeCredential = route({
  operation: 'revokeCredential',
  method: 'delete',
  path: '/api/credentials/:credentialId',
  summary: 'Revoke a key or token, or end a session of staff; operators revoke those of clusters only',
  allow: { admin: 'operator' },
  answers: { 204: null },
});

export const makeAdminToken = route({
  operation: 'makeAdminToken',
  method: 'post',
  path: '/api/admin-tokens',
  summary: 'An admin token, shown once',
  allow: { admin: 'owner' },
  body: adminTokenBody,
  answers: { 201: adminTokenAnswer },
  failures: ['name_taken'],
  idempotent: true,
});
