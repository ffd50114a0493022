/** The inbox: every event of Stripe once, by Stripe's id, and what became of it. Owns `stripe_events`; decides nothing. */
import { and, asc, desc, eq, getTableColumns, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { EventState } from '../contracts/webhooks.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { stripeEvents } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { minuteMs } from '../lib/time.ts';
import { replayable, type StripeEvent, type Whose } from './event.ts';

export type EventRow = typeof stripeEvents.$inferSelect;

/** A handler that is killed leaves a claim that runs out. */
const claimMs = 2 * minuteMs;

/** Whom of ours Stripe speaks of: by Stripe's id, else by the id that the object carries. */
const ourCustomer = ({ stripeId, ours }: Whose): SQL => sql`coalesce(
  (SELECT id FROM customers WHERE stripe_customer_id = ${stripeId}), (SELECT id FROM customers WHERE id = ${ours}))`;

/** The customer of ours, null where nobody is known so. */
export async function findWhose(db: Db, whose: Whose): Promise<string | null> {
  const rows = await db.all<{ id: string | null }>(sql`SELECT ${ourCustomer(whose)} AS id`);
  return rows[0]?.id ?? null;
}

const rowOf = (event: StripeEvent, now: number, nextAt: number) => ({
  id: event.id,
  type: event.type,
  objectId: event.objectId,
  customerId: ourCustomer(event.whose),
  state: 'received' as const,
  payload: event.payload,
  occurredAt: event.occurredAt ?? now,
  receivedAt: now,
  nextAt,
});

/** Takes an event in; false where it is there already. Cron takes it up at `nextAt`, ms, if nobody does before. */
export async function takeIn(db: Db, event: StripeEvent, now: number, nextAt: number): Promise<boolean> {
  const taken = await db
    .insert(stripeEvents)
    .values(rowOf(event, now, nextAt))
    .onConflictDoNothing()
    .returning({ id: stripeEvents.id });
  return taken.length > 0;
}

/** Those of the ids that are not in the inbox. */
export async function findMissing(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const known = await db.all<{ id: string }>(
    sql`SELECT id FROM stripe_events WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
  );
  const there = new Set(known.map(({ id }) => id));
  return new Set(ids.filter((id) => !there.has(id)));
}

/** Takes an event in that a list has shown; nothing where it is there already. */
export const insertListed = (event: StripeEvent, now: number): Write =>
  write(
    build
      .insert(stripeEvents)
      .values(rowOf(event, now, now))
      .onConflictDoNothing(),
  );

/** With a sign before it, so that no index of states is read for events that are named by their ids. */
const waiting = sql`+${stripeEvents.state} IN ('received', 'failed')`;

/** Claims one event, or those that are due, oldest first; nobody else gets them meanwhile. */
async function claimWhere(db: Db, which: SQL, now: number): Promise<EventRow[]> {
  return await db
    .update(stripeEvents)
    .set({ claimedUntil: now + claimMs, attempts: sql`${stripeEvents.attempts} + 1` })
    .where(and(which, waiting, lte(stripeEvents.claimedUntil, now)))
    .returning();
}

/** Claims the event; null where it is done with, or in somebody's hands. */
export const claim = async (db: Db, id: string, now: number): Promise<EventRow | null> =>
  (await claimWhere(db, sql`${stripeEvents.id} = ${id}`, now))[0] ?? null;

const due = (now: number): SQL =>
  sql`state IN ('received', 'failed') AND next_at <= ${now} AND claimed_until <= ${now}`;

/**
 * Claims events that are due, and with them what else is due of the same customers: events about one invoice may be far apart in a
 * long queue, and together they need one look at it.
 * @param limit how many, and how many of the others at most
 */
export const claimDue = (db: Db, now: number, limit: number): Promise<EventRow[]> =>
  claimWhere(
    db,
    sql`${stripeEvents.id} IN (
      WITH first AS MATERIALIZED (
        SELECT id, customer_id FROM stripe_events INDEXED BY stripe_events_due WHERE ${due(now)} ORDER BY next_at LIMIT ${limit})
      SELECT id FROM first UNION SELECT * FROM (
        SELECT id FROM stripe_events INDEXED BY stripe_events_waiting
        WHERE ${due(now)} AND customer_id IN (SELECT customer_id FROM first) AND id NOT IN (SELECT id FROM first) LIMIT ${limit}))`,
    now,
  );

export interface Outcome {
  state: Extract<EventState, 'processed' | 'ignored'>;
  /** Whose it is, where the event itself did not say. */
  customerId: string | null;
  /** Why it is ignored although its type is known. */
  error: { code: string; message: string } | null;
}

/** Marks what became of an event, in the batch of what it led to. The fetch is the one that its object was applied under. */
export const finish = (id: string, { state, customerId, error }: Outcome, now: number): Write =>
  write(sql`
    UPDATE stripe_events SET state = ${state}, processed_at = ${now}, claimed_until = 0,
      customer_id = coalesce(customer_id, ${customerId}), error_code = ${error?.code ?? null},
      error_message = ${error?.message ?? null},
      fetch_seq = (SELECT nullif(o.applied_seq, 0) FROM stripe_objects o WHERE o.id = stripe_events.object_id)
    WHERE id = ${id}`);

/** It has failed, and is tried again at `nextAt` unless it is dead. */
export const fail = (
  id: string,
  { state, nextAt, error }: { state: EventState; nextAt: number; error: { code: string; message: string } },
): Write =>
  write(
    build
      .update(stripeEvents)
      .set({ state, nextAt, claimedUntil: 0, errorCode: error.code, errorMessage: error.message })
      .where(eq(stripeEvents.id, id)),
  );

/** Whether a person may have it processed again. */
export const isReplayable = (id: string): SQL => sql`EXISTS (SELECT 1 FROM stripe_events WHERE id = ${id} AND state IN
  (SELECT value FROM json_each(${JSON.stringify(replayable)})))`;

/** It waits for its turn again, as if it had just come. */
const reopen = (id: string, now: number, when: SQL): Write =>
  write(sql`
    UPDATE stripe_events SET state = 'received', attempts = 0, next_at = ${now}, claimed_until = 0, processed_at = NULL,
      error_code = NULL, error_message = NULL WHERE id = ${id} AND ${when}`);

/** A person has an event processed again. */
export const replay = (id: string, now: number): Write[] => [
  guard('event_replayable', isReplayable(id)),
  reopen(id, now, sql`true`),
];

/** The same, only where a condition holds when the batch runs: of many some may be done by then. */
export const replayWhere = reopen;

export async function findEvent(db: Db, id: string): Promise<EventRow | null> {
  const rows = await db.select().from(stripeEvents).where(eq(stripeEvents.id, id));
  return rows[0] ?? null;
}

/** The ids of dead events, of one type or of all, oldest first. */
export async function findDead(db: Db, type: string | undefined): Promise<string[]> {
  const rows = await db
    .select({ id: stripeEvents.id })
    .from(stripeEvents)
    .where(and(eq(stripeEvents.state, 'dead'), type === undefined ? undefined : eq(stripeEvents.type, type)))
    .orderBy(asc(stripeEvents.receivedAt), asc(stripeEvents.id));
  return rows.map(({ id }) => id);
}

const { payload: _payload, ...columns } = getTableColumns(stripeEvents);
export type EventWithoutPayload = Omit<EventRow, 'payload'>;

export interface EventFilter {
  page: number;
  limit: number;
  state?: EventState | undefined;
  type?: string | undefined;
  q?: string | undefined;
  customer_id?: string | undefined;
}

/** instr, because D1 limits a LIKE pattern; ids of Stripe's have capitals, and people copy them. */
const says = (
  q: string,
): SQL => sql`(instr(${stripeEvents.id}, ${q}) OR instr(coalesce(${stripeEvents.objectId}, ''), ${q})
  OR instr(coalesce(${stripeEvents.customerId}, ''), ${q}) OR instr(${stripeEvents.type}, ${q}))`;

/** One page, newest first. Without the payloads: a page of them may be megabytes. */
export async function listEvents(db: Db, { page, limit, state, type, q, customer_id }: EventFilter) {
  const where = and(
    state === undefined ? undefined : eq(stripeEvents.state, state),
    type === undefined ? undefined : eq(stripeEvents.type, type),
    customer_id === undefined ? undefined : eq(stripeEvents.customerId, customer_id),
    q ? says(q) : undefined,
  );
  const [rows, counted] = await db.batch([
    db
      .select(columns)
      .from(stripeEvents)
      .where(where)
      .orderBy(desc(stripeEvents.receivedAt), desc(stripeEvents.id))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(stripeEvents).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** What waits: how many, and since when the oldest, ms (one that a person replays, since then); and how many are dead. */
export interface Backlog {
  waiting: number;
  oldestAt: number | null;
  dead: number;
}

export async function readBacklog(db: Db): Promise<Backlog> {
  const rows = await db.all<Backlog>(sql`
    SELECT (SELECT count(*) FROM stripe_events WHERE state IN ('received', 'failed')) AS waiting,
      (SELECT min(iif(attempts = 0, next_at, received_at)) FROM stripe_events WHERE state IN ('received', 'failed')) AS oldestAt,
      (SELECT count(*) FROM stripe_events WHERE state = 'dead') AS dead`);
  return rows[0] ?? { waiting: 0, oldestAt: null, dead: 0 };
}

/** Forgets events of before an instant. */
export const forgetEvents = (before: number): Write =>
  write(build.delete(stripeEvents).where(lt(stripeEvents.receivedAt, before)));
