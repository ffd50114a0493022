/** The routes of usage reads: where they are, whom they admit, what they take and answer. */

import { route } from '../route.ts';
import {
  clusterReportersAnswer,
  clusterReportersQuery,
  cursorAnswer,
  cursorQuery,
  gapsAnswer,
  gapsQuery,
  historyAnswer,
  historyQuery,
} from '../usage.ts';

export const readClusterReporters = route({
  operation: 'readClusterReporters',
  method: 'get',
  path: '/api/usage/reporters',
  summary: "Whom a cluster's key measures for: the reporters of the stacks placed there, with their namespaces",
  allow: { cluster: true },
  query: clusterReportersQuery,
  answers: { 200: clusterReportersAnswer },
});

export const readUsage = route({
  operation: 'readUsage',
  method: 'get',
  path: '/api/usage/:customerId',
  summary: 'History by day or window, newest first, with totals of the range; format=csv for a file',
  allow: { admin: 'viewer', account: 'viewer' },
  query: historyQuery,
  answers: { 200: historyAnswer },
  text: 'text/csv; charset=utf-8',
});

export const readGaps = route({
  operation: 'readGaps',
  method: 'get',
  path: '/api/usage/:customerId/gaps',
  summary: 'Expected windows that nobody reported, and those that were not seen whole',
  allow: { admin: 'viewer', account: 'viewer' },
  query: gapsQuery,
  answers: { 200: gapsAnswer },
});

export const readCursor = route({
  operation: 'readCursor',
  method: 'get',
  path: '/api/usage/:customerId/cursor',
  summary: 'Where a reporter goes on: the end of its last accounted window',
  allow: { reporter: true, cluster: true },
  query: cursorQuery,
  answers: { 200: cursorAnswer },
});
