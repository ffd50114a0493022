/** The routes of overrides: where they are, whom they admit, what they take and answer. */
import { agreedAnswer, overridesAnswer, overridesBody } from '../overrides.ts';
import { route } from '../route.ts';

const path = '/api/customers/:customerId/overrides';

export const readOverrides = route({
  operation: 'readOverrides',
  method: 'get',
  path,
  summary: 'The allowances and prices that were agreed with this customer, and which of them have no effect',
  allow: { admin: 'viewer' },
  answers: { 200: overridesAnswer },
});

export const agreeOverrides = route({
  operation: 'agreeOverrides',
  method: 'put',
  path,
  summary: 'Agree allowances and prices with this customer from an instant on, in the place of what was agreed before',
  allow: { admin: 'operator' },
  body: overridesBody,
  answers: { 200: agreedAnswer },
  failures: ['period_closed', 'unknown_meter'],
  preview: true,
});
