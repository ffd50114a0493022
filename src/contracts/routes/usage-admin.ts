/** The routes of usage admin: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { route } from '../route.ts';
import { deadLetterList, replayAnswer, replayBody, reviewList, reviewsQuery } from '../usage.ts';

export const listReviews = route({
  operation: 'listReviews',
  method: 'get',
  path: '/api/usage/reviews',
  summary: 'Replacements that wait for a person, and conflicting ones',
  allow: { admin: 'viewer' },
  query: reviewsQuery,
  answers: { 200: reviewList },
});

export const listDeadLetters = route({
  operation: 'listDeadLetters',
  method: 'get',
  path: '/api/dead-letters',
  summary: 'What could never be stored, with the reason',
  allow: { admin: 'viewer' },
  query: pageQuery,
  answers: { 200: deadLetterList },
});

export const replayDeadLetter = route({
  operation: 'replayDeadLetter',
  method: 'post',
  path: '/api/dead-letters/:id/replay',
  summary: 'Send a dead letter again',
  allow: { admin: 'operator' },
  body: replayBody,
  answers: { 202: replayAnswer },
  failures: ['already_replayed'],
  idempotent: true,
});
