/** How a customer is billed, and what of it Stripe does not take. */
import { ActionList, Alert, List, ListItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { BillingView, ShownAddress } from '../../../src/contracts/billing.ts';
import { Facts } from '../list/facts.tsx';
import { billingTexts } from '../texts/billing.ts';
import { ChangeBilling } from './change-billing.tsx';

const texts = billingTexts.settings;

const addressText = ({ line1, line2, postal_code: code, city, state, country }: ShownAddress): string =>
  [line1, line2, [code, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ');

const paymentText = ({ collection, net_days: days }: BillingView): string =>
  `${texts.collections[collection]}${collection === 'invoice' ? texts.netDays(days) : ''}`;

function Standing({ billing: { at_stripe: at, refused } }: { billing: BillingView }) {
  if (at !== 'refused') return <p>{texts.atStripe[at]}</p>;
  return (
    <Alert isInline variant="warning" title={texts.atStripe.refused}>
      <List>
        {refused.map(({ field, code }) => (
          <ListItem key={field}>{texts.refused(texts.fields[field] ?? field, code)}</ListItem>
        ))}
      </List>
    </Alert>
  );
}

export interface BillingFactsProps {
  customerId: string;
  billing: BillingView;
  /** What only staff can change of it, instead of the words that say so. */
  forStaff?: ReactNode;
}

export function BillingFacts({ customerId, billing, forStaff }: BillingFactsProps) {
  const { address, billing_email, po_number, tax_ids: taxIds, tax_exempt: exempt } = billing;
  return (
    <>
      <Standing billing={billing} />
      <Facts
        isHalf
        label={texts.title}
        facts={[
          [texts.fields['billing_email'] ?? '', billing_email],
          [texts.fields['po_number'] ?? '', po_number],
          [texts.fields['address'] ?? '', address === null ? null : addressText(address)],
          [texts.fields['tax_ids'] ?? '', taxIds.map(({ type, value }) => `${type} ${value}`).join(', ')],
          [texts.collection, paymentText(billing)],
          [texts.taxExempt, texts.exemptions[exempt]],
        ]}
      />
      {forStaff === undefined ? <p>{texts.sellers}</p> : null}
      <ActionList className="tenantry-actions">
        <ChangeBilling customerId={customerId} billing={billing} />
        {forStaff}
      </ActionList>
    </>
  );
}
