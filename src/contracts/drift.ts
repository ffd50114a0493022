/** What differs between our rows and Stripe's objects, and whether our own ledger holds together. */
import { z } from 'zod';
import { lineText, listOf, pageQuery } from './common.ts';

export const driftKind = z.enum(['customer', 'subscription', 'state', 'amount', 'item', 'price']);
export type DriftKind = z.infer<typeof driftKind>;

/** Where the thing is that the other side lacks; `both`: it is on both sides, and differs. */
export const driftSide = z.enum(['stripe', 'tenantry', 'both']);
export type DriftSide = z.infer<typeof driftSide>;

/** GET /api/drift. */
export const driftQuery = pageQuery.extend({
  open: z
    .enum(['true', 'false'])
    .default('true')
    .describe('`false` are those that were fixed, ignored, or are gone by themselves.'),
  kind: driftKind.optional().describe('Only differences of this kind.'),
});

const finding = z.object({
  drift_id: z.string(),
  kind: driftKind,
  side: driftSide,
  /** What Stripe calls the thing; ours where Stripe has none. */
  object_id: z.string(),
  customer_id: z.string().nullable(),
  /** What our rows say. */
  expected: z.string(),
  /** What Stripe says. */
  found: z.string(),
  since: z.string(),
  /** What a fix would do, in words; null where only a person can mend it. */
  fix: z.string().nullable(),
});
export type DriftView = z.infer<typeof finding>;
export const driftList = listOf(finding).extend({
  /** The newest comparison that has ended; null before the first. */
  last_run: z
    .object({ run_id: z.string(), finished_at: z.string(), compared: z.number().int(), found: z.number().int() })
    .nullable(),
});

export const driftRunBody = z.strictObject({});
/** POST /api/drift/run. A comparison that is under way already is answered, and no second one begins. */
export const driftRunAnswer = z.object({ run_id: z.string() });

export const driftDecisionBody = z.strictObject({ reason: lineText(500) });
export const driftDecisionAnswer = z.object({ success: z.literal(true), drift: finding });

const invariant = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** The first 20 rows that break it. */
  rows: z.array(z.record(z.string(), z.unknown())),
  checked_at: z.string(),
});

/** GET /api/invariants: the newest result of each, also of what is checked a part at a time. */
export const invariantList = z.object({ items: z.array(invariant) });
export type InvariantView = z.infer<typeof invariant>;
export const invariantRunBody = z.strictObject({});
