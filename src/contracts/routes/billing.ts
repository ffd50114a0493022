/** The routes of billing settings: where they are, whom they admit, what they take and answer. */
import { billingAnswer, billingBody } from '../billing.ts';
import { route } from '../route.ts';

const path = '/api/customers/:customerId/billing';

export const readBilling = route({
  operation: 'readBilling',
  method: 'get',
  path,
  summary: 'How a customer is billed: collection, tax, address, purchase order, and whether Stripe has it so',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: billingAnswer },
});

export const setBilling = route({
  operation: 'setBilling',
  method: 'put',
  path,
  summary: 'Set how a customer is billed; collection, net days and tax exemption are an operator’s',
  allow: { admin: 'operator', account: 'billing' },
  body: billingBody,
  answers: { 200: billingAnswer },
  failures: ['tax_id_invalid'],
});
