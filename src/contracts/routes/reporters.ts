/** The routes of reporters: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { endReporterAnswer, endReporterBody, reporterAnswer, reporterBody, reporterList } from '../reporters.ts';
import { route } from '../route.ts';

export const createReporter = route({
  operation: 'createReporter',
  method: 'post',
  path: '/api/customers/:customerId/reporters',
  summary: 'A new source of usage; its key is shown here once',
  allow: { admin: 'operator' },
  body: reporterBody,
  answers: { 201: reporterAnswer },
  failures: [
    'already_deactivated',
    'unknown_meter',
    'namespace_taken',
    'namespace_ambiguous',
    'reporter_exists',
    'meter_owned',
  ],
  idempotent: true,
});

export const listReporters = route({
  operation: 'listReporters',
  method: 'get',
  path: '/api/customers/:customerId/reporters',
  summary: 'The sources of usage of a customer, oldest first',
  allow: { admin: 'viewer' },
  query: pageQuery,
  answers: { 200: reporterList },
});

export const endReporter = route({
  operation: 'endReporter',
  method: 'post',
  path: '/api/customers/:customerId/reporters/:reporterId/end',
  summary: 'End a source of usage at the end of a window',
  allow: { admin: 'operator' },
  body: endReporterBody,
  answers: { 200: endReporterAnswer },
  failures: ['reporter_ended'],
  idempotent: true,
});
