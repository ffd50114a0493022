/** The routes of periods: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { periodList } from '../periods.ts';
import { route } from '../route.ts';

export const listPeriods = route({
  operation: 'listPeriods',
  method: 'get',
  path: '/api/customers/:customerId/periods',
  summary: 'Billing periods, newest first, and the windows that none of them holds',
  allow: { admin: 'viewer', account: 'viewer' },
  query: pageQuery,
  answers: { 200: periodList },
});
