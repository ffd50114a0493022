/** Spend caps on the wire: what a customer lets a period cost, and what happens then. */
import { z } from 'zod';

/** `notify` tells its people, `suspend` stops the instance as well. */
export const capAction = z.enum(['notify', 'suspend']);
export type CapAction = z.infer<typeof capAction>;

/** `reached`: the period has cost as much, and the instance runs, or stands for another reason. */
export const capState = z.enum(['below', 'reached', 'suspended']);
export type CapState = z.infer<typeof capState>;

export const capEventKind = z.enum(['set', 'removed', 'alert', 'suspended', 'resumed']);
export type CapEventKind = z.infer<typeof capEventKind>;

export const capView = z.object({
  cap_cents: z.number().int(),
  action: capAction,
  /** What the running period costs so far, the fee included, before credit and tax. */
  used_cents: z.number().int(),
  used_percent: z.number().int(),
  /**
   * How far above the cap the period can come before the instance stands, if nothing is used faster than in the fastest window of the
   * last 24 hours; null where nobody can say.
   */
  overshoot_cents: z.number().int().nullable(),
  /** Since when usage is missing, where that is why nobody can say. */
  unbounded_since: z.string().nullable(),
  state: capState,
  reached_at: z.string().nullable(),
  period: z.object({ start: z.string(), end: z.string() }),
  /** The newest first, 50 at most. */
  events: z.array(
    z.object({
      kind: capEventKind,
      at: z.string(),
      cap_cents: z.number().int(),
      action: capAction,
      used_cents: z.number().int(),
      percent: z.number().int().nullable(),
    }),
  ),
});
export type CapView = z.infer<typeof capView>;

/** GET, PUT and DELETE /api/customers/:id/spend-cap; null where none is set. */
export const capAnswer = z.object({ success: z.literal(true), cap: capView.nullable() });

const capCentsMax = 100_000_000_000;

/** PUT /api/customers/:id/spend-cap. */
export const capBody = z.strictObject({ cap_cents: z.number().int().min(1).max(capCentsMax), action: capAction });
export type CapBody = z.output<typeof capBody>;
