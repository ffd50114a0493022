/** `POST /v1/invoices/create_preview`, of a change of a subscription: https://docs.stripe.com/api/invoices/create_preview */
import { preview } from '../acts/preview.ts';
import type { Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { isOver } from '../objects/subscription.ts';
import { operation } from '../operation.ts';
import { rendered } from '../wires.ts';
import { find } from './shared.ts';
import { changeOf } from './subscription-changes.ts';
import { itemShape, prorationFields, subscriptionFields } from './subscription-parameters.ts';

export const previews: readonly Operation[] = [
  operation({
    method: 'POST',
    path: '/v1/invoices/create_preview',
    parameters: {
      customer: 'text',
      subscription: { must: 'text' },
      subscription_details: {
        of: {
          ...prorationFields,
          items: { many: itemShape },
          proration_behavior: subscriptionFields.proration_behavior,
        },
      },
    },
    run(context, { values: { customer, subscription: id, subscription_details: details } }) {
      const subscription = find(context, 'subscription', id, 'subscription');
      if (customer !== undefined && customer !== subscription.customer) {
        refuse('The subscription is not one of this customer.', undefined, 'customer');
      }
      if (isOver(subscription)) refuse('No upcoming invoices for customer', 'invoice_upcoming_none');
      const change = details === undefined ? null : changeOf(context, details);
      return preview(context, subscription, change, (look, invoice) => ({
        ...rendered(look, 'invoice', invoice),
        id: `upcoming_${invoice.id}`,
        billing_reason: 'upcoming',
        hosted_invoice_url: null,
        invoice_pdf: null,
        automatically_finalizes_at: null,
      }));
    },
  }),
];
