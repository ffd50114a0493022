/** Billing settings as people read them. */
import type { BillingView } from '../../src/contracts/billing.ts';

const addressOf = ({ address }: BillingView): string =>
  address === null
    ? '-'
    : [address.line1, address.line2, address.postal_code, address.city, address.state, address.country]
        .filter((part) => part !== undefined)
        .join(', ');

const collectionOf = ({ collection, net_days: days }: BillingView): string =>
  collection === 'card' ? 'the card is charged' : `by invoice, to be paid within ${days} days`;

/** One line a setting, then whether Stripe has it so. */
export const billingLines = (billing: BillingView): string[] => [
  `collection     ${collectionOf(billing)}`,
  `tax            ${billing.tax_exempt}`,
  `tax ids        ${billing.tax_ids.map(({ type, value }) => `${type} ${value}`).join(', ') || '-'}`,
  `address        ${addressOf(billing)}`,
  `PO number      ${billing.po_number ?? '-'}`,
  `invoices go to ${billing.billing_email ?? "the customer's own email"}`,
  `at Stripe      ${billing.at_stripe}`,
  ...billing.refused.map(({ field, message }) => `refused        ${field}: ${message}`),
];
