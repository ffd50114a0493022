/**
 * A statement: what an invoice is made of, signed. The file is gzip: line 1 the JWS over the payload below, then a line a
 * window. Times of the payload are ISO 8601 UTC, those of windows ms; docs/statements.md says what it proves.
 */
import { z } from 'zod';
import { instant } from './common.ts';
import { costLine } from './cost.ts';
import { periodKind } from './periods.ts';

/** The file's media type. */
export const statementType = 'application/vnd.tenantry.statement';
/** The JWS's own type, in its header and beside each key: no licence and no revocation list has it. */
export const statementTyp = 'tenantry-statement+jws';
/** The newest form of the payload and of the windows behind it. A reader of an older form says so of a newer one. */
export const statementVersion = 2;
/** The form of a statement without a period of its own, which came second; one with a period is as readers of the first form know it. */
export const formOf = (period: object | null): 1 | 2 => (period === null ? 2 : 1);

const period = z.strictObject({ start: instant, end: instant });
const ratedPeriod = period.extend({ kind: periodKind });

/** A line of the invoice. Those by Stripe (the plan's fee) are copied and not rated again. */
const statementLine = costLine.extend({
  by: z.enum(['tenantry', 'stripe']),
  /** The period whose usage it bills, null for what bills none. */
  period: period.nullable(),
  /** Of a correction the invoice that billed the period before. */
  delta_of: z.string().nullable(),
  /** Why it is not in the total: it waits for approval, or was refused. Null where it is billed. */
  not_billed: z.enum(['held', 'rejected']).nullable(),
});
export type StatementLine = z.infer<typeof statementLine>;

const windowDigest = z.strictObject({
  namespace: z.string(),
  instance_id: z.string(),
  /** The UTC day that holds the windows' ends; midnight is of the day before. */
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  windows: z.number().int().min(1),
  /** Over the windows' lines in order of end, each with its line feed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type WindowDigest = z.infer<typeof windowDigest>;

const decimal = z.string().regex(/^\d{1,30}(\.\d{1,60})?$/, 'must be a decimal');

const payload = z.strictObject({
  version: z.union([z.literal(1), z.literal(statementVersion)]),
  iss: z.string(),
  iat: z.number().int(),
  jti: z.string(),
  typ: z.literal('tenantry-statement'),
  invoice_id: z.string(),
  customer_id: z.string(),
  /** Null of an invoice that bills no period of its own: it has what changed in `earlier` ones, or no usage, but a fee alone. */
  period: ratedPeriod.nullable(),
  /** Periods of earlier invoices that this one corrects, with what was billed of each before. */
  earlier: z.array(
    ratedPeriod.extend({
      billed: z.array(z.strictObject({ line_id: z.string(), amount_cents: z.number().int() })),
    }),
  ),
  currency: z.literal('usd'),
  /** `text`: JSON of the plan versions that the bill needs, as they were published; `version` names them. */
  catalogue: z.strictObject({ version: z.string(), sha256: z.string(), text: z.string() }),
  overrides: z.array(
    z.strictObject({
      effective_at: instant,
      plan: z.string(),
      until_plan_change: z.boolean(),
      allowances: z.record(z.string(), decimal.nullable()),
      prices: z.record(z.string(), decimal),
    }),
  ),
  plan_changes: z.array(z.strictObject({ effective_at: instant, plan: z.string(), plan_version: z.string() })).min(1),
  lines: z.array(statementLine),
  digests: z.array(windowDigest),
  /** The sum of the lines that are billed, before tax. */
  total_cents: z.number().int(),
});

export const statementPayload = payload.refine(({ version, period: own }) => version === formOf(own), {
  path: ['version'],
  message: 'is 2 where the period is null, and 1 where there is one',
});
export type StatementPayload = z.infer<typeof statementPayload>;

/** A key set as it is published and as `verify-bill --keys` reads it (RFC 7517). */
export const publicKeySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
export type PublicKeySet = z.infer<typeof publicKeySet>;
