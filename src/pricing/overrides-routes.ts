/** The allowances and prices that are a customer's own. */
import * as routes from '../contracts/routes/overrides.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { agreeOverrides, findAgreements } from '../workflows/billing/agree-overrides.ts';
import { toAgreedAnswer, toOverridesAnswer } from './overrides-wire.ts';

const read = endpoint({
  ...routes.readOverrides,
  handle: async ({ db, customer, now }) => reply(200, toOverridesAnswer(await findAgreements(db, customer, now()))),
});

const agree = deed({
  ...routes.agreeOverrides,
  plan: (context, { customer, body, preview }) => agreeOverrides(context, customer, body, preview),
  answer: (agreed) => json(200, toAgreedAnswer(agreed)),
});

export const overrideEndpoints: readonly Endpoint[] = [read, agree];
