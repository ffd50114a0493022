/**
 * Cron has the price of each migration put at Stripe shortly before it takes effect (src/workflows/delivery/send-stripe-move.ts): the
 * invoice of the next period is made there at that very instant. Not earlier: who changes plan meanwhile is given back what they paid.
 */
import { commit } from '../../db/client.ts';
import { planMoves } from '../../outbox/order-store.ts';
import { priceLeadMs } from '../../subscriptions/plan-move.ts';
import type { Context } from '../deed.ts';

/** Of one tick; more than the outbox sends in it. */
const perTick = 1000;

/** Plans the calls that are due; who is planned already is passed over. */
export const orderMoves = ({ db, now }: Context): Promise<void> =>
  commit(db, [planMoves({ now, until: now + priceLeadMs, limit: perTick })]);
