/**
 * Has every price of what is sold, and of what somebody is still on, made at Stripe: an outbox row for each that is missing. The row's
 * id follows from the price, so that a publication, cron and a second publication plan one row among them.
 */
import type { Db } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { ok } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { PublishedVersion } from '../../pricing/catalogue.ts';
import { countSubscribers, findCatalogue } from '../../pricing/catalogue-store.ts';
import { nameOf } from '../../pricing/publication.ts';
import { lookupKeyOf, pricesOf, type WantedPrice } from '../../pricing/stripe-price.ts';
import { queryStripePrices } from '../../pricing/stripe-price-store.ts';
import { type Context, carryOut } from '../deed.ts';

/** Ids of outbox rows are `out_` and 32 hex digits. */
const rowIdOf = async (wanted: WantedPrice): Promise<string> =>
  `out_${(await sha256Hex(lookupKeyOf(wanted))).slice(0, 32)}`;

const sameAs = (wanted: WantedPrice) => (row: { plan: string; planVersion: string; interval: string }) =>
  row.plan === wanted.plan && row.planVersion === wanted.version && row.interval === wanted.interval;

/** The statements that plan what is missing of these versions, with the rows' ids. Nothing without a Stripe key. */
export async function planPrices(
  { db, stripe, now }: Pick<Context, 'db' | 'stripe' | 'now'>,
  versions: readonly PublishedVersion['definition'][],
): Promise<{ writes: Write[]; outbox: string[] }> {
  if (!stripe) return { writes: [], outbox: [] };
  const made = await queryStripePrices(db);
  const missing = versions.flatMap(pricesOf).filter((wanted) => !made.some(sameAs(wanted)));
  const planned = await Promise.all(missing.map(async (wanted) => ({ wanted, id: await rowIdOf(wanted) })));
  const fresh = await withoutRows(db, planned);
  return {
    writes: fresh.map(({ id, wanted: { plan, version, interval } }) =>
      outboxStore.planOnce({ id, kind: 'stripe_price', payload: { plan, version, interval }, now }),
    ),
    outbox: fresh.map(({ id }) => id),
  };
}

async function withoutRows<T extends { id: string }>(db: Db, planned: readonly T[]): Promise<T[]> {
  if (planned.length === 0) return [];
  const there = await outboxStore.findStanding(
    db,
    planned.map(({ id }) => id),
  );
  return planned.filter(({ id }) => !there.has(id));
}

/** Cron: what a publication without a Stripe key has left, and what was published before there were prices. */
export async function publishPrices(context: Context): Promise<void> {
  if (!context.stripe) return;
  await carryOut(context, async () => {
    const [{ versions }, subscribers] = await Promise.all([findCatalogue(context.db), countSubscribers(context.db)]);
    const needed = versions.filter(
      ({ state, definition }) => state === 'sold' || (subscribers.get(nameOf(definition)) ?? 0) > 0,
    );
    const { writes, outbox } = await planPrices(
      context,
      needed.map(({ definition }) => definition),
    );
    return ok({ value: null, writes, audit: [], outbox });
  });
}
