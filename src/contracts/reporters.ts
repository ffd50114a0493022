/** Reporters on the wire (admin). */
import { z } from 'zod';
import { instant, listOf, namespace } from './common.ts';

/** Window lengths in seconds; 60 only with ALLOW_SHORT_WINDOWS. */
const windowSeconds = z.union([z.literal(60), z.literal(900), z.literal(3600)]);

export const reporterBody = z.strictObject({
  instance_id: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dot, dash and underscore'),
  namespaces: z.array(namespace).min(1).max(50).optional(),
  meters: z.array(z.string().max(64)).min(1).max(64).optional(),
  window_seconds: windowSeconds.default(3600),
  active_from: instant.optional(),
  /** When its key expires; without it the key ends with what the reporter may report. */
  key_expires_at: instant.optional(),
  take_over: z.boolean().default(false),
});
export type ReporterBody = z.infer<typeof reporterBody>;

export const reporter = z.object({
  id: z.string(),
  instance_id: z.string(),
  namespaces: z.array(z.string()),
  meters: z.array(z.string()),
  window_seconds: z.number().int(),
  /** Null until the deployment's reporter registers its key. */
  active_from: z.string().nullable(),
  active_until: z.string().nullable(),
});
export type ReporterView = z.infer<typeof reporter>;
export const reporterAnswer = z.object({ success: z.literal(true), reporter, api_key: z.string() });
export const reporterList = listOf(reporter);
export const endReporterBody = z.strictObject({ active_until: instant.optional() });
export const endReporterAnswer = z.object({ success: z.literal(true), reporter });
