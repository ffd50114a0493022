/** Billing settings on the wire: how a customer is billed. Each is off until it is set. */
import { z } from 'zod';
import { emailText, lineText } from './common.ts';

export const taxExempt = z.enum(['none', 'exempt', 'reverse']);
export type TaxExempt = z.infer<typeof taxExempt>;

/** A kind and number as Stripe names them (docs.stripe.com/billing/customer/tax-ids): `eu_vat`, `DE123456789`. */
const taxId = z.strictObject({ type: lineText(20), value: lineText(50) });
export type TaxId = z.infer<typeof taxId>;

const address = z.strictObject({
  line1: lineText(200),
  line2: lineText(200).optional(),
  city: lineText(100).optional(),
  postal_code: lineText(20).optional(),
  state: lineText(100).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, such as DE (ISO 3166-1)'),
});

/** As it stands: of one that was typed in on a page of Stripe's, parts may be missing. */
const shownAddress = z.object({
  line1: z.string().optional(),
  line2: z.string().optional(),
  city: z.string().optional(),
  postal_code: z.string().optional(),
  state: z.string().optional(),
  country: z.string().optional(),
});
export type ShownAddress = z.infer<typeof shownAddress>;

const netDaysMax = 365;
const taxIdsMax = 5;

const collection = z.enum(['card', 'invoice']);

/** What is not named stays; null takes a setting back. The first three are an operator's to set. */
export const billingBody = z.strictObject({
  collection: collection.optional(),
  net_days: z.number().int().min(0).max(netDaysMax).nullable().optional(),
  tax_exempt: taxExempt.optional(),
  po_number: lineText(140).nullable().optional(),
  tax_ids: z.array(taxId).max(taxIdsMax).optional(),
  address: address.nullable().optional(),
  billing_email: emailText.nullable().optional(),
});
export type BillingBody = z.output<typeof billingBody>;

/** A setting that Stripe does not take, with its own code for why. */
const refusal = z.object({ field: z.string(), code: z.string(), message: z.string() });
export type BillingRefusal = z.infer<typeof refusal>;

export const billingView = z.object({
  collection,
  /** Days in which an invoice is to be paid, where it is not charged. */
  net_days: z.number().int(),
  tax_exempt: taxExempt,
  po_number: z.string().nullable(),
  tax_ids: z.array(taxId),
  /** The newer of the one that was set here and the one that Stripe has. */
  address: shownAddress.nullable(),
  /** Where invoices go; null: to the customer's own email. */
  billing_email: z.string().nullable(),
  /** Whether Stripe has it so. `none`: nothing was set. */
  at_stripe: z.enum(['none', 'pending', 'done', 'refused']),
  refused: z.array(refusal),
});
export type BillingView = z.infer<typeof billingView>;

/** GET and PUT /api/customers/:id/billing. */
export const billingAnswer = z.object({ success: z.literal(true), billing: billingView });
