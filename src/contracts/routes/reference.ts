/** The routes of the API's own reference: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { route } from '../route.ts';

export const readOpenApi = route({
  operation: 'readOpenApi',
  method: 'get',
  path: '/api/openapi.json',
  summary: 'This document: every route, what it takes and answers, OpenAPI 3.1',
  allow: { public: true },
  answers: { 200: z.looseObject({ openapi: z.string() }) },
});

export const readReference = route({
  operation: 'readReference',
  method: 'get',
  path: '/api/docs',
  summary: 'The reference for people, a page made of this document',
  allow: { public: true },
  answers: { 200: null },
  text: 'text/html; charset=utf-8',
});
