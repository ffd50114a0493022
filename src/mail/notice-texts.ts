/**
 * What notices say, a function a kind: what has happened, what it means for the customer's data, and where it can be
 * changed. Who is told of a subscription that has ended cannot sign in any more, so those mails lead nowhere. Pure.
 */
import { withoutSlash } from '../lib/base-url.ts';
import type { Notice, NoticeKind, NoticeParams } from '../notices/notice.ts';
import { inert } from './inert.ts';
import type { Mail } from './port.ts';
import { mailOf, type Paragraph } from './texts.ts';

export interface Addressee {
  to: string;
  /** Whatever the customer has called itself. */
  company: string;
  publicUrl: string;
}

interface Text {
  subject: string;
  paragraphs: readonly Paragraph[];
}

const dateForm = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
const date = (ms: number): string => `${dateForm.format(ms)} UTC`;

const amount = ({ amount_cents, currency }: { amount_cents: number; currency: string }): string =>
  `${(amount_cents / 100).toFixed(2)} ${currency.toUpperCase()}`;

/** An address that a mail may lead to; null for what is none. */
function webAddress(given: string | undefined): string | null {
  const url = given === undefined ? null : URL.parse(given);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

/** Where it is paid: the invoice's own page, or where that is not known the customer's pages. */
function payAt(payment_url: string | undefined, pages: string): Paragraph[] {
  const invoice = webAddress(payment_url);
  return invoice === null ? ['Pay on your pages:', { address: pages }] : ['Pay here:', { address: invoice }];
}

type Writer<K extends NoticeKind> = (params: NoticeParams[K], company: string, pages: string) => Text;

const noDataLost = 'Your data is kept, and nothing of it is changed.';

const writers: { readonly [K in NoticeKind]: Writer<K> } = {
  trial_ending: ({ trial_ends_at }, company, pages) => ({
    subject: `Your trial ends on ${date(trial_ends_at)}`,
    paragraphs: [
      `The free trial of ${company} ends on ${date(trial_ends_at)}.`,
      'To go on, subscribe before then. Otherwise your instance is stopped at that time; its data is kept.',
      { address: pages },
    ],
  }),
  trial_ended: (_, company, pages) => ({
    subject: 'Your trial has ended',
    paragraphs: [
      `The free trial of ${company} has ended, and your instance is stopped. ${noDataLost}`,
      'Subscribe, and it runs again:',
      { address: pages },
    ],
  }),
  converted: ({ plan }, company, pages) => ({
    subject: 'Welcome: your subscription has begun',
    paragraphs: [
      `Thank you. ${company} has subscribed to the plan ${plan}.`,
      'Your plan, your usage and your invoices are on your pages:',
      { address: pages },
    ],
  }),
  payment_failed: ({ payment_url, grace_ends_at, ...owed }, company, pages) => ({
    subject: `Your payment of ${amount(owed)} has failed`,
    paragraphs: [
      `A payment of ${amount(owed)} for ${company} has failed.`,
      grace_ends_at === undefined
        ? 'Your instance goes on for some days. If nothing is paid it is stopped; its data is kept.'
        : `Your instance goes on until ${date(grace_ends_at)}. If nothing is paid by then it is stopped; its data is kept.`,
      ...payAt(payment_url, pages),
    ],
  }),
  payment_action_required: ({ payment_url, ...owed }, company, pages) => ({
    subject: `Please confirm your payment of ${amount(owed)}`,
    paragraphs: [
      `The bank of ${company} wants a person to confirm a payment of ${amount(owed)}.`,
      ...payAt(payment_url, pages),
    ],
  }),
  grace_reminder: ({ grace_ends_at, payment_url }, company, pages) => ({
    subject: `Your instance will be stopped on ${date(grace_ends_at)}`,
    paragraphs: [
      `An invoice of ${company} is still unpaid. On ${date(grace_ends_at)} your instance will be stopped; its data is kept.`,
      ...payAt(payment_url, pages),
    ],
  }),
  suspended: ({ payment_url }, company, pages) => ({
    subject: 'Your instance is stopped',
    paragraphs: [
      `An invoice of ${company} is unpaid, and so your instance is stopped. ${noDataLost}`,
      'It runs again once the invoice is paid.',
      ...payAt(payment_url, pages),
    ],
  }),
  recovered: (_, company, pages) => ({
    subject: 'Your instance runs again',
    paragraphs: [
      `Thank you: ${company} has paid, and your instance runs again within minutes, with all of its data.`,
      { address: pages },
    ],
  }),
  canceled: ({ delete_at }, company) => ({
    subject: 'Your subscription has ended',
    paragraphs: [
      `The subscription of ${company} has ended, and your instance is stopped. Its keys and its licence work no more.`,
      `Its data is kept until ${date(delete_at)}, then it is deleted for good. To come back before then, answer this mail.`,
    ],
  }),
  spend_cap_alert: ({ percent, action, period_ends_at, ...spent }, company, pages) => ({
    subject: percent >= 100 ? 'Your spend cap is reached' : `${percent} % of your spend cap is used`,
    paragraphs: [
      `This billing period of ${company} costs ${amount({ amount_cents: spent.used_cents, ...spent })} so far: ${percent} % or more of your spend cap of ${amount({ amount_cents: spent.cap_cents, ...spent })}. The period ends on ${date(period_ends_at)}.`,
      action === 'suspend'
        ? `When the cap is reached your instance is stopped until you raise it or the period ends. ${noDataLost}`
        : 'Your instance goes on, and what it uses is billed: the cap only tells you.',
      'See what the period costs, and change the cap, on your pages:',
      { address: pages },
    ],
  }),
  spend_cap_suspended: ({ period_ends_at, ...spent }, company, pages) => ({
    subject: 'Your spend cap is reached, and your instance is stopped',
    paragraphs: [
      `This billing period of ${company} costs ${amount({ amount_cents: spent.used_cents, ...spent })}, and your spend cap is ${amount({ amount_cents: spent.cap_cents, ...spent })}. As you have chosen, your instance is stopped. ${noDataLost}`,
      `It runs again when you raise the cap, or when the period ends on ${date(period_ends_at)}. Your subscription goes on, and is invoiced as ever.`,
      { address: pages },
    ],
  }),
  spend_cap_resumed: (_, company, pages) => ({
    subject: 'Your instance runs again',
    paragraphs: [
      `The spend cap of ${company} does not hold your instance any more: it runs again within minutes, with all of its data.`,
      { address: pages },
    ],
  }),
  tax_address_wrong: (_, company, pages) => ({
    subject: 'Your invoice waits for your address',
    paragraphs: [
      `Tax on an invoice of ${company} cannot be worked out from the address that we have. The invoice waits; nothing is charged until then.`,
      'Please correct your billing address on your pages:',
      { address: pages },
    ],
  }),
  deletion_ahead: ({ delete_at }, company) => ({
    subject: `Your data will be deleted on ${date(delete_at)}`,
    paragraphs: [
      `The subscription of ${company} has ended. On ${date(delete_at)} your instance and all of its data will be deleted, for good.`,
      'To keep it, answer this mail before then.',
    ],
  }),
  deleted: (_, company) => ({
    subject: 'Your data is being deleted',
    paragraphs: [
      `The subscription of ${company} ended some time ago. Your instance is being deleted now with all of its data, as was announced.`,
      'Your invoices are kept, as the law demands. You need do nothing.',
    ],
  }),
};

/** The mail of a notice to one person. */
export function noticeMail<K extends NoticeKind>(
  { kind, params }: Notice<K>,
  { to, company, publicUrl }: Addressee,
): Mail {
  const { subject, paragraphs } = writers[kind](params, inert(company), `${withoutSlash(publicUrl)}/`);
  return mailOf(to, subject, paragraphs);
}
