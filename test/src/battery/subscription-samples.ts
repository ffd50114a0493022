/** Good requests of the routes of subscriptions (samples.ts has what they are for). */
import type { Sample } from './samples.ts';

/** A page of ours that Stripe's pages may lead back to. */
const ownPage = 'http://127.0.0.1:8787/';

export const subscriptionSamples: Record<string, Sample> = {
  'GET /api/subscriptions/:customerId': { params: (f) => ({ customerId: f.customerId }) },
  'POST /api/subscriptions/checkout': {
    body: (f) => ({ customer_id: f.customerId, plan: 'starter', success_url: ownPage, cancel_url: ownPage }),
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
    body: (f) => ({ customer_id: f.customerId, return_url: ownPage }),
    wrongType: { return_url: [] },
  },
};
