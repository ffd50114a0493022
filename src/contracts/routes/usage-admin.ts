/** The routes of usage admin: where they are, whom they admit, what they take and answer. */
import { allGapsAnswer, allGapsQuery } from '../all-gaps.ts';
import { decideAnswer, decideBody, decisionAnswer, decisionBody, reviewList, reviewsQuery } from '../reviews.ts';
import { route } from '../route.ts';

export const listReviews = route({
  operation: 'listReviews',
  method: 'get',
  path: '/api/usage/reviews',
  summary: 'Replacements that wait for a person, and conflicting ones',
  allow: { admin: 'viewer' },
  query: reviewsQuery,
  answers: { 200: reviewList },
});

export const listGaps = route({
  operation: 'listGaps',
  method: 'get',
  path: '/api/usage/gaps',
  summary: 'What is missing of the last seven days, customer by customer',
  allow: { admin: 'viewer' },
  query: allGapsQuery,
  answers: { 200: allGapsAnswer },
});

export const acceptReview = route({
  operation: 'acceptReview',
  method: 'post',
  path: '/api/usage/reviews/:reviewId/accept',
  summary: 'Let a replacement that waits take effect',
  allow: { admin: 'operator' },
  body: decisionBody,
  answers: { 200: decisionAnswer },
  failures: ['not_found', 'review_closed', 'window_too_old', 'window_not_owned'],
  idempotent: true,
  preview: true,
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
  preview: true,
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
  preview: true,
});
