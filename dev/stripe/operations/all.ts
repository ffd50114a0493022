/** Every operation that the stand-in has. What is not here answers 404, as an address that Stripe lacks. */
import type { Operation } from '../context.ts';
import { coupons, promotionCodes } from './coupons.ts';
import { creditNotes } from './credit-notes.ts';
import { customers } from './customers.ts';
import { events } from './events.ts';
import { invoiceDeeds, invoiceItems } from './invoice-deeds.ts';
import { invoices } from './invoices.ts';
import { meters } from './meters.ts';
import { paymentMethods, payments } from './payments.ts';
import { portal } from './portal.ts';
import { previews } from './preview.ts';
import { prices, products } from './products.ts';
import { schedules } from './schedules.ts';
import { sessions } from './sessions.ts';
import { subscriptionChanges } from './subscription-changes.ts';
import { subscriptions } from './subscriptions.ts';
import { taxIds } from './tax-ids.ts';

export const operations: readonly Operation[] = [
  ...coupons,
  ...creditNotes,
  ...customers,
  ...events,
  ...invoiceDeeds,
  ...invoiceItems,
  ...invoices,
  ...meters,
  ...paymentMethods,
  ...payments,
  ...portal,
  ...previews,
  ...prices,
  ...products,
  ...promotionCodes,
  ...schedules,
  ...sessions,
  ...subscriptionChanges,
  ...subscriptions,
  ...taxIds,
];
