/**
 * Deactivates a customer: canceled at once, here and at Stripe, the stack suspended with its data kept until it is deleted
 * (delete-stacks.ts), account keys and licence revoked. The suspended stack drains: its exporter runs and the reporter's key
 * is valid until the last window of usage is reported, and a closing invoice has what was used (billing/claim-periods.ts, decision 14).
 */
import * as credentialStore from '../../credentials/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import * as customerStore from '../../customers/store.ts';
import { lastWindowEnd } from '../../deployments/drain.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import * as licenceStore from '../../licences/store.ts';
import { ringWaiting } from '../../outbox/store.ts';
import { findDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import { endAllOfCustomer } from '../../sessions/store.ts';
import { aboutOf } from '../../subscriptions/due-store.ts';
import { guardUnchanged, replace } from '../../subscriptions/store.ts';
import { stateAfter } from '../../subscriptions/transitions.ts';
import type { Context, Planned } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { planCancel, planClosePage } from '../subscriptions/end-at-stripe.ts';
import { rowIn } from '../subscriptions/enter-state.ts';
import { changed } from './changed.ts';

/** Plans the deactivation; 409 when it is done already. */
export async function deactivate(
  context: Context,
  before: WholeCustomer,
  reason: string,
): Promise<Planned<WholeCustomer>> {
  const { db, now, random, settings } = context;
  const { id } = before.customer;
  const after = stateAfter(before.subscription, 'deactivate');
  if (after === null) {
    return err({ code: 'already_deactivated', message: 'the customer is deactivated already' });
  }
  const doorbellId = newId('outbox', random);
  const run = { customerId: id, jobId: newId('job', random), now };
  const row = rowIn(before.subscription, after, now);
  const atStripe = planCancel(context, before.subscription);
  const page = planClosePage(context, before);
  const params = { delete_at: now + settings.deleteAfterMs };
  const told = planNotice(context, { customerId: id, kind: 'canceled', about: aboutOf(now), params });
  const drainWindowEnd = lastWindowEnd(await findDeploymentReporter(db, id), now);
  return ok({
    value: changed(before, { status: after.status, phase: 'suspended', jobId: run.jobId, deactivatedAt: now }),
    writes: [
      guardUnchanged(before.subscription),
      replace(row, now),
      customerStore.setDeactivated(id, now),
      credentialStore.revokeAll('account', id, now),
      endAllOfCustomer(id),
      licenceStore.revokeAll(id, reason, now),
      ...deploymentStore.desire({ ...run, phase: 'suspended', drainWindowEnd, verb: 'suspend' }),
      ringWaiting(id, doorbellId, now),
      ...atStripe.writes,
      ...page.writes,
      ...told.writes,
    ],
    audit: [{ action: 'customer.deactivated', subject: id, details: { reason } }],
    outbox: [doorbellId, ...atStripe.outbox, ...page.outbox, told.outboxId],
  });
}
