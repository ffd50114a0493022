/** One customer seen from outside: what Stripe has of them, what we have, whether the licence counts, what the stack does, what was mailed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { readLicence, validateLicence } from '../../../src/contracts/routes/licences.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { LifePlatform } from './platform.ts';

export interface Sight {
  stripe: string;
  state: string;
  licence: string;
  stack: string;
}

const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** The customer's subscription at Stripe, the newest of several. */
async function subscriptionOf(
  { objects }: LifePlatform,
  stripeCustomerId: string | null,
): Promise<Stripe.Subscription | null> {
  const all = await objects<Stripe.Subscription>('subscription');
  const theirs = all.filter(({ customer }) => customer === stripeCustomerId);
  return theirs.toSorted((a, b) => b.created - a.created)[0] ?? null;
}

/** The customer's newest invoice at Stripe. */
async function invoiceOf({ objects }: LifePlatform, stripeCustomerId: string | null) {
  const all = await objects<Stripe.Invoice>('invoice');
  return all.filter(({ customer }) => customer === stripeCustomerId).toSorted((a, b) => b.created - a.created)[0];
}

async function atStripe(platform: LifePlatform, id: string | null): Promise<string> {
  if (id === null) return 'no customer';
  const subscription = await subscriptionOf(platform, id);
  if (subscription === null) return 'a customer, no subscription';
  const invoice = await invoiceOf(platform, id);
  const ends = subscription.cancel_at !== null && subscription.status !== 'canceled' ? ', ends with its period' : '';
  const bill = invoice === undefined ? '' : `; invoice of ${dollars(invoice.total)} ${invoice.status}`;
  return `subscription ${subscription.status}${ends}${bill}`;
}

async function licenceOf({ ask, attempt }: LifePlatform, customerId: string, last: string | null) {
  const read = await attempt(readLicence, { params: { customerId } });
  const jwt = read.ok ? (read.value?.license ?? last) : last;
  if (jwt === null) return { jwt, said: 'none' };
  const { valid, code, decoded } = await ask(validateLicence, { body: { license: jwt } });
  return {
    jwt,
    said: valid && decoded ? `valid: ${decoded.plan}, ${decoded.subscription.status}` : code.toLowerCase(),
  };
}

/** Looks at a customer again and again. */
export function watch(platform: LifePlatform, customerId: string) {
  let licence: string | null = null;
  return async (): Promise<Sight> => {
    const params = { customerId };
    const [{ customer, deployment }, { subscription }] = await Promise.all([
      platform.ask(readCustomer, { params }),
      platform.ask(readSubscription, { params }),
    ]);
    const seen = await licenceOf(platform, customerId, licence);
    licence = seen.jwt;
    const { status, suspended_for, cancel_at } = subscription;
    const why = suspended_for === null ? '' : `, ${suspended_for.replace('_', ' ')}`;
    const ends = cancel_at !== null && status !== 'canceled' ? ', cancelled for the period’s end' : '';
    return {
      stripe: await atStripe(platform, customer.stripe_customer_id),
      state: `${subscription.plan} ${status}${why}${ends}`,
      licence: seen.said,
      stack: deployment.status,
    };
  };
}

/** The mails to an address as they were sent, oldest first. */
function sentTo({ mailFolder }: LifePlatform, email: string): string[] {
  const names = readdirSync(mailFolder).filter((name) => name.endsWith('.eml'));
  const order = (name: string): number => Number(/-(\d+)\.eml$/.exec(name)?.[1] ?? 0);
  return names
    .toSorted((a, b) => order(a) - order(b))
    .map((name) => readFileSync(join(mailFolder, name), 'utf8'))
    .filter((mail) => /^To: (.*)$/m.exec(mail)?.[1]?.includes(email));
}

/** Subjects of the mails to an address, oldest first. */
export const mailsTo = (platform: LifePlatform, email: string): string[] =>
  sentTo(platform, email).map(
    (mail) =>
      /^Subject: (.*(?:\r?\n[ \t].*)*)/m
        .exec(mail)?.[1]
        ?.replace(/\r?\n[ \t]+/g, ' ')
        .trim() ?? '',
  );

/** Where the last mail to an address leads that leads to a page of an invoice; null where none does. */
export function paymentLinkTo(platform: LifePlatform, email: string): string | null {
  const last = sentTo(platform, email).at(-1) ?? '';
  // Long lines of a mail are broken, and its equals signs are written as =3D.
  const text = last.replace(/=\r?\n/g, '').replaceAll('=3D', '=');
  return /https?:\/\/\S+\/invoice\/[\w?=&-]+/.exec(text)?.[0] ?? null;
}
