/** The routes of prepaid credit: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { creditAnswer, creditList, grantBody, revokeCreditBody } from '../credits.ts';
import { route } from '../route.ts';

const path = '/api/customers/:customerId/credits';

export const listCredits = route({
  operation: 'listCredits',
  method: 'get',
  path,
  summary: 'A customer’s prepaid credit: every entry of the ledger, newest first, and the balance',
  allow: { admin: 'viewer', account: 'viewer' },
  query: pageQuery,
  answers: { 200: creditList },
});

export const grantCredit = route({
  operation: 'grantCredit',
  method: 'post',
  path,
  summary: 'Give a customer credit, which pays the next invoices',
  allow: { admin: 'operator' },
  body: grantBody,
  answers: { 201: creditAnswer },
  idempotent: true,
});

export const revokeCredit = route({
  operation: 'revokeCredit',
  method: 'post',
  path: `${path}/:creditId/revoke`,
  summary: 'Take credit back of which nothing was used',
  allow: { admin: 'operator' },
  body: revokeCreditBody,
  answers: { 200: creditAnswer },
  failures: ['credit_used'],
  idempotent: true,
});
