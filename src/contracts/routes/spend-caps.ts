/** The routes of spend caps: where they are, whom they admit, what they take and answer. */
import { route } from '../route.ts';
import { capAnswer, capBody } from '../spend-caps.ts';

const path = '/api/customers/:customerId/spend-cap';
const changers = { admin: 'operator', account: 'billing' } as const;

export const readSpendCap = route({
  operation: 'readSpendCap',
  method: 'get',
  path,
  summary: 'What the customer lets a period cost, how much of it is used, and how far it can be overshot',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: capAnswer },
});

export const setSpendCap = route({
  operation: 'setSpendCap',
  method: 'put',
  path,
  summary:
    'Set what a period may cost, and whether the instance is stopped then; raised above what is used, it runs again',
  allow: changers,
  body: capBody,
  answers: { 200: capAnswer },
  failures: ['cap_below_fee'],
});

export const removeSpendCap = route({
  operation: 'removeSpendCap',
  method: 'delete',
  path,
  summary: 'Remove the spend cap; an instance that it has stopped runs again',
  allow: changers,
  answers: { 200: capAnswer },
});
