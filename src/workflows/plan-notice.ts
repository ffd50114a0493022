/** Has a notice mailed, in the batch of what it tells: one mail to each of the customer's owners and billing members. */
import type { Write } from '../db/write.ts';
import { newId } from '../lib/ids.ts';
import type { Notice, NoticeKind } from '../notices/notice.ts';
import { insertNotice, isToldBy } from '../notices/store.ts';
import { planToMembers } from '../outbox/store.ts';
import type { Context } from './deed.ts';

/**
 * The statements that have it mailed; they do nothing where the same kind about the same thing was told before.
 * @returns also the outbox row of the first mail, for `Plan.outbox`; cron sends the others within a minute
 */
export function planNotice<K extends NoticeKind>(
  { random, now }: Pick<Context, 'random' | 'now'>,
  notice: Notice<K>,
): { writes: Write[]; outboxId: string } {
  const { customerId, kind, about, params } = notice;
  const outboxId = newId('outbox', random);
  return {
    outboxId,
    writes: [
      insertNotice(notice, outboxId, now),
      planToMembers({
        id: outboxId,
        kind: 'notice',
        payload: { customer_id: customerId, notice: kind, about, ...params },
        now,
        customerId,
        only: isToldBy(notice, outboxId),
      }),
    ],
  };
}
