/**
 * Mails the link that verifies a signup's email. Only here it is looked up whether a customer has the email: who has one is
 * told so instead. The link's secret is made anew from its id and stands in the mail alone.
 */
import { pendingMs, verificationAddress } from '../../customers/pending-signup.ts';
import { findForMail } from '../../customers/pending-signup-store.ts';
import { hourMs } from '../../lib/time.ts';
import { knownEmailMail, verificationMail } from '../../mail/texts.ts';
import { needless, never } from '../../outbox/outbox.ts';
import { signInAddress } from '../../sessions/link.ts';
import type { Sender } from './carriers.ts';
import { handOver } from './hand-over.ts';
import { secretOf } from './link-secret.ts';

export const sendSignupMail: Sender = async (carriers, row) => {
  const { db, publicUrl, now } = carriers;
  const found = await findForMail(db, String(row.payload['signup_id']));
  // Verified, or asked for again: then another mail has the link that works.
  if (!found || found.pending.expiresAt <= now()) return needless('signup_over');
  const { pending, isKnown } = found;
  if (isKnown === 1) {
    return await handOver(carriers, row, knownEmailMail(pending.email, { signInPage: signInAddress(publicUrl) }));
  }
  const secret = await secretOf(carriers, pending);
  if (secret === null) return never('link_key_gone');
  const address = verificationAddress(publicUrl, secret);
  return await handOver(carriers, row, verificationMail(pending.email, { address, hours: pendingMs / hourMs }));
};
