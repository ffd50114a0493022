/**
 * Brings a customer back who has left or was deactivated: trialing while the trial lasts, else active; a new licence and account
 * key. Whose subscription at Stripe has ended pays nobody from then on, until they check out again: an operator has decided
 * that. One that has not ended there yet lives on. A deleted stack does not come back.
 */
import type { WholeCustomer } from '../../customers/store.ts';
import * as customerStore from '../../customers/store.ts';
import { verbOf } from '../../deployments/deployment.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { ringWaiting } from '../../outbox/store.ts';
import { guardUnchanged, replace } from '../../subscriptions/store.ts';
import { stateAfter } from '../../subscriptions/transitions.ts';
import { resumePeriod } from '../billing/resume-period.ts';
import type { Context, Planned } from '../deed.ts';
import { issueLicence, licenceSubject } from '../licensing/issue-licence.ts';
import { rowIn } from '../subscriptions/enter-state.ts';
import { newAccountKey } from './account-keys.ts';
import { changed } from './changed.ts';

export interface Reactivated {
  whole: WholeCustomer;
  /** The new account key, shown once. */
  apiKey: string;
}

/** Plans the return; 409 when the customer is not deactivated. */
export async function reactivate(context: Context, before: WholeCustomer): Promise<Planned<Reactivated>> {
  const { now, random } = context;
  const { id } = before.customer;
  const { trialEndsAt } = before.subscription;
  const trialRuns = trialEndsAt !== null && trialEndsAt > now;
  const after = stateAfter(before.subscription, trialRuns ? 'reactivate_in_trial' : 'reactivate');
  if (after === null) return err({ code: 'not_deactivated', message: 'the customer is not deactivated' });
  if (before.deployment.phase === 'deleted') {
    return err({ code: 'deployment_deleted', message: 'the stack is deleted with its data, for good' });
  }
  const doorbellId = newId('outbox', random);
  const run = { customerId: id, jobId: newId('job', random), now };
  const { period, writes: opened } = await resumePeriod(context, id);
  const whole = changed(before, { status: after.status, phase: 'running', jobId: run.jobId, deactivatedAt: null });
  const licence = await issueLicence(context, 'resumed', licenceSubject(whole, period.end));
  const { key, stored } = await newAccountKey(context, id, { name: 'reactivation', expiresAt: null });
  const verb = verbOf(before.deployment.phase, 'running');
  return ok({
    value: { whole, apiKey: key.apiKey },
    writes: [
      guardUnchanged(before.subscription),
      replace(rowIn(before.subscription, after, now), now),
      customerStore.setDeactivated(id, null),
      stored,
      ...opened,
      ...licence.writes,
      ...deploymentStore.desire({ ...run, phase: 'running', drainWindowEnd: null, verb }),
      ringWaiting(id, doorbellId, now),
    ],
    audit: [{ action: 'customer.reactivated', subject: id, details: { status: after.status } }],
    outbox: [doorbellId],
  });
}
