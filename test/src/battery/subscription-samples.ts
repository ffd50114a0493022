/** Good requests of the routes of subscriptions (samples.ts has what they are for). */
import type { Sample } from './sample.ts';

/** Somebody else's page: without a Stripe nothing can be opened here, and this is refused before it is asked. */
const page = 'https://elsewhere.test/';

export const subscriptionSamples: Record<string, Sample> = {
  'GET /api/subscriptions/:customerId': { params: (f) => ({ customerId: f.customerId }) },
  'POST /api/subscriptions/checkout': {
    body: (f) => ({ customer_id: f.customerId, plan: 'starter', success_url: page, cancel_url: page }),
    wrongType: { interval: 'week' },
  },
  'POST /api/subscriptions/preview': {
    body: (f) => ({ customer_id: f.customerId, new_plan: 'professional' }),
    wrongType: { new_plan: 7 },
  },
  'POST /api/subscriptions/upgrade': {
    body: (f) => ({ customer_id: f.customerId, new_plan: 'professional' }),
    wrongType: { proration_date: 'soon' },
  },
  'POST /api/subscriptions/cancel': {
    body: (f) => ({ customer_id: f.customerId, reason: 'r' }),
    wrongType: { immediately: 'yes' },
  },
  'POST /api/subscriptions/resume': { body: (f) => ({ customer_id: f.customerId }), wrongType: { customer_id: 7 } },
  'POST /api/subscriptions/portal': {
    body: (f) => ({ customer_id: f.customerId, return_url: page }),
    wrongType: { return_url: [] },
  },
};
