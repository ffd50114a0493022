/** What our mails say, in one place: plain text, and the same as simple HTML in which nobody's name is markup. Pure. */
import { toOneLine } from '../lib/text.ts';
import { inert } from './inert.ts';
import type { Mail } from './port.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? found);

/** A paragraph is text, or an address that can be followed. */
export type Paragraph = string | { address: string };

/** A mail of these paragraphs, in both forms. */
export function mailOf(to: string, subject: string, paragraphs: readonly Paragraph[]): Mail {
  const lines = paragraphs.map((paragraph) => (typeof paragraph === 'string' ? paragraph : paragraph.address));
  const html = paragraphs.map((paragraph) => {
    if (typeof paragraph === 'string') return `<p>${escaped(paragraph)}</p>`;
    const address = escaped(paragraph.address);
    return `<p><a href="${address}">${address}</a></p>`;
  });
  return {
    to,
    subject: toOneLine(subject),
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${html.join('\n')}</body></html>\n`,
  };
}

const notYours = 'If this was not you, do nothing: nobody can sign in without this mail.';

/** The link that somebody has asked for. */
export const signInMail = (to: string, { link, minutes }: { link: string; minutes: number }): Mail =>
  mailOf(to, 'Your sign-in link', [
    `This link signs you in once. It works for ${minutes} minutes.`,
    { address: link },
    notYours,
  ]);

/** The link that verifies a signup's email. It says nothing that the signup has said: anybody may have typed it. */
export const verificationMail = (to: string, { address, hours }: { address: string; hours: number }): Mail =>
  mailOf(to, 'Confirm your email', [
    'Somebody, you we hope, has signed up with this email. Open this link to confirm it and to have the account made:',
    { address },
    `The link works for ${hours} hours, once. Of several such mails the newest counts.`,
    'If this was not you, do nothing: without the link nothing is made.',
  ]);

/** To who has signed up with an email that is a customer's. */
export const knownEmailMail = (to: string, { signInPage }: { signInPage: string }): Mail =>
  mailOf(to, 'You have an account already', [
    'Somebody, perhaps you, has tried to sign up with this email, and there is an account with it.',
    'If it was you, sign in; without a password have a link mailed:',
    { address: signInPage },
    'If it was not you, do nothing: nothing has changed.',
  ]);

export interface Invitation {
  link: string;
  minutes: number;
  /** Where a new link can be had. */
  signInPage: string;
  /** Whatever the customer has called itself. */
  company: string;
}

/** What a new member is told. */
export const invitationMail = (to: string, { link, minutes, signInPage, company }: Invitation): Mail =>
  mailOf(to, `You can sign in for ${inert(company)}`, [
    `You have been made a member of ${inert(company)}.`,
    `This link signs you in once. It works for ${minutes} minutes.`,
    { address: link },
    'Later, have a new link mailed to you here:',
    { address: signInPage },
    'If you did not expect this, do nothing.',
  ]);
