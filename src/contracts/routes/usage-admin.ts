/** The routes of usage admin: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { route } from '../route.ts';
import {
  deadLetterList,
  decideAnswer,
  decideBody,
  decisionAnswer,
  decisionBody,
  replayAnswer,
  replayBody,
  reviewList,
  reviewsQuery,
} from '../usage.ts';

export const listReviews = route({
  operation: 'listReviews',
  method: 'get',
  path: '/api/usage/reviews',
  summary: 'Replacements that wait for a person, and conflicting ones',
  allow: { admin: 'viewer' },
  query: reviewsQuery,
  answers: { 200: reviewList },
});

export const acceptReview = route({
  operation: 'acceptReview',
  method: 'post',
  path: '/api/usage/reviews/:reviewId/accept',
  summary: 'Let a replacement that waits take effect',
  allow: { admin: 'operator' },
  body: decisionBody,
  answers: { 200: decisionAnswer },
  failures: ['not_found', 'review_closed', 'window_too_old'],
  idempotent: true,
});

export const rejectReview = route({
  operation: 'rejectReview',
  method: 'post',
  path: '/api/usage/reviews/:reviewId/reject',
  summary: 'Leave what stands: the replacement takes no effect',
  allow: { admin: 'operator' },
  body: decisionBody,
  answers: { 200: decisionAnswer },
  failures: ['not_found', 'review_closed'],
  idempotent: true,
});

export const decideReviews = route({
  operation: 'decideReviews',
  method: 'post',
  path: '/api/usage/reviews/decide',
  summary: 'Decide up to 100 reviews at once, each by itself',
  allow: { admin: 'operator' },
  body: decideBody,
  answers: { 200: decideAnswer },
  idempotent: true,
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
