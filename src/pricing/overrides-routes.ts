/** The allowances and prices that are a customer's own. */
import { agreedAnswer, overridesAnswer, overridesBody } from '../contracts/overrides.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { agreeOverrides, findAgreements } from '../workflows/billing/agree-overrides.ts';
import { toAgreedAnswer, toOverridesAnswer } from './overrides-wire.ts';

const path = '/api/customers/:customerId/overrides';

const read = endpoint({
  method: 'get',
  path,
  summary: 'The allowances and prices that were agreed with this customer, and which of them have no effect',
  allow: { admin: 'viewer' },
  answers: { 200: overridesAnswer },
  handle: async ({ db, customer, now }) => reply(200, toOverridesAnswer(await findAgreements(db, customer, now()))),
});

const agree = deed({
  method: 'put',
  path,
  summary: 'Agree allowances and prices with this customer from an instant on, in the place of what was agreed before',
  allow: { admin: 'operator' },
  body: overridesBody,
  preview: true,
  answers: { 200: agreedAnswer },
  plan: (context, { customer, body, preview }) => agreeOverrides(context, customer, body, preview),
  answer: (agreed) => json(200, toAgreedAnswer(agreed)),
});

export const overrideEndpoints: readonly Endpoint[] = [read, agree];
