/** Brings a deactivated customer back: trialing while the trial lasts, else active; a new licence and account key. */
import type { WholeCustomer } from '../../customers/store.ts';
import * as customerStore from '../../customers/store.ts';
import { verbOf } from '../../deployments/deployment.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { featuresOf } from '../../pricing/features.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Context, Planned } from '../deed.ts';
import { issueLicence } from '../licensing/issue-licence.ts';
import { newAccountKey } from './account-keys.ts';
import { changed } from './changed.ts';

export interface Reactivated {
  whole: WholeCustomer;
  /** Shown once. */
  apiKey: string;
}

/** Plans the return; 409 when the customer is not deactivated. */
export async function reactivate(context: Context, before: WholeCustomer): Promise<Planned<Reactivated>> {
  const { db, now, random } = context;
  const { id, companyName } = before.customer;
  if (before.customer.deactivatedAt === null) {
    return err({ code: 'not_deactivated', message: 'the customer is not deactivated' });
  }
  const { plan, trialEndsAt } = before.subscription;
  const status = trialEndsAt !== null && trialEndsAt > now ? 'trialing' : 'active';
  const run = { customerId: id, jobId: newId('job', random), outboxId: newId('outbox', random), now };
  const period = await currentPeriod(db, before.customer, now);
  const licence = await issueLicence(context, 'resumed', {
    customerId: id,
    companyName,
    plan,
    status,
    trialEndsAt,
    periodEndsAt: period.end,
    features: featuresOf(plan, status),
  });
  const { key, stored } = await newAccountKey(context, id, 'reactivation');
  const verb = verbOf(before.deployment.phase, 'running');
  const whole = changed(before, { status, phase: 'running', jobId: run.jobId, deactivatedAt: null });
  return ok({
    value: { whole, apiKey: key.apiKey },
    writes: [
      customerStore.guardDeactivated(id, true),
      customerStore.setStatus(id, status, now),
      customerStore.setDeactivated(id, null),
      stored,
      licence.write,
      ...deploymentStore.desire({ ...run, phase: 'running', drainWindowEnd: null, verb }),
    ],
    audit: [{ action: 'customer.reactivated', subject: id, details: { status } }],
    outbox: [run.outboxId],
  });
}
