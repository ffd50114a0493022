/** A line of an invoice as the API has it, for tests of what shows lines: 800 core-hours, of which 56 are above the 744 included. */
import type { InvoiceLineView } from '../../src/contracts/invoices.ts';

export const cpuLine = (period: { start: string; end: string }): InvoiceLineView => ({
  line_id: 'x/cpu',
  from: period.start,
  to: period.end,
  meter: 'cpu_core_ms',
  description: 'CPU',
  quantity: '800',
  unit: 'core-hour',
  included: '744',
  billable: '56',
  tier: null,
  unit_price: '0.05',
  amount_cents: 280,
  reason: 'above 744 core-hours included',
  allowance: { name: 'cpu_core_ms', size: '744', peak: null },
  by: 'tenantry',
  state: 'planned',
  period,
  delta_of: null,
});
