/**
 * What must reach a queue, Stripe or a mailbox, as rows written in the batch of their cause. A row is claimed for a minute, sent,
 * and confirmed; a sender that is killed in between leaves a claim that runs out. Sending twice is harmless by design: doorbells
 * carry no work, Stripe calls carry an idempotency key of (row, epoch), a mail that comes twice has one link.
 */
import { and, desc, eq, gt, inArray, lte, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { outbox } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { minuteMs } from '../lib/time.ts';

export type OutboxRow = typeof outbox.$inferSelect;
export type OutboxKind = OutboxRow['kind'];

const claimMs = minuteMs;

/** States of rows that are still to be delivered. */
const undelivered = inArray(outbox.state, ['planned', 'sent']);

const isGateShut = sql`EXISTS (SELECT 1 FROM outbox_gate WHERE shut_at IS NOT NULL)`;

/** Plans one delivery. */
export const plan = (row: { id: string; kind: OutboxKind; payload: OutboxRow['payload']; now: number }): Write =>
  write(
    build.insert(outbox).values({
      id: row.id,
      kind: row.kind,
      payload: row.payload,
      state: 'planned',
      nextAt: row.now,
      createdAt: row.now,
    }),
  );

/** Plans one delivery, under an id of the database's, where the condition does not hold when the batch runs. */
export const planUnless = (row: { kind: OutboxKind; payload: OutboxRow['payload']; now: number }, held: SQL): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT 'out_' || lower(hex(randomblob(16))), ${row.kind}, ${JSON.stringify(row.payload)}, 'planned', ${row.now}, ${row.now}
    WHERE NOT ${held}`);

/**
 * Plans one delivery to each owner and billing member of the customer, whom the payload names as `member_id`; none where
 * `only` does not hold. The first has the id, the others have ids of their own.
 */
export const planToMembers = (row: {
  id: string;
  kind: OutboxKind;
  payload: OutboxRow['payload'];
  now: number;
  customerId: string;
  only: SQL;
}): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT CASE WHEN row_number() OVER (ORDER BY created_at, id) = 1 THEN ${row.id} ELSE 'out_' || lower(hex(randomblob(16))) END,
      ${row.kind}, json_set(${JSON.stringify(row.payload)}, '$.member_id', id), 'planned', ${row.now}, ${row.now}
    FROM members WHERE customer_id = ${row.customerId} AND role IN ('owner', 'billing') AND ${row.only}`);

/** Plans a call about a subscription at Stripe, unless the same one is on its way. */
export const planForSubscription = (row: {
  id: string;
  kind: OutboxKind;
  subscriptionId: string;
  customerId: string;
  now: number;
}): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT ${row.id}, ${row.kind}, json_object('customer_id', ${row.customerId}, 'subscription_id', ${row.subscriptionId}), 'planned', ${row.now}, ${row.now}
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE kind = ${row.kind} AND state IN ('planned', 'sent')
      AND payload ->> 'subscription_id' = ${row.subscriptionId})`);

/** Plans a call about an invoice of ours, unless the same one is on its way, or done. */
export const planForInvoice = (row: {
  id: string;
  kind: OutboxKind;
  customerId: string;
  invoiceId: string;
  now: number;
}): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT ${row.id}, ${row.kind}, json_object('customer_id', ${row.customerId}, 'invoice_id', ${row.invoiceId}), 'planned', ${row.now}, ${row.now}
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE kind = ${row.kind} AND state IN ('planned', 'sent', 'confirmed')
      AND payload ->> 'invoice_id' = ${row.invoiceId}) ON CONFLICT DO NOTHING`);

/** The row that makes the customer at Stripe and has not done so yet, null where none waits. */
export async function findCustomerRow(db: Db, customerId: string): Promise<OutboxRow | null> {
  const rows = await db
    .select()
    .from(outbox)
    .where(
      and(eq(outbox.kind, 'stripe_customer'), undelivered, sql`${outbox.payload} ->> 'customer_id' = ${customerId}`),
    );
  return rows[0] ?? null;
}

export interface Claim {
  now: number;
  limit: number;
  /** Only these rows, whenever they are due. */
  ids?: readonly string[] | undefined;
  /** Kinds that are calls whose outcome may be unclear from here on: they are marked sent with the claim. */
  calls: readonly OutboxKind[];
}

/** Claims due rows for this sender, oldest first; nobody else gets them for a minute. */
export async function claimDue(db: Db, { now, limit, ids, calls }: Claim): Promise<OutboxRow[]> {
  // While the outbox is shut nothing goes to Stripe, for nobody knows what it has already.
  const mayGo = sql`(kind NOT LIKE 'stripe%' OR NOT ${isGateShut})`;
  const isCall = sql`${outbox.kind} IN (SELECT value FROM json_each(${JSON.stringify(calls)}))`;
  const chosen = ids
    ? sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
    : sql`${outbox.id} IN (SELECT id FROM outbox WHERE state <> 'confirmed' AND state IN ('planned', 'sent') AND next_at <= ${now} AND claimed_until <= ${now} AND ${mayGo} ORDER BY next_at LIMIT ${limit})`;
  return await db
    .update(outbox)
    .set({
      claimedUntil: now + claimMs,
      attempts: sql`${outbox.attempts} + 1`,
      state: sql`CASE WHEN ${isCall} THEN 'sent' ELSE ${outbox.state} END`,
      sentAt: sql`CASE WHEN ${isCall} THEN coalesce(${outbox.sentAt}, ${now}) ELSE ${outbox.sentAt} END`,
    })
    .where(and(chosen, undelivered, lte(outbox.claimedUntil, now), mayGo))
    .returning();
}

