/** A person says whether invoices are billed, only computed, or kept waiting. Drafts that wait for it are looked at with cron's next tick. */
import type { BillingMode } from '../../contracts/invoices.ts';
import { type Brake, findBrake, setBrake } from '../../invoices/brake-store.ts';
import { lookAtPaused } from '../../invoices/store.ts';
import { ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export async function changeBrake(
  context: Context,
  { mode, reason }: { mode: BillingMode; reason: string },
): Promise<Planned<Brake>> {
  const { db, now, actor, settings } = context;
  const before = await findBrake(db);
  const brake: Brake = { mode, reason, changedBy: actor.name, changedAt: now };
  return ok({
    value: brake,
    writes: [setBrake(brake), lookAtPaused(now)],
    audit: [
      {
        action: 'billing.brake',
        subject: 'billing',
        details: { before: before?.mode ?? settings.billingMode, mode, reason },
      },
    ],
  });
}
