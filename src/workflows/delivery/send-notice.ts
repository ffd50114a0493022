/**
 * Mails one person a notice. Who it is and what their company is called is read here; whoever is no member any more, and
 * what is not true any more, or too old to be of use, is not mailed.
 */
import { findWhole } from '../../customers/store.ts';
import { dayMs } from '../../lib/time.ts';
import { noticeMail } from '../../mail/notice-texts.ts';
import { isTrueIn, type Notice } from '../../notices/notice.ts';
import { later, needless, never } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import { findMember } from '../../sessions/member-store.ts';
import type { Sender } from './carriers.ts';

/** Without a mail server, or while it is away, a notice waits this long: later it would only puzzle. */
const usefulMs = 3 * dayMs;

export const sendNotice: Sender = async ({ db, mail, now, publicUrl }, row) => {
  if (row.createdAt + usefulMs <= now()) return needless('too_late');
  const notice = noticeOf(row);
  const member = await findMember(db, String(row.payload['member_id']));
  const whole = await findWhole(db, notice.customerId);
  if (!member || !whole) return needless('nobody_has_it');
  if (!isTrueIn(notice.kind, whole.subscription.status)) return needless('not_true_any_more');
  if (!mail) return later('mail_not_configured');
  const text = noticeMail(notice, { to: member.email, company: whole.customer.companyName, publicUrl });
  const sent = await mail.send(text, row.id);
  if (sent.ok) return { outcome: 'ok', writes: [] };
  return sent.error.kind === 'refused' ? never(sent.error.code) : later(sent.error.code);
};

/** Rows of this kind are written by plan-notice.ts alone, from a notice. */
function noticeOf({ payload }: OutboxRow): Notice {
  const { customer_id, notice, about, member_id, ...params } = payload;
  return { customerId: String(customer_id), kind: notice, about: String(about), params } as unknown as Notice;
}
