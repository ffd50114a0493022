/** The routes of licences: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { accepted } from '../jobs.ts';
import {
  licenceAnswer,
  licenceHistory,
  licenceKeysAnswer,
  publicKeyQuery,
  reissueAnswer,
  reissueBody,
  revocationsAnswer,
  revokeBody,
  validateAnswer,
  validateBody,
} from '../licences.ts';
import { route } from '../route.ts';

export const readLicence = route({
  operation: 'readLicence',
  method: 'get',
  path: '/api/licenses/:customerId',
  summary: 'The licence in force; the ETag is its jti',
  allow: { admin: 'viewer', account: 'viewer', reporter: true },
  answers: { 200: licenceAnswer, 304: null },
  failures: ['licence_revoked'],
});

export const listLicences = route({
  operation: 'listLicences',
  method: 'get',
  path: '/api/licenses/:customerId/history',
  summary: 'Every licence ever issued, with statistics',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: licenceHistory },
});

export const validateLicence = route({
  operation: 'validateLicence',
  method: 'post',
  path: '/api/licenses/validate',
  summary: 'The verdict on a licence, with a stable code',
  allow: { admin: 'viewer', account: 'viewer', reporter: true },
  body: validateBody,
  answers: { 200: validateAnswer },
});

export const readRevocations = route({
  operation: 'readRevocations',
  method: 'get',
  path: '/api/licenses/revocations',
  summary: 'What a verifier must no longer believe, signed; good for a day',
  allow: { public: true },
  answers: { 200: revocationsAnswer, 304: null },
});

export const listLicenceKeys = route({
  operation: 'listLicenceKeys',
  method: 'get',
  path: '/api/licenses/keys',
  summary: 'The keys that verify licences: which one signs, since when each is published, how long it is needed',
  allow: { admin: 'viewer' },
  answers: { 200: licenceKeysAnswer },
});

export const revokeLicence = route({
  operation: 'revokeLicence',
  method: 'post',
  path: '/api/licenses/:customerId/revoke',
  summary: "Revoke the customer's licences",
  allow: { admin: 'operator' },
  body: revokeBody,
  answers: { 200: accepted },
  idempotent: true,
});

export const reissueLicences = route({
  operation: 'reissueLicences',
  method: 'post',
  path: '/api/licenses/reissue',
  summary: 'Issue the licences of some customers anew, also revoked ones, or those of all, some a second',
  allow: { admin: 'owner' },
  body: reissueBody,
  answers: { 202: reissueAnswer },
  failures: ['not_found', 'already_deactivated'],
  idempotent: true,
});

export const readPublicKey = route({
  operation: 'readPublicKey',
  method: 'get',
  path: '/api/licenses/public-key',
  summary: 'The public key that signs new licences as PEM, or the one of a licence by its kid',
  allow: { public: true },
  query: publicKeyQuery,
  answers: { 200: null },
  text: 'application/x-pem-file',
  failures: ['not_found'],
});

export const readKeySet = route({
  operation: 'readKeySet',
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'The public keys as a JWK set',
  allow: { public: true },
  answers: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
});
