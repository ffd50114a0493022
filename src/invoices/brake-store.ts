/** The brake of billing. Owns `billing_brake`. */
import type { BillingMode } from '../contracts/invoices.ts';
import type { Db } from '../db/client.ts';
import { billingBrake } from '../db/invoice-schema.ts';
import { build, type Write, write } from '../db/write.ts';

const theOne = 1;
export type Brake = Omit<typeof billingBrake.$inferSelect, 'id'>;

/** As somebody has set it; null before anybody has. */
export async function findBrake(db: Db): Promise<Brake | null> {
  const rows = await db.select().from(billingBrake).limit(1);
  return rows[0] ?? null;
}

/** What holds: the brake, else what the environment says. */
export const modeOf = async (db: Db, byDefault: BillingMode): Promise<BillingMode> =>
  (await findBrake(db))?.mode ?? byDefault;

export const setBrake = (brake: Brake): Write =>
  write(
    build
      .insert(billingBrake)
      .values({ id: theOne, ...brake })
      .onConflictDoUpdate({ target: billingBrake.id, set: brake }),
  );
