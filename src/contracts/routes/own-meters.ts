/** The routes of own meters: where they are, whom they admit, what they take and answer. */
import { ownMeterList } from '../own-meters.ts';
import { route } from '../route.ts';

export const listOwnMeters = route({
  operation: 'listOwnMeters',
  method: 'get',
  path: '/api/usage/:customerId/meters',
  summary: 'What custom_1 to custom_5 are: the operator’s own meters, with where exporters read them',
  allow: { admin: 'viewer', account: 'viewer', reporter: true, cluster: true },
  answers: { 200: ownMeterList, 304: null },
});