/** Whether any of them is claimed by a sender now. */
export async function areTaken(db: Db, ids: readonly string[], now: number): Promise<boolean> {
  const named = sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const taken = and(named, undelivered, gt(outbox.claimedUntil, now));
  return (await db.select({ id: outbox.id }).from(outbox).where(taken).limit(1)).length > 0;
}

/** The other side has it. */
export const confirm = (id: string): Write =>
  write(build.update(outbox).set({ state: 'confirmed', lastError: null }).where(eq(outbox.id, id)));

/** Adds to the row how it is carried out, once: fails the batch where somebody has decided that already. */
export const decide = (id: string, how: OutboxRow['payload']): Write[] => [
  guard(
    'outbox_undecided',
    sql`EXISTS (SELECT 1 FROM outbox WHERE id = ${id} AND state = 'sent' AND payload ->> ${Object.keys(how)[0] ?? ''} IS NULL)`,
  ),
  write(sql`UPDATE outbox SET payload = json_patch(payload, ${JSON.stringify(how)}) WHERE id = ${id}`),
];

/** A look-up showed that the last attempt never arrived: the next one goes under a new key. */
export const nextEpoch = (id: string, epoch: number, now: number): Write =>
  write(
    build
      .update(outbox)
      .set({ epoch: epoch + 1, sentAt: now })
      .where(and(eq(outbox.id, id), eq(outbox.epoch, epoch))),
  );

/** Tries again later. `error` is a short word of ours, not the other side's text. */
export const postpone = (id: string, nextAt: number, error: string): Write =>
  write(build.update(outbox).set({ nextAt, claimedUntil: 0, lastError: error }).where(eq(outbox.id, id)));

/** The other side refused the row, and would again: it stays for a person to see. */
export const giveUp = (id: string, error: string): Write =>
  write(build.update(outbox).set({ state: 'never', claimedUntil: 0, lastError: error }).where(eq(outbox.id, id)));

/** Nobody needs the row any more. */
export const discard = (id: string, why: string): Write =>
  write(build.update(outbox).set({ state: 'dropped', claimedUntil: 0, lastError: why }).where(eq(outbox.id, id)));

const refused = (id: string) => sql`EXISTS (SELECT 1 FROM outbox WHERE id = ${id} AND state = 'never')`;

/** A person has a refused row sent again, under a key that was never used: the old one would replay the refusal. */
export const sendAgain = (id: string, now: number): Write[] => [
  guard('outbox_refused', refused(id)),
  write(
    sql`UPDATE outbox SET state = 'planned', sent_at = NULL, attempts = 0, epoch = epoch + 1, next_at = ${now} WHERE id = ${id}`,
  ),
];

/** A person decides that a refused row is never to be sent. */
export const drop = (id: string): Write[] => [
  guard('outbox_refused', refused(id)),
  write(build.update(outbox).set({ state: 'dropped' }).where(eq(outbox.id, id))),
];

/**
 * Plans a delivery whose id follows from what it is for. One that is done is made again, under a new key; one that is under way, or was
 * refused, stays as it is.
 */
export const planOnce = (row: { id: string; kind: OutboxKind; payload: OutboxRow['payload']; now: number }): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    VALUES (${row.id}, ${row.kind}, ${JSON.stringify(row.payload)}, 'planned', ${row.now}, ${row.now})
    ON CONFLICT (id) DO UPDATE SET state = 'planned', sent_at = NULL, attempts = 0, epoch = epoch + 1,
      next_at = excluded.next_at WHERE outbox.state IN ('confirmed', 'dropped')`);

/** Which of these rows are under way, or were refused. */
export async function findStanding(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(
      and(
        sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
        inArray(outbox.state, ['planned', 'sent', 'never']),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}

export async function find(db: Db, id: string): Promise<OutboxRow | null> {
  const rows = await db.select().from(outbox).where(eq(outbox.id, id));
  return rows[0] ?? null;
}

/** What waits for Stripe while the outbox is shut; nothing while it is open. */
const isShut = and(undelivered, sql`kind LIKE 'stripe%' AND ${isGateShut}`);

/** One page of the rows of a state, newest first. */
export async function list(db: Db, filter: { state: OutboxRow['state'] | 'shut'; page: number; limit: number }) {
  const where = filter.state === 'shut' ? isShut : eq(outbox.state, filter.state);
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(outbox)
      .where(where)
      .orderBy(desc(outbox.createdAt), outbox.id)
      .limit(filter.limit)
      .offset((filter.page - 1) * filter.limit),
    db.select({ total: sql<number>`count(*)` }).from(outbox).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Rows that are done with are kept a week for people who look, then forgotten. */
export const forgetDone = (before: number): Write =>
  write(
    build.delete(outbox).where(and(inArray(outbox.state, ['confirmed', 'dropped']), lte(outbox.createdAt, before))),
  );

/** Plans a doorbell for the customer's waiting job, if there is one; it is sent when the job is due. */
export const ringWaiting = (customerId: string, outboxId: string, now: number): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT ${outboxId}, 'doorbell', json_object('cluster_id', j.cluster_id, 'queue_binding', c.queue_binding, 'job_id', j.id, 'run_after', j.run_after), 'planned', ${now}, ${now}
    FROM jobs j JOIN clusters c ON c.id = j.cluster_id WHERE j.customer_id = ${customerId} AND j.state = 'waiting'`);
