/**
 * Shuts and opens the way to Stripe. A restored database has forgotten what it has sent since: until a comparison has shown what Stripe
 * has, everything that waits for Stripe stays.
 */
import type { Failure } from '../../contracts/failures.ts';
import { findRun } from '../../drift/store.ts';
import { err, ok } from '../../lib/result.ts';
import { findGate, type Gate, open, setGate } from '../../outbox/gate-store.ts';
import type { Context, Planned } from '../deed.ts';

const notShut: Failure = { code: 'outbox_not_shut', message: 'what waits for Stripe is being sent' };
const driftRequired: Failure = {
  code: 'drift_required',
  message: 'a drift run that began after the outbox was shut, and ended without error, has to be named',
};

export async function shutOutbox({ now, actor }: Context, reason: string): Promise<Planned<Gate>> {
  const gate: Gate = { shutAt: now, reason, changedBy: actor.name, changedAt: now };
  return ok({
    value: gate,
    writes: [setGate(gate)],
    audit: [{ action: 'outbox.shut', subject: 'outbox', details: { reason } }],
  });
}

/** @param driftId the run that has compared */
export async function openOutbox({ db, now, actor }: Context, driftId: string): Promise<Planned<Gate>> {
  const gate = await findGate(db);
  if (gate?.shutAt == null) return err(notShut);
  const run = await findRun(db, driftId);
  const isGood = run !== null && run.finishedAt !== null && run.error === null && run.startedAt > gate.shutAt;
  if (!isGood) return err(driftRequired);
  const reason = `compared by ${driftId}`;
  return ok({
    value: { shutAt: null, reason, changedBy: actor.name, changedAt: now },
    writes: open(gate, { name: actor.name, now, reason }),
    audit: [{ action: 'outbox.opened', subject: 'outbox', details: { drift_id: driftId } }],
  });
}
