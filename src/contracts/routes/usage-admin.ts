/** The routes of usage admin: where they are, whom they admit, what they take and answer. */
import { route } from '../route.ts';
import { reviewList, reviewsQuery } from '../usage.ts';

export const listReviews = route({
  operation: 'listReviews',
  method: 'get',
  path: '/api/usage/reviews',
  summary: 'Replacements that wait for a person, and conflicting ones',
  allow: { admin: 'viewer' },
  query: reviewsQuery,
  answers: { 200: reviewList },
});
