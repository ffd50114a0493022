/** How a customer is billed, at Stripe: what of it stands with the customer, its tax ids, and what stands with its subscription. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';
import type { StripeAddress } from './customers.ts';

/** What of a customer an invoice goes by; null takes a value away. */
export interface CustomerBilling {
  email: string;
  address: StripeAddress | null;
  taxExempt: 'none' | 'exempt' | 'reverse';
  poNumber: string | null;
}

/** Who collects from now on, or that Stripe works out the tax: that is never switched off from here. */
export type SubscriptionBilling = { by: 'card' } | { by: 'invoice'; netDays: number } | { tax: true };

interface StripeTaxId {
  type: string;
  value: string;
}

/** More than Stripe shows on an invoice. */
const taxIdsMax = 100;

/** An address of Stripe's: a part that is not given is emptied, for one that is left out would stay. */
const addressOf = (given: StripeAddress): Stripe.AddressParam => ({
  line1: given.line1 ?? '',
  line2: given.line2 ?? '',
  city: given.city ?? '',
  postal_code: given.postal_code ?? '',
  state: given.state ?? '',
  country: given.country ?? '',
});

const fieldsOf = (poNumber: string | null) =>
  poNumber === null ? ('' as const) : [{ name: 'PO number', value: poNumber }];

function subscriptionFields(billing: SubscriptionBilling): Stripe.SubscriptionUpdateParams {
  if ('tax' in billing) return { automatic_tax: { enabled: true } };
  return billing.by === 'card'
    ? { collection_method: 'charge_automatically' }
    : { collection_method: 'send_invoice', days_until_due: billing.netDays };
}

export const billingOf = (stripe: Stripe) => ({
  /** Sets what is named. Stripe takes a call as a whole or not at all. */
  setCustomer: (id: string, billing: Partial<CustomerBilling>, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const { email, address, taxExempt, poNumber } = billing;
      await stripe.customers.update(
        id,
        {
          ...(email === undefined ? {} : { email }),
          ...(address === undefined ? {} : { address: address === null ? ('' as const) : addressOf(address) }),
          ...(taxExempt === undefined ? {} : { tax_exempt: taxExempt }),
          ...(poNumber === undefined ? {} : { invoice_settings: { custom_fields: fieldsOf(poNumber) } }),
        },
        { idempotencyKey },
      );
      return null;
    }),
  /** Makes the customer's tax ids those; ids that are there already stay. Added first, so that a refused one takes none away. */
  setTaxIds: (id: string, wanted: readonly StripeTaxId[], idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const { data } = await stripe.customers.listTaxIds(id, { limit: taxIdsMax });
      const isIn = (all: readonly StripeTaxId[], one: StripeTaxId) =>
        all.some(({ type, value }) => type === one.type && value === one.value);
      for (const [place, { type, value }] of wanted.entries()) {
        if (isIn(data, { type, value })) continue;
        await stripe.customers.createTaxId(
          id,
          { type: type as Stripe.TaxIdCreateParams.Type, value },
          { idempotencyKey: `${idempotencyKey}-tax-${place}` },
        );
      }
      for (const taxId of data) if (!isIn(wanted, taxId)) await stripe.customers.deleteTaxId(id, taxId.id);
      return null;
    }),
  /** Whether Stripe works out the tax of a subscription, also of one that has ended. */
  isTaxed: (id: string): Promise<StripeResult<boolean>> =>
    attempt(async () => (await stripe.subscriptions.retrieve(id)).automatic_tax.enabled),
  setSubscription: (id: string, billing: SubscriptionBilling, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.subscriptions.update(id, subscriptionFields(billing), { idempotencyKey });
      return null;
    }),
});
