/** The routes of usage intake: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { batchInflatedBytesMax, batchWireBytesMax } from '../common.ts';
import { route } from '../route.ts';
import { batchAnswer, reportAnswer, usageBatch } from '../usage.ts';

export const reportUsage = route({
  operation: 'reportUsage',
  method: 'post',
  path: '/api/usage/report',
  summary: 'One usage report of a reporter',
  allow: { reporter: true },
  // Any object: unknown fields are ignored and listed, the rest is judged by src/usage/report.ts.
  body: z.looseObject({}),
  answers: { 202: reportAnswer },
});

export const reportUsageBatch = route({
  operation: 'reportUsageBatch',
  method: 'post',
  path: '/api/usage/batch',
  summary: 'Up to 1,000 usage reports; gzip is taken; each item is judged by itself',
  allow: { reporter: true, cluster: true },
  body: usageBatch,
  answers: { 202: batchAnswer },
  wireBytesMax: batchWireBytesMax,
  inflatedBytesMax: batchInflatedBytesMax,
});
