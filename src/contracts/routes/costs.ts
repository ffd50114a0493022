/** The routes of costs: where they are, whom they admit, what they take and answer. */
import { costAnswer, costQuery, forecastAnswer } from '../cost.ts';
import { route } from '../route.ts';

export const readCost = route({
  operation: 'readCost',
  method: 'get',
  path: '/api/usage/:customerId/cost',
  summary: 'The running period so far, or another one, rated, in lines that say why',
  allow: { admin: 'viewer', account: 'viewer' },
  query: costQuery,
  answers: { 200: costAnswer },
});

export const readForecast = route({
  operation: 'readForecast',
  method: 'get',
  path: '/api/usage/:customerId/forecast',
  summary: 'Where the running period ends, rated, with a range',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: forecastAnswer },
});
