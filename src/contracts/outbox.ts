/** What waits to leave the system, or was refused, as admins see it. */
import { z } from 'zod';
import { listOf, pageQuery } from './common.ts';

const outboxState = z.enum(['planned', 'sent', 'confirmed', 'never', 'dropped']);

/** GET /api/outbox. */
export const outboxQuery = pageQuery.extend({
  state: z
    .enum([...outboxState.options, 'shut'])
    .default('never')
    .describe(
      '`never` are the rows that the other side refused; `shut` those that wait for Stripe while the outbox is shut.',
    ),
});
const outboxItem = z.object({
  outbox_id: z.string(),
  kind: z.string(),
  state: outboxState,
  /** The customer or job that it is about. */
  subject: z.string().nullable(),
  attempts: z.number().int(),
  last_error: z.string().nullable(),
  created_at: z.string(),
  sent_at: z.string().nullable(),
  next_at: z.string(),
});
export type OutboxItem = z.infer<typeof outboxItem>;
export const outboxList = listOf(outboxItem);

/** POST /api/outbox/:id/retry and /drop. */
export const outboxDecisionBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export const outboxShutBody = z.strictObject({ reason: z.string().trim().min(1).max(500) });
/** `drift_id` is the comparison's own (`drun_…`). */
export const outboxOpenBody = z.strictObject({ drift_id: z.string().min(1).max(100) });
export const outboxGateAnswer = z.object({
  success: z.literal(true),
  /** Since when nothing is sent to Stripe; null while all is. */
  shut_at: z.string().nullable(),
  reason: z.string(),
});
export const outboxDecisionAnswer = z.object({ success: z.literal(true), item: outboxItem });
