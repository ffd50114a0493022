/** What was told, once each. Owns `notices`; the mails themselves are rows of the outbox. */
import { type SQL, sql } from 'drizzle-orm';
import { notices } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Notice } from './notice.ts';

type Known = Pick<Notice, 'customerId' | 'kind' | 'about'>;

/** Notes that it is told by that outbox row; nothing where it was told before. */
export const insertNotice = ({ customerId, kind, about }: Known, outboxId: string, now: number): Write =>
  write(build.insert(notices).values({ customerId, kind, about, outboxId, plannedAt: now }).onConflictDoNothing());

/** Whether it is told by that outbox row, and not by an earlier one. */
export const isToldBy = ({ customerId, kind, about }: Known, outboxId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notices WHERE customer_id = ${customerId} AND kind = ${kind} AND about = ${about} AND outbox_id = ${outboxId})`;
