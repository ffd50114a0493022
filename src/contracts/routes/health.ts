/** The routes of health: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { route } from '../route.ts';

export const readHealth = route({
  operation: 'readHealth',
  method: 'get',
  path: '/health',
  summary: 'The Worker answers',
  allow: { public: true },
  answers: { 200: z.object({ status: z.literal('ok') }) },
});

export const readReadiness = route({
  operation: 'readReadiness',
  method: 'get',
  path: '/ready',
  summary: 'D1 can be read and the licence keys can be used; 503 otherwise',
  allow: { public: true },
  answers: { 200: z.object({ status: z.literal('ready') }) },
});
