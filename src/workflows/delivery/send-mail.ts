/**
 * Mails a link. Only here it is looked up whether somebody has the email; for one that nobody has, and a link that is too
 * old by now, nothing is left to do. The link's secret is made anew from its id and stands in the mail alone.
 */
import { findCustomer } from '../../customers/store.ts';
import { minuteMs } from '../../lib/time.ts';
import type { Mail } from '../../mail/port.ts';
import { invitationMail, signInMail } from '../../mail/texts.ts';
import { needless, never } from '../../outbox/outbox.ts';
import { linkAddress, signInAddress } from '../../sessions/link.ts';
import { findLink } from '../../sessions/link-store.ts';
import { findMemberships } from '../../sessions/member-store.ts';
import { linkMs } from '../../sessions/session.ts';
import { mayEnter } from '../../sessions/sign-in.ts';
import type { Carriers, Sender } from './carriers.ts';
import { handOver } from './hand-over.ts';
import { secretOf } from './link-secret.ts';

const minutes = linkMs / minuteMs;

export const sendMail: Sender = async (carriers, row) => {
  const { db } = carriers;
  const link = await findLink(db, String(row.payload['link_id']));
  if (!link || link.usedAt !== null || link.expiresAt <= carriers.now()) return needless('link_over');
  if (!(await findMemberships(db, link.email)).some(mayEnter)) return needless('nobody_has_it');
  const secret = await secretOf(carriers, link);
  if (secret === null) return never('link_key_gone');
  const invitedTo = row.payload['invited_to'];
  const text = await textOf(carriers, link.email, secret, invitedTo === undefined ? null : String(invitedTo));
  return await handOver(carriers, row, text);
};

async function textOf(
  { db, publicUrl }: Carriers,
  to: string,
  secret: string,
  invitedTo: string | null,
): Promise<Mail> {
  const link = linkAddress(publicUrl, secret);
  const customer = invitedTo === null ? null : await findCustomer(db, invitedTo);
  if (!customer) return signInMail(to, { link, minutes });
  return invitationMail(to, { link, minutes, signInPage: signInAddress(publicUrl), company: customer.companyName });
}
