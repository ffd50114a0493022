/**
 * Deactivates a customer: canceled at once, the stack suspended with its data kept, account keys and licence revoked.
 * The suspended stack drains: its exporter runs and the reporter's key is valid until the last window of usage is reported.
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
import { guardStatus, setState } from '../../subscriptions/store.ts';
import { stateAfter } from '../../subscriptions/transitions.ts';
import type { Context, Planned } from '../deed.ts';
import { changed } from './changed.ts';

/** Plans the deactivation; 409 when it is done already. */
export async function deactivate(
  { db, now, random }: Context,
  before: WholeCustomer,
  reason: string,
): Promise<Planned<WholeCustomer>> {
  const { id } = before.customer;
  const { status } = before.subscription;
  const after = stateAfter(before.subscription, 'deactivate');
  if (after === null) {
    return err({ code: 'already_deactivated', message: 'the customer is deactivated already' });
  }
  const doorbellId = newId('outbox', random);
  const run = { customerId: id, jobId: newId('job', random), now };
  const drainWindowEnd = lastWindowEnd(await findDeploymentReporter(db, id), now);
  return ok({
    value: changed(before, { status: after.status, phase: 'suspended', jobId: run.jobId, deactivatedAt: now }),
    writes: [
      guardStatus(id, status),
      setState(id, after, now),
      customerStore.setDeactivated(id, now),
      credentialStore.revokeAll('account', id, now),
      endAllOfCustomer(id),
      licenceStore.revokeAll(id, reason, now),
      ...deploymentStore.desire({ ...run, phase: 'suspended', drainWindowEnd, verb: 'suspend' }),
      ringWaiting(id, doorbellId, now),
    ],
    audit: [{ action: 'customer.deactivated', subject: id, details: { reason } }],
    outbox: [doorbellId],
  });
}
