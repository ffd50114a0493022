/** Whether what waits for Stripe is sent: after a restore nothing is, until it is known what Stripe has already. Owns `outbox_gate`. */
import { eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { outboxGate } from '../db/invoice-schema.ts';
import { build, type Write, write } from '../db/write.ts';

const theOne = 1;
export type Gate = Omit<typeof outboxGate.$inferSelect, 'id'>;

/** As somebody has left it; null where nobody ever shut it. */
export async function findGate(db: Db): Promise<Gate | null> {
  const rows = await db.select().from(outboxGate).limit(1);
  return rows[0] ?? null;
}

/** Whether it is shut: what Stripe has of ours may not be known here. */
export const isShut = async (db: Db): Promise<boolean> => ((await findGate(db))?.shutAt ?? null) !== null;

export const setGate = (gate: Gate): Write =>
  write(
    build
      .insert(outboxGate)
      .values({ id: theOne, ...gate })
      .onConflictDoUpdate({ target: outboxGate.id, set: gate }),
  );

/** Opens what was shut then, and not what somebody has shut again since. */
export const open = (gate: Gate, by: { name: string; now: number; reason: string }): Write[] => [
  guard('outbox_shut', sql`EXISTS (SELECT 1 FROM outbox_gate WHERE shut_at = ${gate.shutAt})`),
  write(
    build
      .update(outboxGate)
      .set({ shutAt: null, reason: by.reason, changedBy: by.name, changedAt: by.now })
      .where(eq(outboxGate.id, theOne)),
  ),
];
