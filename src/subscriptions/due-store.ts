/**
 * Subscriptions whose time has come, as cron looks for them: each query is an index's beginning. Reads only; what a notice
 * has told is read beside it, so that nobody is looked at again who was told.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import type { NoticeKind } from '../notices/notice.ts';

/** A customer whose turn it is. */
export interface Due {
  customerId: string;
  /** What made it due, ms. */
  at: number;
}

/** Trials that are over, the longest ago first; one that is cancelled for then ends as cancelled. */
export const findTrialsOver = (db: Db, now: number, limit: number): Promise<Due[]> =>
  db.all<Due>(sql`SELECT customer_id AS customerId, trial_ends_at AS "at" FROM subscriptions
    WHERE status = 'trialing' AND trial_ends_at <= ${now} AND (cancel_at IS NULL OR cancel_at > ${now})
    ORDER BY trial_ends_at LIMIT ${limit}`);

/** Failed payments that were waited for long enough. */
export const findGraceOver = (db: Db, now: number, limit: number): Promise<Due[]> =>
  db.all<Due>(sql`SELECT customer_id AS customerId, grace_ends_at AS "at" FROM subscriptions
    WHERE grace_ends_at IS NOT NULL AND grace_ends_at <= ${now} AND status = 'past_due'
    ORDER BY grace_ends_at LIMIT ${limit}`);

/** Cancellations whose end has come. */
export const findCancelOver = (db: Db, now: number, limit: number): Promise<Due[]> =>
  db.all<Due>(sql`SELECT customer_id AS customerId, cancel_at AS "at" FROM subscriptions
    WHERE cancel_at IS NOT NULL AND cancel_at <= ${now} AND status <> 'canceled' ORDER BY cancel_at LIMIT ${limit}`);

const told = (kind: NoticeKind, about: SQL): SQL =>
  sql`(SELECT planned_at FROM notices WHERE customer_id = s.customer_id AND kind = ${kind} AND about = ${about})`;

/** What a reminder is about: the instant by which the thing that is ahead is known. */
export const aboutOf = (at: number): string => String(at);

/** Trials that end by `until` and began before `begunBefore`, of whom nobody was reminded. */
export const findTrialsEnding = (
  db: Db,
  { now, until, begunBefore }: { now: number; until: number; begunBefore: number },
  limit: number,
): Promise<Due[]> =>
  db.all<Due>(sql`SELECT s.customer_id AS customerId, s.trial_ends_at AS "at" FROM subscriptions s
    JOIN customers c ON c.id = s.customer_id
    WHERE s.status = 'trialing' AND s.trial_ends_at > ${now} AND s.trial_ends_at <= ${until} AND s.cancel_at IS NULL
      AND c.created_at <= ${begunBefore} AND ${told('trial_ending', sql`CAST(s.trial_ends_at AS TEXT)`)} IS NULL
    ORDER BY s.trial_ends_at LIMIT ${limit}`);

/** Failed payments whose grace ends by `until`, of whom nobody was reminded. */
export const findGraceEnding = (
  db: Db,
  { now, until }: { now: number; until: number },
  limit: number,
): Promise<Due[]> =>
  db.all<Due>(sql`SELECT s.customer_id AS customerId, s.grace_ends_at AS "at" FROM subscriptions s
    WHERE s.grace_ends_at IS NOT NULL AND s.grace_ends_at > ${now} AND s.grace_ends_at <= ${until} AND s.status = 'past_due'
      AND ${told('grace_reminder', sql`CAST(s.grace_ends_at AS TEXT)`)} IS NULL
    ORDER BY s.grace_ends_at LIMIT ${limit}`);

/** Since when a customer is canceled: rows that are older than the column have the deactivation's instant. */
const canceledAt = sql`coalesce(s.canceled_at, c.deactivated_at)`;
const kept = sql`subscriptions s JOIN customers c ON c.id = s.customer_id
    JOIN deployments d ON d.customer_id = s.customer_id AND d.phase <> 'deleted'
    WHERE s.status = 'canceled'`;

/** Customers canceled by `canceledBefore` whose stack is kept and of whom nobody was warned; `at`: since when they are. */
export const findUnwarned = (db: Db, canceledBefore: number, limit: number): Promise<Due[]> =>
  db.all<Due>(sql`SELECT s.customer_id AS customerId, ${canceledAt} AS "at" FROM ${kept}
      AND ${canceledAt} <= ${canceledBefore} AND ${told('deletion_ahead', sql`CAST(${canceledAt} AS TEXT)`)} IS NULL
    ORDER BY 2 LIMIT ${limit}`);

/**
 * Customers canceled by `canceledBefore` whose stack is kept still.
 * @param warnedBefore null: the mail that told the end has told this, too
 */
export const findDeletable = (
  db: Db,
  { canceledBefore, warnedBefore }: { canceledBefore: number; warnedBefore: number | null },
  limit: number,
): Promise<Due[]> =>
  db.all<Due>(sql`SELECT s.customer_id AS customerId, ${canceledAt} AS "at" FROM ${kept}
      AND ${canceledAt} <= ${canceledBefore}
      AND (${warnedBefore} IS NULL OR ${told('deletion_ahead', sql`CAST(${canceledAt} AS TEXT)`)} <= ${warnedBefore})
    ORDER BY 2 LIMIT ${limit}`);
