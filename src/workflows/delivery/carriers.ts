/** What a delivery sends with: queues, Stripe and mail, the clock and the log. */
import type { BillingMode } from '../../contracts/invoices.ts';
import type { Db } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import type { Log } from '../../lib/log.ts';
import type { MailPort } from '../../mail/port.ts';
import type { Sent } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import type { LineTax } from '../../stripe/drafts.ts';
import type { StripePort } from '../../stripe/port.ts';

export interface Carriers {
  db: Db;
  /** ms since the epoch. */
  now: () => number;
  log: Log;
  /** Null without a Stripe key: rows for Stripe wait. */
  stripe: StripePort | null;
  /** Whether Stripe works out tax (STRIPE_TAX). */
  tax: boolean;
  /** The price that an operator has bound by that variable (STRIPE_PRICE_…), null where none is. */
  boundPrice: (variable: string) => string | null;
  /** Brings what Stripe has of a subscription to ours, with rows to be sent (src/workflows/subscriptions/refresh-subscription.ts). */
  refresh: (stripeSubscriptionId: string) => Promise<{ outbox: readonly string[] }>;
  /** Follows an invoice as Stripe has it now (src/workflows/billing/refresh-invoice.ts). */
  refreshInvoice: (customerId: string, stripeInvoiceId: string) => Promise<unknown>;
  /** The newest subscription that Stripe had of a customer who has none any more; null where it never had one. */
  lastSubscription: (customerId: string) => Promise<string | null>;
  invoicing: {
    billingMode: BillingMode;
    /** How tax is counted on our lines. */
    lineTax: LineTax;
  };
  /** Null without a mail server: mails wait as long as their links hold. */
  mail: MailPort | null;
  /** The secrets that a mailed link of that id may have (src/sessions/link.ts). */
  linkSecrets: (linkId: string) => readonly string[];
  /** The API's own address, where links lead. */
  publicUrl: string;
  /** The doorbell queue of a binding's name, null when the Worker has none of that name. */
  doorbell: (queueBinding: string) => Queue | null;
}

/** Sends one row. The statements of an `ok` are committed with the row's confirmation; a throw is tried again later. */
export type Sender = (carriers: Carriers, row: OutboxRow) => Promise<Sent<Write>>;
