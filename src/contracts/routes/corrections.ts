/** The routes of corrections: where they are, whom they admit, what they take and answer. */
import {
  allCorrectionsQuery,
  correctionAnswer,
  correctionBody,
  correctionList,
  correctionsQuery,
} from '../corrections.ts';
import { route } from '../route.ts';

export const listAllCorrections = route({
  operation: 'listAllCorrections',
  method: 'get',
  path: '/api/usage/corrections',
  summary: 'Corrections of usage, of all customers, newest first',
  allow: { admin: 'viewer' },
  query: allCorrectionsQuery,
  answers: { 200: correctionList },
  failures: ['not_found'],
});

export const listCorrections = route({
  operation: 'listCorrections',
  method: 'get',
  path: '/api/usage/:customerId/corrections',
  summary: 'What was corrected of a customer’s usage, newest first',
  allow: { account: 'viewer', admin: 'viewer' },
  query: correctionsQuery,
  answers: { 200: correctionList },
});

export const correctUsage = route({
  operation: 'correctUsage',
  method: 'post',
  path: '/api/usage/:customerId/corrections',
  summary: 'Replace or void a window of usage, or add an hour that nobody reported',
  allow: { admin: 'operator' },
  body: correctionBody,
  answers: { 201: correctionAnswer },
  failures: [
    'window_not_found',
    'window_exists',
    'window_length',
    'window_unaligned',
    'window_reversed',
    'window_future',
    'window_too_old',
    'window_not_owned',
  ],
  idempotent: true,
  preview: true,
});
