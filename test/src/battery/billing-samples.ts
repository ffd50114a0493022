/** Good requests of the routes of credit, spend caps and billing settings (samples.ts has what they are for). */
import type { Fixture } from './fixture.ts';
import type { Sample } from './sample.ts';

const mine = (f: Fixture) => ({ customerId: f.customerId });

export const billingSamples: Record<string, Sample> = {
  'GET /api/customers/:customerId/credits': { params: mine },
  'POST /api/customers/:customerId/credits': {
    params: mine,
    body: () => ({ amount_cents: 100, reason: 'r' }),
    wrongType: { amount_cents: 0.5 },
  },
  'POST /api/customers/:customerId/credits/:creditId/revoke': {
    params: (f) => ({ ...mine(f), creditId: `crd_${'0'.repeat(32)}` }),
    body: () => ({ reason: 'r' }),
    wrongType: { reason: 7 },
  },
  'GET /api/customers/:customerId/spend-cap': { params: mine },
  'PUT /api/customers/:customerId/spend-cap': {
    params: mine,
    body: () => ({ cap_cents: 100_000_000, action: 'notify' }),
    wrongType: { action: 'explode' },
  },
  'DELETE /api/customers/:customerId/spend-cap': { params: mine },
  'GET /api/customers/:customerId/billing': { params: mine },
  'PUT /api/customers/:customerId/billing': {
    params: mine,
    body: () => ({ po_number: 'PO-1' }),
    wrongType: { address: 'somewhere' },
  },
};
