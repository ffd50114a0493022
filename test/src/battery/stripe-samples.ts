/** Good requests of what Stripe tells and of what is compared with it (sample.ts says what they are for). */
import { secondsOf, signatureOf } from '../../harness/worker/stripe-events.ts';
import type { Sample } from './sample.ts';

const empty = () => ({});
const drift = () => ({ driftId: `drf_${'0'.repeat(32)}` });

const reason = { body: () => ({ reason: 'r' }), wrongType: { reason: 1 } };
const line = () => ({ lineId: `lin_${'0'.repeat(32)}` });
const invoice = () => ({ invoiceId: `inv_${'0'.repeat(32)}` });

export const stripeSamples: Record<string, Sample> = {
  'GET /api/invoices': { query: '?state=open' },
  'GET /api/invoices/holds': {},
  'POST /api/invoices/holds/:lineId/release': { params: line, ...reason },
  'POST /api/invoices/holds/:lineId/reject': { params: line, ...reason },
  'GET /api/invoices/:invoiceId': { params: invoice },
  'POST /api/invoices/:invoiceId/finalize': { params: invoice, body: empty },
  'GET /api/billing-brake': {},
  'PUT /api/billing-brake': { body: () => ({ mode: 'live', reason: 'r' }), wrongType: { mode: 1 } },
  'POST /api/outbox/shut': reason,
  'POST /api/outbox/open': { body: () => ({ drift_id: 'drun_none' }), wrongType: { drift_id: 1 } },
  'GET /api/drift': {},
  'POST /api/drift/run': { bindings: { STRIPE_SECRET_KEY: 'sk_test_of_the_battery_0123456789' }, body: empty },
  'POST /api/drift/:driftId/fix': { params: drift, body: () => ({ reason: 'r' }), wrongType: { reason: 1 } },
  'POST /api/drift/:driftId/ignore': { params: drift, body: () => ({ reason: 'r' }), wrongType: { reason: 1 } },
  'GET /api/invariants': {},
  'POST /api/invariants/run': { body: empty },
  'POST /api/webhooks/stripe': {
    raw: () => {
      const raw = JSON.stringify({ id: 'evt_battery', type: 'battery.event', data: { object: { id: 'x_1' } } });
      return { raw, headers: { 'stripe-signature': signatureOf(raw, secondsOf(Date.now())) } };
    },
  },
  'GET /api/webhooks/events': { query: '?state=dead' },
  'GET /api/webhooks/events/:eventId': { params: () => ({ eventId: 'evt_none' }) },
  'POST /api/webhooks/events/replay': { body: () => ({ state: 'dead' }), wrongType: { rate: 'fast' } },
  'POST /api/webhooks/events/:eventId/replay': { params: () => ({ eventId: 'evt_none' }), body: empty },
  'POST /api/webhooks/catch-up': {
    // Nobody answers there: what it begins goes on when somebody does.
    bindings: { STRIPE_SECRET_KEY: 'sk_test_of_the_battery_0123456789' },
    body: () => ({ from: new Date(Date.now() - 3_600_000).toISOString() }),
    wrongType: { from: 'yesterday' },
  },
};
