/**
 * Calls that change a subscription at Stripe, of which a customer has one at a time: those that somebody waits for, and the price of
 * a migration. Rows of the outbox (store.ts); decides nothing.
 */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { outbox } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { minuteMs } from '../lib/time.ts';
import type { OutboxRow } from './store.ts';

/** A call that the request which plans it makes itself, at once: nobody else takes it for this long. */
const orderMs = 3 * minuteMs;

const isOpen = sql`(kind = 'stripe_order' AND state IN ('planned', 'sent'))`;

/** A price that somebody puts at Stripe in this moment; one that waits to be sent gives way to an order. */
const isMoving = (now: number): SQL => sql`(kind = 'stripe_move' AND state = 'sent' AND claimed_until > ${now})`;

const findsOf = (customerId: string, what: SQL): SQL => sql`SELECT 1 FROM outbox
  WHERE state <> 'confirmed' AND payload ->> 'customer_id' = ${customerId} AND ${what} LIMIT 1`;

/**
 * Plans a call that somebody waits for, as sent already: whoever finds the row later looks up what has become of it. Fails the batch
 * while another one of the customer is on its way.
 */
export const planOrder = (row: {
  id: string;
  customerId: string;
  payload: OutboxRow['payload'];
  now: number;
}): Write[] => [
  guard('stripe_order', sql`NOT EXISTS (${findsOf(row.customerId, sql`(${isOpen} OR ${isMoving(row.now)})`)})`),
  write(
    build.insert(outbox).values({
      id: row.id,
      kind: 'stripe_order',
      payload: row.payload,
      state: 'sent',
      attempts: 1,
      claimedUntil: row.now + orderMs,
      nextAt: row.now + orderMs,
      sentAt: row.now,
      createdAt: row.now,
    }),
  ),
];

/** Whether a call that somebody waits for is on its way. */
export const isOrdered = async (db: Db, customerId: string): Promise<boolean> =>
  (await db.all(findsOf(customerId, isOpen))).length > 0;

/** Whether any change of the customer's subscription is on its way. */
export const isChanging = async (db: Db, customerId: string, now: number): Promise<boolean> =>
  (await db.all(findsOf(customerId, sql`(${isOpen} OR ${isMoving(now)})`))).length > 0;

/** Why an order is dropped that a request began and whose outcome nobody knows: it may come about later. Any other was refused. */
export const nobodyWaits = 'nobody_waits';

/** The orders of a customer to that price that may have come about, the newest first. */
export const findOrdersOf = (db: Db, customerId: string, priceId: string): Promise<OutboxRow[]> =>
  db
    .select()
    .from(outbox)
    .where(
      and(
        eq(outbox.kind, 'stripe_order'),
        sql`${outbox.payload} ->> 'customer_id' = ${customerId}`,
        sql`${outbox.payload} ->> 'price_id' = ${priceId}`,
        sql`(${outbox.state} <> 'dropped' OR ${outbox.lastError} = ${nobodyWaits})`,
      ),
    )
    .orderBy(desc(outbox.createdAt));

/** The id follows from whom it moves, and when: of one move there is one row, whoever plans it, and how often. */
const moveId = sql`'out_' || printf('%012x', c.effective_at) || substr(c.customer_id, -20)`;

/** Plans the call for each migration that takes effect until an instant, ms, of who is subscribed at Stripe; the first ones first. */
export const planMoves = ({ now, until, limit }: { now: number; until: number; limit: number }): Write =>
  write(sql`
    INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
    SELECT ${moveId}, 'stripe_move', json_object('customer_id', c.customer_id, 'subscription_id', s.stripe_subscription_id), 'planned', ${now}, ${now}
    FROM plan_changes c JOIN subscriptions s ON s.customer_id = c.customer_id
    WHERE c.pending = 1 AND c.effective_at <= ${until} AND s.stripe_subscription_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE id = ${moveId})
    ORDER BY c.effective_at LIMIT ${limit}
    ON CONFLICT DO NOTHING`);
