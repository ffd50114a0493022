/** A redeployment: another job brings a stack to its desired state, though nothing of that state has changed. */
import type { WholeCustomer } from '../../customers/store.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { ringWaiting } from '../../outbox/store.ts';
import type { Context, Planned } from '../deed.ts';

export interface Redeployment {
  reason: string;
  /** A person has answered that the stack's data is gone: an empty database is then made. */
  acceptDataLoss: boolean;
}

/** Plans the redeployment; its value is the id of the job that will do it. */
export async function redeploy(
  { now, random }: Context,
  { customer, deployment, waitingJobId }: WholeCustomer,
  { reason, acceptDataLoss }: Redeployment,
): Promise<Planned<string>> {
  if (deployment.phase === 'deleted') return err({ code: 'deployment_deleted', message: 'the deployment is deleted' });
  const [jobId, doorbellId] = [newId('job', random), newId('outbox', random)];
  const { id } = customer;
  return ok({
    value: waitingJobId ?? jobId,
    writes: [
      ...deploymentStore.redeploy({ customerId: id, verb: 'redeploy', jobId, now, dataLost: acceptDataLoss }),
      ringWaiting(id, doorbellId, now),
    ],
    audit: [{ action: 'deployment.redeployed', subject: id, details: { reason, accept_data_loss: acceptDataLoss } }],
    outbox: [doorbellId],
  });
}
