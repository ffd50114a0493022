/** What our mails say, in one place: plain text, and the same as simple HTML in which nobody's name is markup. Pure. */
import { toOneLine } from '../lib/text.ts';
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

export interface Invitation {
  link: string;
  minutes: number;
  /** Where a new link can be had. */
  signInPage: string;
  company: string;
}

/** What a new member is told. */
export const invitationMail = (to: string, { link, minutes, signInPage, company }: Invitation): Mail =>
  mailOf(to, `You can sign in for ${toOneLine(company)}`, [
    `You have been made a member of ${toOneLine(company)}.`,
    `This link signs you in once. It works for ${minutes} minutes.`,
    { address: link },
    'Later, have a new link mailed to you here:',
    { address: signInPage },
    'If you did not expect this, do nothing.',
  ]);
