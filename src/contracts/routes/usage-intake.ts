/** The routes of usage intake: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { batchInflatedBytesMax, batchWireBytesMax } from '../common.ts';
import { route } from '../route.ts';
import { batchAnswer, batchItemsMax, reportAnswer, usageBatch, usageReport } from '../usage.ts';

export const reportUsage = route({
  operation: 'reportUsage',
  method: 'post',
  path: '/api/usage/report',
  summary: 'One usage report of a reporter',
  allow: { reporter: true },
  // Any object: unknown fields are ignored and listed, the rest is judged by src/usage/report.ts.
  body: z.looseObject({}),
  bodyForm: usageReport,
  answers: { 202: reportAnswer },
  failures: [
    'customer_mismatch',
    'unknown_reporter',
    'unknown_namespace',
    'window_length',
    'window_unaligned',
    'window_reversed',
    'window_future',
    'window_too_old',
    'window_not_owned',
    'revision_future',
    'value_out_of_range',
    'no_quantities',
  ],
});

export const reportUsageBatch = route({
  operation: 'reportUsageBatch',
  method: 'post',
  path: '/api/usage/batch',
  summary: 'Up to 1,000 usage reports; gzip is taken; each item is judged by itself',
  allow: { reporter: true, cluster: true },
  body: usageBatch,
  bodyForm: z.object({ reports: z.array(usageReport).min(1).max(batchItemsMax) }),
  answers: { 202: batchAnswer },
  failures: ['too_many_items'],
  wireBytesMax: batchWireBytesMax,
  inflatedBytesMax: batchInflatedBytesMax,
});
