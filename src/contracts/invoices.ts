/** Invoices on the wire: what they are, the lines that wait for approval, and the brake of billing. */
import { z } from 'zod';
import { customerId, instant, lineText, listOf, pageQuery, searchText } from './common.ts';
import { costLine } from './cost.ts';

/** `cycle`: Stripe's, of the subscription. `usage`: ours, of a month. `closing`: after the end. `delta`: what changed after that. */
const invoiceKind = z.enum(['cycle', 'closing', 'usage', 'delta']);
export type InvoiceKind = z.infer<typeof invoiceKind>;

export const invoiceState = z.enum(['draft', 'held', 'finalizing', 'open', 'paid', 'uncollectible', 'void', 'failed']);
export type InvoiceState = z.infer<typeof invoiceState>;

/** What a held draft waits for. */
const holdReason = z.enum(['incomplete', 'approval', 'paused']);
export type HoldReason = z.infer<typeof holdReason>;

/** Whose line it is: rated here, or put there by Stripe. */
const lineBy = z.enum(['tenantry', 'stripe']);
export type LineBy = z.infer<typeof lineBy>;

const period = z.object({ start: z.string(), end: z.string() });

/**
 * What becomes of a line. `planned`: it is on this invoice, or about to be. `held`: it waits for approval and is not on it. `released`:
 * approved too late for this one, it comes with the next. `rejected`: it is never billed.
 */
const lineState = z.enum(['planned', 'held', 'released', 'billed', 'rejected']);
export type LineState = z.infer<typeof lineState>;

const invoiceLine = costLine.extend({
  by: lineBy,
  state: lineState,
  /** The period that the line is of. */
  period: period.nullable(),
  /** The invoice that billed this period first, where the line corrects it. */
  delta_of: z.string().nullable(),
});
export type InvoiceLineView = z.infer<typeof invoiceLine>;

const invoiceHead = z.object({
  invoice_id: z.string(),
  customer_id: z.string(),
  /** Null while Stripe has none. */
  stripe_invoice_id: z.string().nullable(),
  number: z.string().nullable(),
  kind: invoiceKind,
  /** The period whose usage it bills. */
  period: period.nullable(),
  state: invoiceState,
  hold: z.object({ until: z.string(), reason: holdReason }).nullable(),
  subtotal_cents: z.number().int(),
  credit_cents: z.number().int(),
  tax_cents: z.number().int(),
  total_cents: z.number().int(),
  amount_due_cents: z.number().int(),
  due_at: z.string().nullable(),
  hosted_url: z.string().nullable(),
  /** It went without all that was used: the rest comes on the next one. */
  late: z.boolean(),
  /** Its lines were computed and not sent to Stripe. */
  shadow: z.boolean(),
  /** Whether its statement can be had. */
  statement: z.boolean(),
  finalized_at: z.string().nullable(),
  paid_at: z.string().nullable(),
  created_at: z.string(),
});
/** An invoice; in a list without its lines. */
export const invoiceView = invoiceHead.extend({ lines: z.array(invoiceLine) });
export type InvoiceView = z.infer<typeof invoiceView>;
export type InvoiceHead = z.infer<typeof invoiceHead>;

/** GET /api/invoices. */
export const invoicesQuery = pageQuery.extend({
  customer_id: customerId.optional().describe('Of one customer; with an account key or as a member, your own.'),
  state: invoiceState.optional().describe('Only those in this state.'),
  from: instant.optional().describe('Made at or after.'),
  to: instant.optional().describe('Made before.'),
  q: searchText.optional().describe('Part of a number, or of an id.'),
});
export const invoiceList = listOf(invoiceHead);

export const invoiceAnswer = z.object({ success: z.literal(true), invoice: invoiceView });

/** POST /api/invoices/:invoiceId/finalize. */
export const finalizeBody = z.strictObject({});

/** What a line was above when it was held: an amount, so many times the usual of its meter, or both. */
const heldWhy = z.object({
  /** HOLD_LINE_CENTS as it was then; null where the line is not above it. */
  limit_cents: z.number().int().nullable(),
  /** Null where the line is not above HOLD_LINE_FACTOR times the usual. */
  usual: z
    .object({
      /** HOLD_LINE_FACTOR as it was then. */
      factor: z.number(),
      /** What the meter cost on average on the customer's last invoices. */
      cents: z.number().int(),
      /** How many times that the line is, to a tenth. */
      times: z.number(),
    })
    .nullable(),
});
export type HeldWhy = z.infer<typeof heldWhy>;

const heldLine = z.object({
  /** `lin_…`: what a decision names. */
  hold_id: z.string(),
  invoice_id: z.string(),
  customer_id: z.string(),
  state: lineState,
  line: invoiceLine,
  /** Null of a line that was held before reasons were kept. */
  why: heldWhy.nullable(),
  held_at: z.string().nullable(),
  /** Until when the invoice waits for a decision. */
  until: z.string().nullable(),
});
export type HeldLineView = z.infer<typeof heldLine>;
/** GET /api/invoices/holds. */
export const holdsQuery = pageQuery.extend({
  invoice_id: z.string().min(1).max(100).optional().describe('Of one invoice.'),
  customer_id: customerId.optional().describe('Of one customer.'),
});
export const holdList = listOf(heldLine);
export const holdDecisionBody = z.strictObject({ reason: lineText(500) });
export const holdDecisionAnswer = z.object({ success: z.literal(true), hold: heldLine });

/** `shadow`: all is computed and nothing sent. `paused`: nothing is computed, and drafts are kept from being finalised. */
export const billingMode = z.enum(['live', 'shadow', 'paused']);
export type BillingMode = z.infer<typeof billingMode>;

/** GET /api/billing-brake. Nobody has set it yet: `changed_at` is null, and the mode is that of the environment. */
export const brakeAnswer = z.object({
  mode: billingMode,
  reason: z.string().nullable(),
  changed_by: z.string().nullable(),
  changed_at: z.string().nullable(),
});
export const brakeBody = z.strictObject({ mode: billingMode, reason: lineText(500) });
