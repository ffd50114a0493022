/** The routes of account keys: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { apiKeyAnswer, apiKeyBody, apiKeyList, rotateAnswer, rotateBody } from '../customers.ts';
import { route } from '../route.ts';

const allow = { admin: 'operator', account: 'owner' } as const;

export const makeAccountKey = route({
  operation: 'makeAccountKey',
  method: 'post',
  path: '/api/customers/:customerId/api-keys',
  summary: 'A further account key, shown once',
  allow,
  body: apiKeyBody,
  answers: { 201: apiKeyAnswer },
  failures: ['already_deactivated'],
  idempotent: true,
});

export const rotateAccountKey = route({
  operation: 'rotateAccountKey',
  method: 'post',
  path: '/api/customers/:customerId/api-keys/:keyId/rotate',
  summary: 'A new account key in the place of one that works on for a while',
  allow,
  body: rotateBody,
  answers: { 201: rotateAnswer },
  failures: ['already_deactivated', 'already_rotated'],
  idempotent: true,
});

export const listAccountKeys = route({
  operation: 'listAccountKeys',
  method: 'get',
  path: '/api/customers/:customerId/api-keys',
  summary: 'Account keys without their secrets',
  allow: { admin: 'viewer', account: 'viewer' },
  query: pageQuery,
  answers: { 200: apiKeyList },
});

export const revokeAccountKey = route({
  operation: 'revokeAccountKey',
  method: 'delete',
  path: '/api/customers/:customerId/api-keys/:keyId',
  summary: 'Revoke an account key',
  allow,
  answers: { 204: null },
  failures: ['last_key'],
});
