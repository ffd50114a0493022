/** How a customer is billed, at Stripe: what of it stands with the customer, its tax ids, and what stands with its subscription. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

/** Null takes a value away. */
export interface CustomerBilling {
  email: string;
  address: {
    line1: string;
    line2?: string | undefined;
    city?: string | undefined;
    postal_code?: string | undefined;
    state?: string | undefined;
    country: string;
  } | null;
  taxExempt: 'none' | 'exempt' | 'reverse';
  poNumber: string | null;
}

export interface SubscriptionBilling {
  /** Undefined: as it is. */
  collection?: { by: 'card' } | { by: 'invoice'; netDays: number };
  /** Whether Stripe works out the tax from now on; it is never switched off from here. */
  tax: boolean;
}

interface StripeTaxId {
  type: string;
  value: string;
}

/** More than Stripe shows on an invoice. */
const taxIdsMax = 100;

/** An address of Stripe's: a part that is not given is emptied, for one that is left out would stay. */
const addressOf = (given: NonNullable<CustomerBilling['address']>): Stripe.AddressParam => ({
  line1: given.line1,
  line2: given.line2 ?? '',
  city: given.city ?? '',
  postal_code: given.postal_code ?? '',
  state: given.state ?? '',
  country: given.country,
});

export const billingOf = (stripe: Stripe) => ({
  setCustomer: (id: string, billing: CustomerBilling, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const { email, address, taxExempt, poNumber } = billing;
      const fields = poNumber === null ? ('' as const) : [{ name: 'PO number', value: poNumber }];
      await stripe.customers.update(
        id,
        {
          email,
          address: address === null ? '' : addressOf(address),
          tax_exempt: taxExempt,
          invoice_settings: { custom_fields: fields },
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
      const { collection, tax } = billing;
      await stripe.subscriptions.update(
        id,
        {
          ...(collection?.by === 'card' ? { collection_method: 'charge_automatically' } : {}),
          ...(collection?.by === 'invoice'
            ? { collection_method: 'send_invoice', days_until_due: collection.netDays }
            : {}),
          ...(tax ? { automatic_tax: { enabled: true } } : {}),
        },
        { idempotencyKey },
      );
      return null;
    }),
});
