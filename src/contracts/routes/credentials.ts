/** The routes of credentials: where they are, whom they admit, what they take and answer. */
import {
  adminTokenAnswer,
  adminTokenBody,
  credentialList,
  credentialsQuery,
  rotatedCredential,
} from '../credentials.ts';
import { rotateBody } from '../customers.ts';
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

export const rotateCredential = route({
  operation: 'rotateCredential',
  method: 'post',
  path: '/api/credentials/:credentialId/rotate',
  summary:
    'A new key or token in the place of one that works on for a while; operators rotate those of clusters and reporters',
  allow: { admin: 'operator' },
  body: rotateBody,
  answers: { 201: rotatedCredential },
  failures: ['already_deactivated', 'already_rotated', 'key_of_deployment'],
  idempotent: true,
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
