/** Corrections on the wire: what a person says of a window, and what that moved. Quantities are those of reports. */
import { z } from 'zod';
import { customerId, instant, lineText, listOf, namespace, pageQuery } from './common.ts';
import { quantities, quantityBounds, quantityFields } from './usage.ts';

/** `replace` and `void` take a window that stands, `add` a whole UTC hour that nobody reported. */
export const correctionKind = z.enum(['replace', 'void', 'add']);

type Fields = Record<keyof typeof quantityBounds, z.ZodOptional<z.ZodNumber>>;
const bounded = z.strictObject(
  Object.fromEntries(quantityFields.map((f) => [f, z.number().min(0).max(quantityBounds[f]).optional()])) as Fields,
);

const isEmpty = (given: object | undefined): boolean => given === undefined || Object.keys(given).length === 0;

/** POST /api/usage/:customerId/corrections. All quantities of the window are replaced: what is left out is not there. */
export const correctionBody = z
  .strictObject({
    kind: correctionKind,
    /** Absent: the customer’s own namespace. */
    namespace: namespace.optional(),
    instance_id: z.string().min(1).max(200),
    window_start: instant,
    window_end: instant,
    quantities: bounded.optional(),
    reason: lineText(500),
  })
  .refine(({ kind, quantities: given }) => kind === 'void' || !isEmpty(given), {
    error: 'must have one at least, unless the window is voided',
    path: ['quantities'],
  })
  .refine(({ kind, quantities: given }) => kind !== 'void' || isEmpty(given), {
    error: 'a voided window has none',
    path: ['quantities'],
  });

/** Where what it moves appears: on the period's invoice, as a delta line of the next one, or as credit. */
const destination = z.enum(['this', 'next', 'credit']);

const correction = z.object({
  correction_id: z.string(),
  customer_id: z.string(),
  kind: correctionKind,
  namespace: z.string(),
  instance_id: z.string(),
  window_start: z.string(),
  window_end: z.string(),
  revision: z.number().int(),
  /** Null where nothing stood. */
  before: quantities.nullable(),
  after: quantities,
  delta_cents: z.number().int(),
  /** Null where no invoice has it: a trial, or a window that no period holds. */
  invoice: destination.nullable(),
  /** The invoice that has what it moves; null while none has, and where none will. */
  invoice_id: z.string().nullable(),
  /** The lines of the bill that differ. */
  lines: z.array(
    z.object({
      line_id: z.string(),
      meter: z.string(),
      description: z.string(),
      before_cents: z.number().int(),
      after_cents: z.number().int(),
    }),
  ),
  reason: z.string(),
  at: z.string(),
  /** Null for whoever is no admin. */
  by: z.string().nullable(),
});
export type Correction = z.infer<typeof correction>;

export const correctionAnswer = z.object({ success: z.literal(true), correction });

/** GET /api/usage/:customerId/corrections, newest first. */
export const correctionsQuery = pageQuery;
/** GET /api/usage/corrections: of all customers. */
export const allCorrectionsQuery = pageQuery.extend({
  customer_id: customerId.optional().describe('Only this customer’s.'),
});
export const correctionList = listOf(correction);
